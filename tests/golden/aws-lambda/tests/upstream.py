"""A stand-in for GitHub: a real HTTP server on this machine, told what to say."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any

REPOSITORIES = [
    {"name": "quiet", "stargazers_count": 1, "html_url": "https://example.org/q"},
    {"name": "loved", "stargazers_count": 9, "html_url": "https://example.org/l"},
]


@dataclass(frozen=True)
class Answer:
    """What the stand-in says to one request."""

    content: bytes = json.dumps(REPOSITORIES).encode()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False


class Upstream(ThreadingHTTPServer):
    """Gives the answers in turn, then ordinary ones; keeps what it was asked."""

    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: deque[Answer] = deque()
        self.requests: list[tuple[str, Message]] = []
        self.released = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def reset(self) -> None:
        self.released.set()
        self.answers, self.requests, self.released = deque(), [], Event()


class _Handler(BaseHTTPRequestHandler):
    server: Upstream

    def do_GET(self) -> None:
        self.server.requests.append((self.path, self.headers))
        answers = self.server.answers
        answer = answers.popleft() if answers else Answer()
        if answer.hangs:
            self.server.released.wait(timeout=5)
        if answer.hangs or answer.drops:
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *args: Any) -> None:
        pass
