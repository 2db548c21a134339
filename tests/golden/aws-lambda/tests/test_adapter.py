"""The adapter, called with API Gateway's events as Lambda calls it."""

import json
import logging
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from hello import service
from functions.hello import (
    Response,
    handler,
)

SAMPLE = Path(__file__).parents[1] / "events" / "http.json"
EVENT: Any = json.loads(SAMPLE.read_text())


def call(query_string: str, method: str = "GET", **changes: Any) -> Response:
    """Call the handler with the sample event, changed."""
    event: Any = {**deepcopy(EVENT), "rawQueryString": query_string, **changes}
    event["requestContext"]["http"]["method"] = method
    return handler(event, None)


def test_answers_the_sample_event(expected_body: dict[str, Any]) -> None:
    response = handler(EVENT, None)

    assert response["statusCode"] == 200
    assert response["headers"]["Content-Type"] == "application/json"
    assert json.loads(response["body"]) == expected_body


def test_the_sample_event_asks_for_what_the_tests_ask_for(
    valid_query: dict[str, str],
) -> None:
    assert EVENT["queryStringParameters"] == valid_query
    assert EVENT["rawQueryString"] == urlencode(valid_query)


def test_refuses_invalid_input(invalid_query: dict[str, str]) -> None:
    response = call(urlencode(invalid_query))

    assert response["statusCode"] == 400
    assert json.loads(response["body"])["error"]


def test_needs_no_parsed_parameters(valid_query: dict[str, str]) -> None:
    """API Gateway leaves the key out when there is no query string."""
    event: Any = {k: v for k, v in EVENT.items() if k != "queryStringParameters"}

    assert handler(event, None)["statusCode"] == 200


@pytest.mark.parametrize(
    "query",
    ["a=1&a=2", "a=%ff", "&".join(f"p{number}=" for number in range(21))],
    ids=["repeated", "not UTF-8", "too many"],
)
def test_refuses_a_query_that_it_cannot_read(query: str) -> None:
    response = call(query)

    assert response["statusCode"] == 400
    assert "parameter" in json.loads(response["body"])["error"]


def test_head_is_get_without_the_body(valid_query: dict[str, str]) -> None:
    get = call(urlencode(valid_query))
    head = call(urlencode(valid_query), "HEAD")

    assert head == {**get, "body": ""}


def test_options_names_the_methods() -> None:
    response = call("", "OPTIONS")

    assert response["statusCode"] == 204
    assert response["headers"]["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_refuses_other_methods_whatever_they_carry(method: str) -> None:
    response = call("", method, body="eyJuYW1lIjogIkFkYSJ9", isBase64Encoded=True)

    assert response["statusCode"] == 405
    assert response["headers"]["Allow"] == "GET, HEAD, OPTIONS"
    assert json.loads(response["body"]) == {"error": "use GET"}


def test_hides_and_logs_an_unexpected_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(query: Mapping[str, str]) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(service, "respond", fail)
    response = call("")

    assert response["statusCode"] == 500
    assert json.loads(response["body"]) == {"error": "internal error"}
    assert "a secret" in caplog.text


def test_logs_a_request_without_its_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    call("name=private")

    (record,) = (r for r in caplog.records if r.message == "request")
    assert record.__dict__["method"] == "GET"
    assert record.__dict__["status"] in (200, 400)
    assert "private" not in str(record.__dict__)
