"""The Vercel function: HTTP in, a call of the logic, JSON out."""

import json
import sys
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl

from hello import service

ALLOWED_METHODS = "GET, HEAD, OPTIONS"
MAX_PARAMETERS = 20


class handler(BaseHTTPRequestHandler):
    """The class that Vercel looks for, by exactly this name.

    Several requests run at once in one process: each has an instance and a thread
    of its own, but module globals are shared.
    """

    def do_GET(self) -> None:
        self._send(*_answer(self.path))

    do_HEAD = do_GET

    def do_OPTIONS(self) -> None:
        self.send_response(HTTPStatus.NO_CONTENT)
        self.send_header("Allow", ALLOWED_METHODS)
        self.end_headers()

    def do_POST(self) -> None:
        # A connection that is closed with an unread body is reset, reply and all.
        length = self.headers.get("Content-Length", "")
        if length.isdecimal():
            self.rfile.read(int(length))
        self._send(*_error(HTTPStatus.METHOD_NOT_ALLOWED, "use GET"))

    do_PUT = do_PATCH = do_DELETE = do_POST

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", ALLOWED_METHODS)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log without the query string, which may say something about a person."""
        path = self.path.partition("?")[0]
        _log("info", "request", method=self.command, path=path, status=int(code))


def _answer(target: str) -> tuple[int, bytes]:
    """Call the logic; what fails in there is logged and not shown to the caller."""
    query = _parse_query(target.partition("?")[2])
    if query is None:
        message = "give each parameter once, percent-encoded as UTF-8"
        return _error(HTTPStatus.BAD_REQUEST, message)
    try:
        reply = service.respond(query)
        return reply.status, json.dumps(reply.body).encode()
    except Exception:
        _log("error", "unhandled exception", traceback=traceback.format_exc())
        return _error(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error")


def _parse_query(text: str) -> dict[str, str] | None:
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:
        return None
    query = dict(pairs)
    return query if len(query) == len(pairs) else None


def _error(status: int, message: str) -> tuple[int, bytes]:
    return status, json.dumps({"error": message}).encode()


def _log(level: str, message: str, **fields: str | int) -> None:
    """Write one line of JSON; Vercel takes what is on stderr for an error."""
    stream = sys.stderr if level == "error" else sys.stdout
    line = json.dumps({"level": level, "message": message, **fields})
    print(line, file=stream, flush=True)
