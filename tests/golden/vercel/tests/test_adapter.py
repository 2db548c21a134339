"""The adapter, called over real HTTP as Vercel calls it."""

import json
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest

from hello import service
from dev import make_server


class Client:
    """Sends requests to the function and reads the replies whole."""

    def __init__(self, port: int) -> None:
        self._port = port

    def request(
        self, method: str, target: str, body: bytes | None = None
    ) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request(method, target, body)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def get(self, query: Mapping[str, str]) -> tuple[int, Any]:
        response, content = self.request("GET", f"/?{urlencode(query)}")
        return response.status, json.loads(content)


@pytest.fixture
def client() -> Iterator[Client]:
    with make_server(port=0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Client(server.server_port)
        server.shutdown()
        thread.join()


def test_answers_with_json(
    client: Client, valid_query: dict[str, str], expected_body: dict[str, Any]
) -> None:
    response, content = client.request("GET", f"/?{urlencode(valid_query)}")

    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Length"] == str(len(content))
    assert json.loads(content) == expected_body


def test_refuses_invalid_input(client: Client, invalid_query: dict[str, str]) -> None:
    status, body = client.get(invalid_query)

    assert status == 400
    assert body["error"]


@pytest.mark.parametrize(
    "query",
    ["a=1&a=2", "a=%ff", "&".join(f"p{number}=" for number in range(21))],
    ids=["repeated", "not UTF-8", "too many"],
)
def test_refuses_a_query_that_it_cannot_read(client: Client, query: str) -> None:
    response, content = client.request("GET", f"/?{query}")

    assert response.status == 400
    assert "parameter" in json.loads(content)["error"]


def test_head_is_get_without_the_content(
    client: Client, valid_query: dict[str, str]
) -> None:
    target = f"/?{urlencode(valid_query)}"
    get, _ = client.request("GET", target)
    head, content = client.request("HEAD", target)

    assert head.status == get.status
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert content == b""


def test_options_names_the_methods(client: Client) -> None:
    response, content = client.request("OPTIONS", "/")

    assert response.status == 204
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert content == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_refuses_other_methods(client: Client, method: str) -> None:
    response, content = client.request(method, "/", b"x" * 1_000_000)

    assert response.status == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert json.loads(content) == {"error": "use GET"}


def test_hides_and_logs_an_unexpected_failure(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(query: Mapping[str, str]) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(service, "respond", fail)

    assert client.get({}) == (500, {"error": "internal error"})
    entry = json.loads(capsys.readouterr().err)
    assert entry["level"] == "error"
    assert "a secret" in entry["traceback"]


def test_logs_a_request_as_one_line_without_its_query(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.request("GET", "/api?name=private")

    entry = json.loads(capsys.readouterr().out)
    assert entry["method"] == "GET"
    assert entry["path"] == "/api"
    assert "private" not in str(entry)
