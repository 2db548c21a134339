"""The client, against a real HTTP server that misbehaves in every way we know."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hello import client
from tests.upstream import Answer, Upstream

NEXT_PAGE = {"Link": '<https://example.org/elsewhere>; rel="next"'}


@pytest.fixture
def github() -> client.Client:
    """Give a client that does not wait between attempts."""
    return client.Client(longest_wait=0)


def test_lists_repositories(github: client.Client, upstream: Upstream) -> None:
    listing = github.list_repositories("octocat")

    assert listing.complete
    assert [repository.name for repository in listing.repositories] == [
        "quiet",
        "loved",
    ]
    assert listing.repositories[1].stars == 9
    ((target, headers),) = upstream.requests
    assert target == "/users/octocat/repos?per_page=100&page=1"
    assert headers["Accept"] == "application/vnd.github+json"
    assert headers["Authorization"] is None


def test_sends_the_token_if_there_is_one(
    github: client.Client, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "a-token")
    github.list_repositories("octocat")

    assert upstream.requests[0][1]["Authorization"] == "Bearer a-token"


def test_reads_every_page(github: client.Client, upstream: Upstream) -> None:
    upstream.answers.append(Answer(headers=NEXT_PAGE))
    listing = github.list_repositories("octocat")

    assert listing.complete
    assert len(listing.repositories) == 4
    assert [target[-6:] for target, _ in upstream.requests] == ["page=1", "page=2"]


def test_stops_after_some_pages(github: client.Client, upstream: Upstream) -> None:
    upstream.answers.extend([Answer(headers=NEXT_PAGE)] * 10)
    listing = github.list_repositories("octocat")

    assert not listing.complete
    assert len(upstream.requests) == client.MAX_PAGES


@pytest.mark.parametrize(
    "answer",
    [Answer(status=503), Answer(status=429, headers={"Retry-After": "0"})],
    ids=["unavailable", "too many requests"],
)
def test_tries_again(github: client.Client, upstream: Upstream, answer: Answer) -> None:
    upstream.answers.append(answer)

    assert github.list_repositories("octocat").complete
    assert len(upstream.requests) == 2


def test_tries_again_when_the_connection_is_lost(
    github: client.Client, upstream: Upstream
) -> None:
    upstream.answers.append(Answer(drops=True))

    assert github.list_repositories("octocat").complete
    assert len(upstream.requests) == 2


def test_gives_up_in_the_end(github: client.Client, upstream: Upstream) -> None:
    upstream.answers.extend([Answer(status=502)] * 10)

    with pytest.raises(client.UpstreamError, match="502"):
        github.list_repositories("octocat")
    assert len(upstream.requests) == 1 + client.RETRIES


@pytest.mark.parametrize("status", [429, 503])
def test_does_not_come_back_earlier_than_told(
    github: client.Client, upstream: Upstream, status: int
) -> None:
    upstream.answers.append(Answer(status=status, headers={"Retry-After": "60"}))

    with pytest.raises(client.UpstreamError, match=str(status)):
        github.list_repositories("octocat")
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("status", [301, 401, 403, 429])
def test_does_not_repeat_what_was_refused(
    github: client.Client, upstream: Upstream, status: int
) -> None:
    upstream.answers.append(Answer(status=status, headers={"Location": "/elsewhere"}))

    with pytest.raises(client.UpstreamError, match=str(status)):
        github.list_repositories("octocat")
    assert len(upstream.requests) == 1


def test_tells_what_is_not_there(github: client.Client, upstream: Upstream) -> None:
    upstream.answers.append(Answer(status=404))

    with pytest.raises(client.NotFound):
        github.list_repositories("nobody")
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    "content",
    [b"<html>", b"\xff", b"{}" * 2, b"[{}]", b'{"name": 1}', b"[1]", b"null"],
)
def test_does_not_believe_just_any_content(
    github: client.Client, upstream: Upstream, content: bytes
) -> None:
    upstream.answers.append(Answer(content))

    with pytest.raises(client.UpstreamError, match="unexpected content"):
        github.list_repositories("octocat")


def test_keeps_to_its_budget_when_nothing_comes(
    github: client.Client, upstream: Upstream
) -> None:
    upstream.answers.extend([Answer(hangs=True)] * 10)
    start = time.monotonic()

    with pytest.raises(client.UpstreamTimeout):
        github.list_repositories("octocat", budget=0.15)
    assert time.monotonic() - start < 1


def test_asks_nothing_when_no_time_is_left(
    github: client.Client, upstream: Upstream
) -> None:
    with pytest.raises(client.UpstreamTimeout):
        github.list_repositories("octocat", budget=0)
    assert not upstream.requests


def test_answers_before_the_platform_stops_the_function() -> None:
    assert 0 < client.BUDGET < client.TIME_LIMIT


def test_reports_an_api_that_is_not_there(
    github: client.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:1")

    with pytest.raises(client.UpstreamError) as raised:
        github.list_repositories("octocat")
    assert not isinstance(raised.value, client.UpstreamTimeout)


def test_serves_many_threads_and_keeps_no_cookies(
    github: client.Client, upstream: Upstream
) -> None:
    empty = Answer(b"[]", headers={"Set-Cookie": "session=1; Path=/"})
    upstream.answers.extend([empty] * 16)

    with ThreadPoolExecutor(8) as pool:
        listings = list(pool.map(github.list_repositories, ["octocat"] * 32))

    # How many of each there are, a request that a busy machine makes again may change.
    assert len(listings) == 32
    assert {len(listing.repositories) for listing in listings} == {0, 2}
    assert all(headers["Cookie"] is None for _, headers in upstream.requests)
