"""Requests that every test of the adapter can rely on, and what answers them."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from tests.upstream import Upstream


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[Upstream]:
    """Run the stand-in for GitHub."""
    with Upstream() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def upstream(
    upstream_server: Upstream, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Upstream]:
    """Let every test, asked or not, talk to the stand-in and nothing else."""
    monkeypatch.setenv("GITHUB_API_URL", upstream_server.url)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield upstream_server
    upstream_server.reset()


@pytest.fixture
def valid_query() -> dict[str, str]:
    """Give the parameters of a request that succeeds."""
    return {"user": "octocat"}


@pytest.fixture
def expected_body() -> dict[str, Any]:
    """Give the body that answers ``valid_query``."""
    return {
        "user": "octocat",
        "complete": True,
        "repositories": [
            {"name": "loved", "stars": 9, "url": "https://example.org/l"},
            {"name": "quiet", "stars": 1, "url": "https://example.org/q"},
        ],
    }


@pytest.fixture
def invalid_query() -> dict[str, str]:
    """Give the parameters of a request that is refused."""
    return {"user": "../octocat"}
