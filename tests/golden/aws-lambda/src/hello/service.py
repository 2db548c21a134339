"""List the public repositories of a GitHub account."""

import logging
import re
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus

from hello import client
from hello.reply import Reply

ACCOUNT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}")

logger = logging.getLogger(__name__)

# Made once for all requests, so that they share its connections.
github = client.Client()


def respond(query: Mapping[str, str]) -> Reply:
    """Answer a request, given its query parameters."""
    user = query.get("user", "")
    if not ACCOUNT_NAME.fullmatch(user):
        return Reply.error(HTTPStatus.BAD_REQUEST, "user must be a GitHub account name")
    try:
        listing = github.list_repositories(user)
    except client.NotFound:
        return Reply.error(HTTPStatus.NOT_FOUND, "no such user")
    except client.UpstreamTimeout as error:
        logger.warning("GitHub is too slow: %s", error)
        return Reply.error(HTTPStatus.GATEWAY_TIMEOUT, "GitHub did not answer in time")
    except client.UpstreamError as error:
        logger.warning("GitHub failed: %s", error)
        return Reply.error(HTTPStatus.BAD_GATEWAY, "GitHub did not answer as expected")
    ranked = sorted(listing.repositories, key=lambda item: (-item.stars, item.name))
    return Reply(
        HTTPStatus.OK,
        {
            "user": user,
            "complete": listing.complete,
            "repositories": [asdict(item) for item in ranked],
        },
    )
