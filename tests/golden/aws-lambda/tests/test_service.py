"""The logic, without any platform."""

from typing import Any

import pytest

from hello import (
    client,
    service,
)


class FakeClient(client.Client):
    """Answers from memory, with a listing or with an error."""

    def __init__(self, outcome: client.Listing | Exception) -> None:
        self._outcome = outcome

    def list_repositories(
        self, user: str, budget: float = client.BUDGET
    ) -> client.Listing:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def test_ranks_repositories_by_stars(
    valid_query: dict[str, str], expected_body: dict[str, Any]
) -> None:
    reply = service.respond(valid_query)

    assert reply.status == 200
    assert reply.body == expected_body


def test_says_when_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    partial = client.Listing((), complete=False)
    monkeypatch.setattr(service, "github", FakeClient(partial))

    assert service.respond({"user": "octocat"}).body["complete"] is False


@pytest.mark.parametrize("user", ["", "a b", "-a", "a/b", "..", "a\n", "é", "a" * 40])
def test_refuses_what_is_no_account_name(user: str) -> None:
    assert service.respond({"user": user}).status == 400


def test_needs_a_user() -> None:
    assert service.respond({}).status == 400


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (client.NotFound("/users/x"), 404),
        (client.UpstreamError("internals"), 502),
        (client.UpstreamTimeout("internals"), 504),
    ],
)
def test_maps_errors_and_hides_their_detail(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    monkeypatch.setattr(service, "github", FakeClient(error))
    reply = service.respond({"user": "octocat"})

    assert reply.status == status
    assert "internals" not in reply.body["error"]
