"""Every exception of the library.

All of them derive from :class:`ODataError`; where .NET's WCF Data Services client has a name for a failure, it has the
same name here.

::

    ODataError(Exception)
    ├── ArgumentError(ValueError)              a wrong argument
    ├── InvalidOperationError(RuntimeError)    right call, wrong state
    │   ├── DataServiceClientException         one HTTP refusal
    │   │   ├── AuthorizationError             401, 403
    │   │   ├── NotFoundError                  404
    │   │   └── ConcurrencyError               412
    │   ├── DataServiceQueryException          a query failed; its cause is the client exception
    │   ├── DataServiceRequestException        a save failed; its cause is the first failure
    │   └── DataServiceTransportException      no usable answer
    ├── MetadataError                          $metadata is not what it should be
    ├── PayloadError                           a body is not what it should be
    └── QueryTranslationError(TypeError)       a predicate without an OData form

Nothing here imports the rest of the house but spellings: an error holds plain values (a status, headers, a text), never a
channel or a context. Whoever raises one sees to it that URLs are masked; no message may hold a credential.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from odata3.spellings import Spelled


class ODataError(Spelled, Exception):
    """The base of every exception of ``odata3`` and ``spf_vmm``.

    Errors can be pickled, to come home from another process: with what they say, without the ``response`` they stand for.
    """

    _elsewhere: ClassVar[Mapping[str, str]] = {"innerexception": "it is the error's __cause__"}

    def __reduce__(self) -> tuple[Any, ...]:
        state = self.__dict__ | ({"response": None} if "response" in self.__dict__ else {})
        return _revive, (type(self), self.args), state


def _revive(cls: type[ODataError], args: tuple[Any, ...]) -> ODataError:
    return cls.__new__(cls, *args)


class ArgumentError(ODataError, ValueError):
    """A wrong argument (.NET: ``ArgumentException`` and its kin)."""


class InvalidOperationError(ODataError, RuntimeError):
    """A right call in the wrong state (.NET: ``InvalidOperationException``)."""


class DataServiceClientException(InvalidOperationError):
    """One request that the service refused, or answered with an error inside a 200; or a change that could not be sent at all.

    Attributes
    ----------
    status_code : int
        The HTTP status of the answer; 500 where there was none, and ``__cause__`` says why.
    code, message : str
        The service's own error code and words (OData V3 error payloads); empty where it gave none.
    inner_error : mapping or None
        The ``innererror`` object of the payload, as it came.
    request_id : str or None
        What the service calls the exchange (``request-id`` or ``x-ms-request-id``).
    headers : mapping of str to str
        The answer's headers.
    body : str
        The answer's body as text, clipped.
    method, url : str or None
        What was asked; the URL carries no credential.
    retry_after : str or None
        The ``Retry-After`` header of a 429 or 503.
    """

    def __init__(
        self,
        text: str,
        *,
        status_code: int,
        code: str = "",
        message: str = "",
        inner_error: Mapping[str, Any] | None = None,
        request_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        method: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(text)
        self.status_code = status_code
        self.code = code
        self.message = message
        self.inner_error = inner_error
        self.request_id = request_id
        self.headers: Mapping[str, str] = {} if headers is None else headers
        self.body = body
        self.method = method
        self.url = url

    @property
    def retry_after(self) -> str | None:
        """The ``Retry-After`` header of a 429 or 503: a number of seconds, or a date (RFC 9110); None where there is none."""
        return self.headers.get("Retry-After")


class AuthorizationError(DataServiceClientException):
    """401 or 403: credentials are missing, wrong, or not enough."""


class NotFoundError(DataServiceClientException):
    """404: no such resource."""


class ConcurrencyError(DataServiceClientException):
    """412: the entity changed on the service since it was read.

    ``reread`` asks the service for the entity as it stands now; a save gives it to the errors it raises.
    """

    reread: Callable[[], Any] | None = None

    @property
    def current(self) -> Any:
        """The entity as the service has it now, untracked, read anew at each look; None where it is gone.

        Raises what reading raises, ``InvalidOperationError`` where the refusal belongs to no tracked entity.
        """
        if self.reread is None:
            raise InvalidOperationError("this refusal belongs to no entity that could be read again")
        return self.reread()


def refusal_class(status_code: int) -> type[DataServiceClientException]:
    """The class of the tree that a refusal with the HTTP status ``status_code`` belongs to."""
    return _BY_STATUS.get(status_code, DataServiceClientException)


_BY_STATUS: dict[int, type[DataServiceClientException]] = {
    401: AuthorizationError,
    403: AuthorizationError,
    404: NotFoundError,
    412: ConcurrencyError,
}


class DataServiceQueryException(InvalidOperationError):
    """A query failed. ``response`` is the ``QueryOperationResponse``, ``status_code`` the HTTP status, ``__cause__`` the client
    exception."""

    def __init__(self, text: str, *, response: Any, status_code: int) -> None:
        super().__init__(text)
        self.response = response
        self.status_code = status_code


class DataServiceRequestException(InvalidOperationError):
    """A save failed.

    ``response`` is the ``DataServiceResponse`` of what was attempted, ``__cause__`` the first failure, ``errors`` every
    operation's error in the order of the requests, and ``status_code`` the first one's (500 where nothing answered).
    """

    def __init__(self, text: str, *, response: Any, status_code: int, errors: Sequence[Exception] = ()) -> None:
        super().__init__(text)
        self.response = response
        self.status_code = status_code
        self.errors = tuple(errors)


class DataServiceTransportException(InvalidOperationError):
    """No usable answer: connection, TLS, time-out, or a body that was cut.

    ``method`` and ``url`` are what was asked, the URL without credentials (None: not known). ``outcome_unknown`` is true for a
    write that may have reached the service.
    """

    def __init__(self, text: str, *, method: str | None = None, url: str | None = None, outcome_unknown: bool = False) -> None:
        super().__init__(text)
        self.method = method
        self.url = url
        self.outcome_unknown = outcome_unknown


class _Located(ODataError):
    """What came is not what it should be; ``where`` says the place (a line, or a path such as ``value[3].Memory``)."""

    def __init__(self, text: str, *, where: str | None = None) -> None:
        super().__init__(f"{where}: {text}" if where else text)
        self.where = where


class MetadataError(_Located):
    """A metadata document that makes no sense (CSDL, OData V3)."""


class PayloadError(_Located):
    """A body that is not the OData document it should be."""


class QueryTranslationError(ODataError, TypeError):
    """A lambda or an expression that has no OData form; the text says what to write instead."""
