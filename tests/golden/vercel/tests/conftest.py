"""Requests that every test of the adapter can rely on."""

from typing import Any

import pytest


@pytest.fixture
def valid_query() -> dict[str, str]:
    """Give the parameters of a request that succeeds."""
    return {"name": "Ada"}


@pytest.fixture
def expected_body() -> dict[str, Any]:
    """Give the body that answers ``valid_query``."""
    return {"message": "Hello, Ada!"}


@pytest.fixture
def invalid_query() -> dict[str, str]:
    """Give the parameters of a request that is refused."""
    return {"name": ""}
