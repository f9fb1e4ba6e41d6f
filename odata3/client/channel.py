"""One conversation with one service: its root, its metadata, the dialect spoken, version headers, hooks.

``prepare`` and ``read`` talk to nobody: the one makes a :class:`Request` with the headers of the protocol, the other reads an
answer in whichever of the three dialects came. ``send`` is the one that talks, and turns a refusal into a
:class:`~odata3.errors.DataServiceClientException` that says what was asked, what came back and, where it is known, what to do.

Sources: OData V3 digest sections 1, 4, 8 and 11; headers as WCF Data Services writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import BinaryIO

from odata3.client.events import EntityArgs, Hook, ReceivingResponseArgs, SendingRequestArgs
from odata3.client.journal import Exchange
from odata3.client.known_service import KnownService
from odata3.client.options import Settings
from odata3.client.pipelines import Configurations
from odata3.client.refusals import asked, described, fault_inside, refusal
from odata3.edm.csdl import read_metadata
from odata3.edm.model import Model
from odata3.errors import (
    DataServiceClientException,
    DataServiceTransportException,
    InvalidOperationError,
    MetadataError,
    PayloadError,
)
from odata3.formats.documents import Dialect, Document, Expectation, Fault, Kind
from odata3.formats.negotiation import dialect_of, in_utf8, is_page
from odata3.secrecy import masked, on_one_line
from odata3.wire.messages import Headers, Request, Response, StreamedResponse, Transport
from odata3.wire.origins import origin_of
from odata3.wire.transport import RequestsTransport

VERSIONS = ("1.0", "2.0", "3.0")
_UNACCEPTABLE = (406, 415)
_ANY_JSON = "application/json"
_SHOWN = 200
_KEPT = 4096
#: How many kinds of requests have their headers at hand.
_ALIKE = 64


class Channel(KnownService):
    """What the client's rooms know of their service, and the way to it.

    Parameters
    ----------
    root
        The service root, without user information; a slash is added where it lacks one.
    model
        The metadata, or None to get ``$metadata`` on first need.
    dialect
        What is asked for and sent, until the service shows that it speaks another.
    max_version, version_floor
        ``MaxDataServiceVersion``; and the least ``DataServiceVersion`` any request says (``spf_vmm``: 3.0 on all).
    types_nothing
        Whether a change names a Content-Type even without a body (``spf_vmm``: the guide's DELETE does).
    headers
        Sent with every request to the service's own origin.
    rebase_links
        Whether links that name an inner host are turned to the root (services behind a gateway).
    """

    def __init__(
        self,
        root: str,
        transport: Transport,
        settings: Settings,
        *,
        model: Model | None,
        dialect: Dialect,
        max_version: str,
        version_floor: str | None,
        types_nothing: bool = False,
        headers: Mapping[str, str],
        rebase_links: bool,
    ) -> None:
        super().__init__(root, settings, dialect, max_version, rebase_links=rebase_links)
        self.transport = transport
        self.sending_request: Hook[SendingRequestArgs] = Hook()
        self.receiving_response: Hook[ReceivingResponseArgs] = Hook()
        self.reading_entity: Hook[EntityArgs] = Hook()
        self.writing_entity: Hook[EntityArgs] = Hook()
        self.configurations = Configurations()
        self._headers = dict(headers)
        self._version_floor = version_floor
        self._types_nothing = types_nothing
        self._alike: dict[tuple[str | None, str | None, str, str | None, bool], Headers] = {}
        self._fine_versions: set[str] = set()
        self._token: str | None = None
        self._wants_any_json = False
        if model is not None:
            self._take_model(model)

    def move(self, root: str) -> None:
        """Go on at another root, with what is known of the service; ``InvalidOperationError`` where the transport cannot."""
        if origin_of(root) != self._origin:
            if not isinstance(self.transport, RequestsTransport):
                raise InvalidOperationError(f"{masked(root)} is on another origin than {self.root}: this transport stays there")
            self.transport.move(root)
        self._stand_at(root)

    # -- asking

    def prepare(
        self,
        method: str,
        url: str,
        *,
        version: str | None = "1.0",
        accept: str | None = None,
        content_type: str | None = None,
        body: bytes | BinaryIO | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """A request with the headers of the protocol.

        ``version`` is the lowest DataServiceVersion that what is asked needs (None: the header is left out);
        ``InvalidOperationError`` where it exceeds the configured maximum.
        """
        if self._version_floor is not None:
            version = max(version or "1.0", self._version_floor)
        if version is not None and version > self.max_version:
            raise InvalidOperationError(
                f"{method} {masked(url)} needs DataServiceVersion {version}, above max_protocol_version {self.max_version}"
            )
        token = None if self._token is None or method in ("GET", "HEAD") else self._token
        merged = self._protocol_headers(version, content_type, accept or self._accept(url), token)
        if headers:
            merged = merged.merged(headers)
        own = self.rebased(url)
        if self._headers and self.is_own(own):
            merged = merged.merged(self._headers)
        return Request(method, own, merged, body)

    def _protocol_headers(self, version: str | None, content_type: str | None, accept: str, token: str | None) -> Headers:
        """The headers of the protocol, made once for requests that are alike."""
        as_segment = self.key_as_segment
        alike = version, content_type, accept, token, as_segment
        found = self._alike.get(alike)
        if found is None:
            fields = {
                "DataServiceVersion": None if version is None else f"{version};NetFx",
                "MaxDataServiceVersion": f"{self.max_version};NetFx",
                "Content-Type": content_type,
                "Accept": accept,
                "Accept-Charset": "UTF-8",
                "DataServiceUrlConventions": "KeyAsSegment" if as_segment else None,
                "X-CSRF-Token": token,
            }
            if len(self._alike) >= _ALIKE:
                self._alike.clear()
            found = self._alike[alike] = Headers().merged(fields)
        return found

    def prepare_change(
        self,
        method: str,
        url: str,
        body: bytes | None,
        *,
        version: str = "1.0",
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """A request that writes: a body in light JSON needs version 3.0, and a verbose one in the spelling of 3.0 (section 1).

        Without a body there is no Content-Type, save from the V2 client and for services whose documents have it so, which
        name one all the same.
        """
        if body is not None and (
            self._dialect is Dialect.JSON_LIGHT or (self._dialect is Dialect.JSON_VERBOSE and self._verbose_version == "3.0")
        ):
            version = "3.0"
        names_type = self._types_nothing or (self.max_version < "3.0" and self._dialect is Dialect.ATOM)
        kind = (content_type or self._content_type()) if body is not None or names_type else None
        return self.prepare(method, url, version=version, content_type=kind, body=body, headers=headers)

    def tunnelled(self, request: Request) -> Request:
        """The request as it travels: with ``use_post_tunneling`` other verbs go as POST (digest section 8)."""
        if not self.settings.use_post_tunneling or request.method in ("GET", "POST"):
            return request
        extra: dict[str, str | None] = {"X-HTTP-Method": request.method}
        if request.body is None:
            extra["Content-Length"] = "0"
        return Request("POST", request.url, request.headers.merged(extra), request.body)

    @property
    def is_heard(self) -> bool:
        """Whether anybody is told of a request before it leaves, and may change it."""
        return bool(self.sending_request) or self.configurations.request_pipeline.on_message_creating is not None

    def announce(
        self,
        request: Request,
        descriptor: object | None = None,
        *,
        write: Callable[[], bytes] | None = None,
        is_batch_part: bool = False,
        is_dry_run: bool = False,
    ) -> Request:
        """The request with what the handlers of ``sending_request`` made of its headers; ``write`` gives its body after them, or
        when one of them looks at it."""
        request = self.configurations.request_pipeline.created(request)
        args = SendingRequestArgs(request, descriptor, write=write, is_batch_part=is_batch_part, is_dry_run=is_dry_run)
        self.sending_request.fire(args)
        return args.request()

    def send(self, request: Request, descriptor: object | None = None) -> Response:
        """Ask, and give the answer of a success; ``DataServiceClientException`` for a refusal,
        ``DataServiceTransportException`` where there was no usable answer, ``InvalidOperationError`` for a version too high."""
        request = self.announce(request, descriptor)
        response = self.transmit(request, descriptor)
        self.check(request, response)
        return response

    def transmit(self, request: Request, descriptor: object | None = None) -> Response:
        """Ask as the request stands, and give whatever answer came. A write that is refused for want of a token (SAP's
        ``X-CSRF-Token: Required``) is asked once more with one."""
        start = _position(request.body)
        response = self.received(lambda: self.ask(request), descriptor)
        if not _wants_token(request, response) or start is None or not self._fetch_token():
            return response
        if request.body is not None and not isinstance(request.body, bytes):
            request.body.seek(start)
        again = request.with_headers({"X-CSRF-Token": self._token})
        return self.received(lambda: self.ask(again), descriptor)

    def _fetch_token(self) -> bool:
        """Ask the root for a token that writes need (digest section 12); whether it gave one."""
        try:
            response = self.send(self.prepare("GET", self.root, accept="*/*", headers={"X-CSRF-Token": "Fetch"}))
        except DataServiceClientException:
            return False
        self._token = response.headers.get("X-CSRF-Token")
        return self._token is not None

    def ask(self, request: Request) -> Response:
        """One exchange as the request stands, logged; nobody else is told. Any thread may call it."""
        exchange = Exchange(request)
        try:
            response = self.transport.send(request)
        except DataServiceTransportException as error:
            exchange.failed(error)
            raise
        exchange.answered(response)
        return response

    def received(self, answer: Callable[[], Response], descriptor: object | None = None) -> Response:
        """An answer, told to the handlers of ``receiving_response``; that none came is told too."""
        try:
            response = answer()
        except DataServiceTransportException:
            self.receiving_response.fire(ReceivingResponseArgs(None, descriptor))
            raise
        self.receiving_response.fire(ReceivingResponseArgs(response, descriptor))
        return response

    def open(self, request: Request, descriptor: object | None = None) -> StreamedResponse:
        """Ask, and leave a success's body to be read in pieces; errors as of :meth:`send`."""
        request = self.announce(request, descriptor)
        exchange = Exchange(request)
        try:
            streamed = self.transport.open(request)
        except DataServiceTransportException as error:
            exchange.failed(error)
            raise
        success = 200 <= streamed.status < 300
        head = Response(streamed.status, streamed.headers, b"" if success else _beginning(streamed, _REFUSAL), streamed.url)
        exchange.answered(head)
        self.receiving_response.fire(ReceivingResponseArgs(head, descriptor))
        if not success:
            streamed.close()
            raise refusal(request, head)
        return streamed

    def check(self, request: Request, response: Response) -> None:
        """Raise for an answer that is no success, or says a protocol version above the maximum (digest section 1)."""
        if not 200 <= response.status < 300:
            raise refusal(request, response)
        self.check_version(request, response)

    def check_version(self, request: Request, response: Response) -> None:
        """``InvalidOperationError`` for an answer in a protocol version that this context does not speak."""
        if (fourth := response.headers.get("OData-Version")) is not None:
            raise InvalidOperationError(
                f"{asked(request)} answered in OData version {on_one_line(fourth)[:20]}: this client speaks 1.0 to "
                f"{self.max_version}; take a client for V4, or ask whether the service has a V3 address too"
            )
        said = response.headers.get("DataServiceVersion")
        if not said or said in self._fine_versions:
            return
        version = version_of(said)
        if version not in VERSIONS:
            raise InvalidOperationError(
                f"{asked(request)} answered with DataServiceVersion {said!r}: versions 1.0 to 3.0 are known"
            )
        if version > self.max_version:
            raise InvalidOperationError(
                f"{asked(request)} answered with DataServiceVersion {version}, above max_protocol_version {self.max_version}"
            )
        self._fine_versions = {*list(self._fine_versions)[:_ALIKE], said}

    def get(self, url: str, *, version: str | None = "1.0") -> Response:
        """Ask for a resource. A service that refuses the dialect (406, 415) is asked again in the others, and for JSON of any
        kind (V2 services that know no ``odata=verbose``): at once where the verbose form was asked for, else at last. What it
        answers in is remembered for what is asked and written later."""
        refused: DataServiceClientException | None = None
        accepts = [self._accept(url, dialect) for dialect in (self._dialect, Dialect.JSON_VERBOSE, Dialect.ATOM)]
        accepts.insert(1 if self._dialect is Dialect.JSON_VERBOSE else len(accepts), _ANY_JSON)
        for accept in dict.fromkeys(accepts):
            try:
                response = self.send(self.prepare("GET", url, version=version, accept=accept))
            except DataServiceClientException as error:
                if error.status_code not in _UNACCEPTABLE:
                    raise
                refused = refused or error
            else:
                self._wants_any_json = accept == _ANY_JSON
                return response
        assert refused is not None
        raise refused

    # -- reading what came

    def read(self, response: Response, expect: Expectation) -> Document | None:
        """The document of an answer; None for 204 and for nothing at all.

        Raises ``PayloadError`` for what is no OData document, ``DataServiceClientException`` (status 500) for an error inside a
        success.
        """
        content_type = response.headers.get("Content-Type")
        if response.status == 204 or (content_type is None and not response.body):
            return None
        try:
            body = in_utf8(content_type, response.body)
            dialect = dialect_of(content_type, body)
            document = self.format_of(dialect).read(body, expect, base=response.url or self.root)
        except PayloadError as error:
            if is_page(response.body):
                raise PayloadError(f"{masked(response.url)} {self._page(response)}") from error
            text = str(error).removeprefix(f"{error.where}: ")
            raise PayloadError(on_one_line(f"{text}; {described(response)}"), where=error.where) from error
        if isinstance(document, Fault):
            raise fault_inside(document, response)
        if expect.kind in (Kind.ENTRY, Kind.FEED, Kind.RESOURCE):
            self._dialect = dialect
        return document

    def check_inside(self, response: Response) -> None:
        """Raise for an error inside the success of a change (R22), whose body may otherwise go unread."""
        if _begins_error(response.body[:_KEPT]) is not None:
            with suppress(PayloadError):  # left to whoever reads the body
                self.read(response, Expectation(Kind.RESOURCE))

    # -- within

    def _accept(self, url: str, dialect: Dialect | None = None) -> str:
        chosen = dialect or self._dialect
        if self._wants_any_json and chosen is not Dialect.ATOM:
            return _ANY_JSON
        accept = (self.format if chosen is self._dialect else self.format_of(chosen)).accept
        # A projection without its keys leaves ids and links uncomputable: then all of them are asked for, as .NET does.
        if chosen is Dialect.JSON_LIGHT and ("?$select=" in url or "&$select=" in url):
            return accept.replace("minimalmetadata", "fullmetadata")
        return accept

    def _content_type(self) -> str:
        return _ANY_JSON if self._wants_any_json and self._dialect is not Dialect.ATOM else self.format.content_type

    def _page(self, response: Response) -> str:
        """What is said of a web page in the place of an answer: often a sign-in, which may have taken a redirect to come."""
        elsewhere = f" ({masked(response.url)})" if response.url and not response.url.startswith(self.root) else ""
        return (
            f"answered with a web page{elsewhere} and no OData: is {self.root} the root of the service, and does it want a "
            f"sign-in (auth=)? {described(response)}"
        )

    def _fetch_metadata(self) -> Model:
        url = self.root + "$metadata"
        fields = {
            "DataServiceVersion": f"{self._version_floor or '1.0'};NetFx",
            "MaxDataServiceVersion": f"{self.max_version};NetFx",
            "Accept": "application/xml",
            "Accept-Charset": "UTF-8",
            **self._headers,
        }
        response = self.send(Request("GET", url, Headers(fields)))
        kind = response.headers.get("Content-Type", "").lower()
        if is_page(response.body):
            raise MetadataError(f"{masked(url)} {self._page(response)}")
        try:
            return read_metadata(in_utf8(kind, response.body))
        except (MetadataError, PayloadError) as error:
            if "html" in kind:
                raise MetadataError(f"{masked(url)} {self._page(response)}") from error
            text = str(error).removeprefix(f"{error.where}: ")
            raise MetadataError(f"{masked(url)}: {text}; {described(response)}", where=error.where) from error


_begins_error = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*"(?:odata\.)?error"\s*:\s*\{|(?:<\?xml[^>]*>\s*)?<(?:[\w.-]+:)?error[\s>])'
).match


#: So much of a refusal is read where a stream was asked for: as much as an error with its stack traces takes.
_REFUSAL = 1 << 16


def _beginning(streamed: StreamedResponse, size: int) -> bytes:
    """The first ``size`` bytes of a body; one read may give fewer than there are."""
    pieces: list[bytes] = []
    while size > 0 and (piece := streamed.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _wants_token(request: Request, response: Response) -> bool:
    demanded = response.headers.get("X-CSRF-Token", "").lower() == "required"
    return response.status == 403 and demanded and request.method not in ("GET", "HEAD")


def _position(body: object) -> int | None:
    """Where a body begins, so that it can be sent again; None where it cannot."""
    if body is None or isinstance(body, bytes):
        return 0
    try:
        return int(body.tell()) if body.seekable() else None  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None


def version_of(header: str) -> str:
    """``3.0`` of ``3.0;NetFx``: what stands after the semicolon means nothing (digest section 1)."""
    return header.partition(";")[0].strip()
