"""What the function answers with."""

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status and a body to send as JSON."""

    status: int
    body: dict[str, Any]

    @classmethod
    def error(cls, status: int, message: str) -> Self:
        """Make a reply that tells the caller what went wrong."""
        return cls(status, {"error": message})
