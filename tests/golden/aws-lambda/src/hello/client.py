"""A client of GitHub's REST API: https://docs.github.com/rest/repos/repos."""

import os
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter

# The platform stops the function after so many seconds.
TIME_LIMIT = 10
# The longest that one listing may take, retries and waits included.
BUDGET = min(10.0, 0.8 * TIME_LIMIT)
CONNECT_TIMEOUT = 1.0
READ_TIMEOUT = 3.0
RETRIES = 2
LONGEST_WAIT = min(0.5, 0.1 * BUDGET)
PAGE_SIZE = 100
MAX_PAGES = 3


class UpstreamError(Exception):
    """The API failed, refused, or sent what cannot be understood."""


class UpstreamTimeout(UpstreamError):
    """The API did not answer in time."""


class NotFound(UpstreamError):
    """The API does not know what was asked for."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A public repository."""

    name: str
    stars: int
    url: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The repositories that were read, and whether there are no more."""

    repositories: tuple[Repository, ...]
    complete: bool


class Retry(urllib3.Retry):
    """A retry that gives up when it is told to wait for longer than it may."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: urllib3.BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        if response and (self.get_retry_after(response) or 0) > self.backoff_max:
            reason = urllib3.exceptions.ResponseError("told to wait for too long")
            raise urllib3.exceptions.MaxRetryError(_pool, url or "", reason)
        return super().increment(method, url, response, error, _pool, _stacktrace)


class Client:
    """Reads from the API, for any number of threads at once.

    They share a session that nothing changes after it is made and that keeps no
    cookies, and its pool of connections, which is made to be shared.
    """

    def __init__(self, longest_wait: float = LONGEST_WAIT) -> None:
        self._longest_wait = longest_wait
        retry = Retry(
            total=RETRIES,
            allowed_methods={"GET"},
            status_forcelist={500, 502, 503, 504},
            backoff_factor=longest_wait / 2,
            backoff_max=longest_wait,
            raise_on_status=False,
        )
        self._session = requests.Session()
        self._session.mount("https://", HTTPAdapter(max_retries=retry))
        self._session.mount("http://", HTTPAdapter(max_retries=retry))
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["Accept"] = "application/vnd.github+json"
        self._session.auth = _authorize

    def list_repositories(self, user: str, budget: float = BUDGET) -> Listing:
        """Read the public repositories of a user, page by page."""
        deadline = time.monotonic() + budget
        repositories: list[Repository] = []
        for page in range(1, MAX_PAGES + 1):
            response = self._get_page(f"/users/{user}/repos", page, deadline)
            repositories += _parse_page(response)
            if "next" not in response.links:
                return Listing(tuple(repositories), complete=True)
        return Listing(tuple(repositories), complete=False)

    def _get_page(self, path: str, page: int, deadline: float) -> requests.Response:
        # All attempts and the waits between them have to fit into what is left.
        left = deadline - time.monotonic() - RETRIES * self._longest_wait
        if left <= 0:
            raise UpstreamTimeout("no time left")
        attempt = left / (RETRIES + 1)
        connect_timeout = min(CONNECT_TIMEOUT, attempt / 3)
        read_timeout = min(READ_TIMEOUT, attempt - connect_timeout)
        base = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
        try:
            response = self._session.get(
                base.rstrip("/") + path,
                params={"per_page": PAGE_SIZE, "page": page},
                timeout=(connect_timeout, read_timeout),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            kind = UpstreamTimeout if _is_timeout(error) else UpstreamError
            raise kind(str(error)) from error
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise NotFound(path)
        if response.status_code != HTTPStatus.OK:
            raise UpstreamError(f"status {response.status_code}")
        return response


def _authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send the token, if there is one; otherwise nothing, whatever .netrc says."""
    if token := os.environ.get("GITHUB_TOKEN"):
        request.headers["Authorization"] = f"Bearer {token}"
    return request


def _is_timeout(error: requests.RequestException) -> bool:
    """Tell if time ran out: Requests wraps the last timeout in a ConnectionError.

    urllib3 counts a refused connection among the timeouts.
    """
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, urllib3.exceptions.TimeoutError) and not isinstance(
        reason, urllib3.exceptions.NewConnectionError
    )


def _parse_page(response: requests.Response) -> list[Repository]:
    try:
        return [
            Repository(
                name=str(item["name"]),
                stars=int(item["stargazers_count"]),
                url=str(item["html_url"]),
            )
            for item in response.json()
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise UpstreamError("unexpected content") from error
