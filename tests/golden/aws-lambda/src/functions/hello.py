"""The Lambda function: API Gateway's event in, a call of the logic, JSON out."""

import json
import logging
from http import HTTPStatus
from typing import TypedDict
from urllib.parse import parse_qsl

from hello import service

ALLOWED_METHODS = "GET, HEAD, OPTIONS"
MAX_PARAMETERS = 20

logger = logging.getLogger(__name__)


class Http(TypedDict):
    """The line of the request."""

    method: str
    path: str


class RequestContext(TypedDict):
    """What API Gateway knows about the request."""

    http: Http


class Event(TypedDict):
    """What is read of an event in payload format 2.0.

    ``queryStringParameters`` is not: there, a repeated parameter and a comma inside
    a value look the same.
    """

    rawQueryString: str
    requestContext: RequestContext


class Response(TypedDict):
    """What API Gateway is to send."""

    statusCode: int
    headers: dict[str, str]
    body: str


def handler(event: Event, context: object) -> Response:
    """Answer a request."""
    http = event["requestContext"]["http"]
    match http["method"]:
        case "GET":
            response = _answer(event["rawQueryString"])
        case "HEAD":
            response = {**_answer(event["rawQueryString"]), "body": ""}
        case "OPTIONS":
            response = _response(HTTPStatus.NO_CONTENT, "")
        case _:
            response = _error(HTTPStatus.METHOD_NOT_ALLOWED, "use GET")
    logger.info(
        "request",
        extra={
            "method": http["method"],
            "path": http["path"],
            "status": response["statusCode"],
        },
    )
    return response


def _answer(query_string: str) -> Response:
    """Call the logic; what fails in there is logged and not shown to the caller."""
    query = _parse_query(query_string)
    if query is None:
        message = "give each parameter once, percent-encoded as UTF-8"
        return _error(HTTPStatus.BAD_REQUEST, message)
    try:
        reply = service.respond(query)
        return _response(reply.status, json.dumps(reply.body))
    except Exception:
        logger.exception("unhandled exception")
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


def _error(status: int, message: str) -> Response:
    return _response(status, json.dumps({"error": message}))


def _response(status: int, body: str) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Type": "application/json"}
    if status in (HTTPStatus.NO_CONTENT, HTTPStatus.METHOD_NOT_ALLOWED):
        headers = {**headers, "Allow": ALLOWED_METHODS}
    return {"statusCode": status, "headers": headers, "body": body}
