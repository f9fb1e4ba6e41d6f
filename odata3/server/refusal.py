"""The one way a request is refused.

Whatever stands in the way of an answer (a path that leads nowhere, a filter that makes no sense, a hook that says no) is
raised as a :class:`Refusal`; the service turns it into an OData error body in the format that was asked for. Nothing else
leaves a room.
"""

from __future__ import annotations

from collections.abc import Mapping

from odata3.errors import ODataError


class Refusal(ODataError):
    """A request that is not granted: HTTP status, message and code of the error body, headers to go with it.

    A hook raises it (or calls ``change.refuse(...)``) to turn a request down; what the request changed so far is undone.
    ``detail`` is what stands in the ``innererror`` of the body: where the message keeps to the words of WCF Data Services, it
    says the rest.
    """

    def __init__(
        self, status: int, message: str, *, code: str = "", headers: Mapping[str, str] | None = None, detail: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers: Mapping[str, str] = {} if headers is None else headers
        self.detail = detail


def unreadable(detail: str) -> Refusal:
    """400 for a body that is not what it should be, in the words of WCF Data Services."""
    return Refusal(400, "An error occurred while processing this request.", detail=detail)


def not_found(segment: str) -> Refusal:
    """404 in the words of WCF Data Services."""
    return Refusal(404, f"Resource not found for the segment '{segment}'.")


def not_allowed(message: str, *methods: str) -> Refusal:
    """405 with the verbs that are allowed instead."""
    return Refusal(405, message, headers={"Allow": ", ".join(methods)})
