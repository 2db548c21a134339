"""Greet somebody by name."""

from collections.abc import Mapping
from http import HTTPStatus

from hello.reply import Reply

MAX_NAME_LENGTH = 80


def respond(query: Mapping[str, str]) -> Reply:
    """Answer a request, given its query parameters."""
    name = query.get("name", "world")
    if not (0 < len(name) <= MAX_NAME_LENGTH and name.isprintable()):
        return Reply.error(
            HTTPStatus.BAD_REQUEST,
            f"name must have 1 to {MAX_NAME_LENGTH} printable characters",
        )
    return Reply(HTTPStatus.OK, {"message": f"Hello, {name}!"})
