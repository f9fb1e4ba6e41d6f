"""What a service can do, found out by asking it: versions, formats, paging, counting, ``any``, ETags, how keys are written, how
it wants to know who asks.

Only GET is sent, and one OPTIONS: nothing is ever written, and at most a page of one set is read. Each question is one
:class:`Finding`; what they mean for a context is the :class:`~odata3.client.service_profile.Profile`.

::

    examination = examine("https://shop.example/Shop.svc/", auth=("user", "secret"))
    for finding in examination.findings:
        print(finding)
    ctx = DataServiceContext("https://shop.example/Shop.svc/", auth=("user", "secret"), profile=examination.profile)

Sources: OData V3 digest sections 1, 2, 4 and 8; RFC 9110 sections 9.3.7 and 11.6 (OPTIONS, authentication).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from odata3.client.channel import Channel, version_of
from odata3.client.configuration import check_root
from odata3.client.findings import Examination, Finding, Grade
from odata3.client.options import Settings
from odata3.client.refusals import refusal
from odata3.client.service_profile import Profile
from odata3.edm.csdl import read_metadata
from odata3.edm.model import EntitySet, EntityType, Model
from odata3.errors import DataServiceTransportException, MetadataError, ODataError
from odata3.formats.documents import Dialect, Entry, Expectation, Feed, Kind
from odata3.formats.negotiation import is_page
from odata3.secrecy import masked
from odata3.uri.paths import key_predicate
from odata3.wire.messages import Headers, Request, Response, Transport
from odata3.wire.origins import origin_of, split_credentials
from odata3.wire.transport import RequestsTransport

#: So many rows are asked for to see how long a page is.
_PAGE = 1001
#: So many sets are tried until one answers with an entity.
_TRIED = 8
_MOST_BYTES = 32 * 1024 * 1024
_METADATA = "application/xml"
_FORMATS = {
    Dialect.JSON_LIGHT: "application/json;odata=minimalmetadata",
    Dialect.JSON_VERBOSE: "application/json;odata=verbose",
    Dialect.ATOM: "application/atom+xml",
}
#: What a user is told to give as ``auth`` for each scheme of HTTP.
_REMEDIES = {
    "basic": "auth=(user, password)",
    "ntlm": "auth=requests_ntlm.HttpNtlmAuth(user, password): pip install 'odata3[ntlm]'; --auth ntlm",
    "negotiate": "auth=requests_kerberos.HTTPKerberosAuth(): pip install 'odata3[kerberos]'; --auth negotiate",
    "kerberos": "auth=requests_kerberos.HTTPKerberosAuth(): pip install 'odata3[kerberos]'; --auth negotiate",
    "bearer": "a token: auth as any callable that sets Authorization; --auth bearer",
    "digest": "auth=requests.auth.HTTPDigestAuth(user, password)",
}


def examine(
    service_root: str, *, headers: Mapping[str, str] | None = None, transport: Transport | None = None, **keywords: Any
) -> Examination:
    """Find out what the service at ``service_root`` can do.

    ``headers`` go along with every request; ``transport`` takes requests in place of the network. The other keywords are those
    of a context that concern the connection (``auth``, ``session``, ``timeout``, ``verify``, ``cert``, ``proxies``). What goes
    wrong is a finding; only an argument that is wrong raises (``ArgumentError``).
    """
    check_root(service_root)
    root = split_credentials(service_root)[0]
    door = transport or RequestsTransport(service_root, max_response_bytes=_MOST_BYTES, **keywords)
    stranger = transport or RequestsTransport(root, **{**keywords, "auth": _nobody, "session": None}, retry=None)
    try:
        checked = keywords.get("verify") is not False
        examiner = _Examiner(root if root.endswith("/") else root + "/", door, stranger, dict(headers or {}), checked)
        examiner.run(has_slash=root.endswith("/"))
        return Examination(masked(examiner.root), tuple(examiner.findings), Profile(**examiner.known), examiner.requests)
    finally:
        if transport is None:
            door.close()
            stranger.close()


def _told(refused: Response | None) -> str:
    """Why no set can be read."""
    if refused is None:
        return "the metadata names none"
    if is_page(refused.body) and refused.status < 300:
        return f"{masked(refused.url)} answered with a web page; does the service want a sign-in?"
    return str(refusal(Request("GET", refused.url), refused))


def _nobody(request: Any) -> Any:
    return request


@dataclass(slots=True)
class _Sample:
    """A set that answers, the type of its entities, and one of them if there is one."""

    entity_set: EntitySet
    entity_type: EntityType
    url: str
    entry: Entry | None = None


@dataclass(slots=True)
class _Examiner:
    root: str
    door: Transport
    stranger: Transport
    headers: dict[str, str]
    checks_certificates: bool
    findings: list[Finding] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    requests: int = 0
    maximum: str = "3.0"

    def run(self, *, has_slash: bool) -> None:
        if not has_slash:
            self.note("root", "the URL lacks the slash at its end; it is read as if it had one")
        if not self.access():
            return
        model = self.metadata()
        if model is None:
            return
        sample = self.sample(model)
        if sample is None:
            return
        for finding in (
            *self.formats(model, sample),
            *self.counting(sample),
            *self.lambdas(model, sample),
            *self.keys(model, sample),
            *self.etags(sample),
            *self.updates(model, sample),
            *self.links(sample),
        ):
            self.findings.append(finding)

    # -- asking

    def ask(
        self, url: str, accept: str = "*/*", *, method: str = "GET", version: str = "1.0", door: Transport | None = None
    ) -> Response:
        self.requests += 1
        fields = {
            "DataServiceVersion": f"{version};NetFx",
            "MaxDataServiceVersion": f"{self.maximum};NetFx",
            "Accept": accept,
            "Accept-Charset": "UTF-8",
            **self.headers,
        }
        return (door or self.door).send(Request(method, url, Headers(fields)))

    def answers(self, url: str, accept: str = "*/*", *, version: str = "1.0") -> Response | None:
        """The answer where it is a success, and no page for signing in."""
        try:
            response = self.ask(url, accept, version=version)
        except DataServiceTransportException:
            return None
        return response if 200 <= response.status < 300 and not is_page(response.body) else None

    def note(self, topic: str, text: str, remedy: str = "", grade: Grade = Grade.NOTE) -> None:
        self.findings.append(Finding(topic, text, grade, remedy))

    def problem(self, topic: str, text: str, remedy: str = "") -> None:
        self.note(topic, text, remedy, Grade.PROBLEM)

    # -- may I come in

    def access(self) -> bool:
        """Who may ask, told by an answer to somebody without credentials; and whether ours are taken."""
        url = self.root + "$metadata"
        try:
            stranger = self.ask(url, _METADATA, door=self.stranger)
            own = stranger if self.door is self.stranger else self.ask(url, _METADATA)
        except DataServiceTransportException as error:
            self.problem("connection", str(error), _advice(str(error)))
            return False
        schemes = _schemes(stranger.headers.get("WWW-Authenticate", ""))
        if self.root.startswith("https:") and not self.checks_certificates:
            self.note("connection", "https, but the certificate was not checked", "give its authority: verify= (--ca FILE)")
        elif self.root.startswith("https:"):
            self.findings.append(Finding("connection", "https, and the certificate is trusted"))
        elif schemes or "Authorization" in self.headers:
            self.note("connection", "http: credentials and data travel in the clear", "use https where the service has it")
        if stranger.status in (401, 403):
            words = ", ".join(schemes) or "no scheme is named"
            remedies = "; ".join(_REMEDIES[s] for s in dict.fromkeys(map(str.lower, schemes)) if s in _REMEDIES)
            if own.status in (401, 403):
                request = Request("GET", url)
                self.problem("authentication", str(refusal(request, own)), f"it takes {words}: {remedies}" if remedies else words)
                return False
            self.findings.append(Finding("authentication", f"demanded ({words}), and given"))
        else:
            self.findings.append(Finding("authentication", "none is demanded"))
        return True

    # -- what it is

    def metadata(self) -> Model | None:
        url = self.root + "$metadata"
        response = self.ask(url, _METADATA)
        if response.status == 400 and _speaks_of_version(response):
            self.maximum = "2.0"
            again = self.ask(url, _METADATA)
            if again.status == 200:
                response, self.known["max_protocol_version"] = again, "2.0"
        if not 200 <= response.status < 300:
            remedy = ""
            if response.status == 400 and "principal" in response.body[:4096].decode("utf-8", "replace").lower():
                remedy = "--header x-ms-principal-id:user@contoso.com, or spf_vmm.connect(..., principal_id=...)"
            self.problem("metadata", str(refusal(Request("GET", url), response)), remedy)
            return None
        if (fourth := response.headers.get("OData-Version")) is not None or b'Version="4' in response.body[:400]:
            self.problem("version", f"OData {fourth or '4.0'}", "this client speaks versions 1 to 3; take a client of V4")
            return None
        try:
            model = read_metadata(response.body)
        except MetadataError as error:
            self.problem("metadata", str(error), "is this the root of an OData service, and no page for signing in?")
            return None
        if server := response.headers.get("Server"):
            self.findings.append(Finding("server", masked(server)))
        operations = sum(len(overloads) for overloads in model.function_imports.values())
        self.findings.append(
            Finding("metadata", f"{len(model.entity_types)} entity types, {len(model.entity_sets)} sets, {operations} operations")
        )
        for warning in model.warnings[:5]:
            self.note("metadata", warning, "read all the same")
        if {"VMM", "VMMVersion"} & {schema.namespace for schema in model.schemas}:
            self.note("service", "this is SPF's VMM service", "spf_vmm has its classes: spf_vmm.connect(...)")
        return model

    def sample(self, model: Model) -> _Sample | None:
        """A set that can be read, with an entity if one of the first has any."""
        found: _Sample | None = None
        refused: Response | None = None
        for entity_set in list(model.entity_sets.values())[:_TRIED]:
            entity_type = model.entity_type_of(entity_set)
            if entity_type is None:
                continue
            url = self.root + entity_set.url_name
            try:
                response = self.ask(f"{url}?$top=1", "application/json, application/atom+xml;q=0.9, */*;q=0.1")
            except DataServiceTransportException:
                continue
            if not 200 <= response.status < 300 or is_page(response.body):
                refused = refused or response
                continue
            found = found or _Sample(entity_set, entity_type, url)
            entry = self.first(model, response, found if found.url == url else _Sample(entity_set, entity_type, url))
            if entry is not None and entity_type.key:
                return _Sample(entity_set, entity_type, url, entry)
        if found is None:
            self.problem("sets", f"no set can be read: {_told(refused)}")
        else:
            self.note("sets", f"the first {_TRIED} sets hold nothing: what only an entity shows is not known")
        return found

    def channel(self, model: Model) -> Channel:
        return Channel(
            self.root,
            self.door,
            Settings(),
            model=model,
            dialect=Dialect.JSON_LIGHT,
            max_version=self.maximum,
            version_floor=None,
            headers={},
            rebase_links=False,
        )

    def feed(self, model: Model, response: Response, sample: _Sample) -> tuple[Feed, list[Entry]] | None:
        expect = Expectation(Kind.FEED, sample.entity_type.full_name, sample.entity_set.qualified_name)
        try:
            document = self.channel(model).read(response, expect)
            return (document, list(document.entries)) if isinstance(document, Feed) else None
        except ODataError:
            return None

    def first(self, model: Model, response: Response, sample: _Sample) -> Entry | None:
        read = self.feed(model, response, sample)
        return read[1][0] if read is not None and read[1] else None

    # -- what it speaks

    def formats(self, model: Model, sample: _Sample) -> Iterator[Finding]:
        spoken: dict[Dialect, Response] = {}
        for dialect, accept in _FORMATS.items():
            response = self.answers(f"{sample.url}?$top=1", accept)
            if response is not None and _speaks(dialect, response):
                spoken[dialect] = response
        highest = max(
            (version_of(r.headers["DataServiceVersion"]) for r in spoken.values() if "DataServiceVersion" in r.headers),
            default=model.max_version or model.version or "1.0",
        )
        declared = model.max_version or model.version or highest
        version = max(highest, declared) if declared <= "3.0" else highest
        if version < "3.0" and Dialect.JSON_LIGHT not in spoken:
            self.known["max_protocol_version"] = version
        yield Finding("version", f"OData {version}" + (f"; metadata says {declared}" if declared != version else ""))
        if not spoken:
            yield Finding("formats", f"no answer in any known format at {sample.entity_set.url_name}", Grade.PROBLEM)
            return
        best = next(iter(spoken))
        self.known["format"] = best.value
        names = {Dialect.JSON_LIGHT: "light JSON", Dialect.JSON_VERBOSE: "verbose JSON", Dialect.ATOM: "Atom"}
        yield Finding("formats", f"{', '.join(names[d] for d in spoken)}; {names[best]} is taken")
        broken = [names[d] for d, r in spoken.items() if self.feed(model, r, sample) is None]
        if broken:
            yield Finding("formats", f"{', '.join(broken)} cannot be read", Grade.NOTE, "another format is: see format=")

    def counting(self, sample: _Sample) -> Iterator[Finding]:
        response = self.answers(f"{sample.url}/$count", "text/plain", version="2.0" if self.maximum >= "2.0" else "1.0")
        digits = "" if response is None else response.body.decode("utf-8-sig", "replace").strip()
        count = int(digits) if digits.isascii() and digits.isdigit() else None
        name = sample.entity_set.url_name
        if count is None:
            yield Finding("$count", "not answered", Grade.NOTE, "count() will fail; len(query.to_list()) counts here")
        else:
            yield Finding("$count", f"answered ({name}: {count})")
        yield from self.paging(sample, count)

    def paging(self, sample: _Sample, count: int | None) -> Iterator[Finding]:
        """How long a page is, of the set with the entity; asked with ``$top``, so that a server without paging sends no more."""
        key = ",".join(sample.entity_type.key)
        response = self.answers(f"{sample.url}?$top={_PAGE}" + (f"&$select={quote(key, safe=',')}" if key else ""), version="2.0")
        response = response or self.answers(f"{sample.url}?$top={_PAGE}")
        text = "" if response is None else response.body.decode("utf-8", "replace")
        rows = len(re.findall(r"<entry[\s>]|\"__metadata\"|\"odata\.(?:id|editLink)\"", text))
        if response is not None and re.search(r'nextLink"|"__next"|rel="next"', text):
            yield Finding("paging", "by the server, with next links" + (f": {rows} rows a page" if rows else ""))
        elif count is not None and count < _PAGE:
            yield Finding("paging", f"none seen in {count} rows")
        elif response is None:
            yield Finding("paging", "not known: a page was asked for, and not answered", Grade.NOTE)
        elif count is None and 0 < rows < _PAGE:
            yield Finding("paging", f"none seen in {rows} rows")
        else:
            yield Finding("paging", f"none in {_PAGE} rows", Grade.NOTE, "the server sends a set whole: use take() on large ones")

    def lambdas(self, model: Model, sample: _Sample) -> Iterator[Finding]:
        for entity_set in model.entity_sets.values():
            entity_type = model.entity_type_of(entity_set)
            many = next((n for n in entity_type.navigation_properties if n.is_collection), None) if entity_type else None
            if many is not None:
                url = f"{self.root}{entity_set.url_name}?$top=1&$filter={quote(many.name)}/any()"
                taken = self.maximum == "3.0" and self.answers(url, version="3.0") is not None
                if taken:
                    yield Finding("any/all", "answered")
                else:
                    yield Finding("any/all", "refused", Grade.NOTE, "conditions on collections are for Python to test")
                return
        yield Finding("any/all", "not known: the model has no collection to ask about", Grade.NOTE)

    # -- how it writes addresses

    def keys(self, model: Model, sample: _Sample) -> Iterator[Finding]:
        if sample.entry is None:
            return
        entry, entity_type = sample.entry, sample.entity_type
        try:
            values = {name: entry.codec.decoders[name](entry.values[name]) for name in entity_type.key}
            brackets = sample.url + key_predicate(entity_type, values)
            segment = sample.url + key_predicate(entity_type, values, key_as_segment=True)
        except (ODataError, KeyError, AttributeError, TypeError):
            return
        with_brackets = self.answers(brackets) is not None
        with_segment = len(values) == 1 and self.answers(segment) is not None
        declared = self.channel(model).key_as_segment
        if with_brackets:
            if declared and len(values) == 1 and not with_segment:
                self.known["url_key_as_segment"] = False
            yield Finding("keys", "in brackets, Set(1)" + ("; as a segment too, Set/1" if with_segment else ""))
        elif with_segment:
            self.known["url_key_as_segment"] = True
            yield Finding("keys", "as a segment, Set/1, and not in brackets", Grade.NOTE, "url_key_as_segment = True")
        else:
            yield Finding("keys", "an entity cannot be read by its key", Grade.NOTE, "first() and where() do without")

    def etags(self, sample: _Sample) -> Iterator[Finding]:
        fixed = [p.name for p in sample.entity_type.etag_properties]
        entry = sample.entry
        sent = entry.etag if entry is not None else None
        if sent is None and entry is not None and (address := entry.edit_link or entry.id):
            response = self.answers(address) if self.is_own(address) else None
            sent = response.headers.get("ETag") if response is not None else None
        if sent is not None:
            yield Finding("ETags", f"sent ({sample.entity_type.name}): conflicts are noticed")
        elif entry is not None:
            text = f"none at {sample.entity_type.name}" + (f", although the model says {', '.join(fixed)}" if fixed else "")
            yield Finding("ETags", text, Grade.NOTE, "of two writers the last wins")

    def updates(self, model: Model, sample: _Sample) -> Iterator[Finding]:
        address = sample.entry.edit_link if sample.entry is not None else None
        try:
            response = self.ask(address if address and self.is_own(address) else sample.url, method="OPTIONS")
            allowed = {verb.strip().upper() for verb in response.headers.get("Allow", "").split(",") if verb.strip()}
        except DataServiceTransportException:
            allowed = set()
        verbs = sorted(allowed & {"MERGE", "PATCH", "PUT", "POST", "DELETE"})
        if "MERGE" in allowed:
            yield Finding("updates", f"MERGE ({', '.join(verbs)} are allowed)")
        elif "PATCH" in allowed:
            self.known["patch_on_update"] = True
            yield Finding("updates", f"PATCH, not MERGE ({', '.join(verbs)} are allowed)", Grade.NOTE, "PATCH_ON_UPDATE")
        elif allowed and not verbs:
            yield Finding("updates", f"none: {', '.join(sorted(allowed))} are allowed", Grade.NOTE, "the service is for reading")
        else:
            yield Finding("updates", "not told by OPTIONS; MERGE is sent, which all versions know", Grade.NOTE)

    def links(self, sample: _Sample) -> Iterator[Finding]:
        """Whether what an entity calls itself lies where it was asked for."""
        entry = sample.entry
        for link in filter(None, (entry.edit_link, entry.id) if entry is not None else ()):
            if link.startswith(("http://", "https://")) and not self.is_own(link):
                self.known["rebase_links"] = True
                text = f"name another host ({origin_of(link)}): the service stands behind a gateway"
                yield Finding("links", text, Grade.NOTE, "rebase_links=True")
                return

    def is_own(self, url: str) -> bool:
        try:
            return origin_of(url) == origin_of(self.root)
        except ODataError:
            return False


def _speaks_of_version(response: Response) -> bool:
    """Whether a refusal is about the protocol's version (and not of the version of XML, say)."""
    return re.search(rb"DataServiceVersion|protocol version|version \W?3\.0", response.body[:4096]) is not None


def _schemes(header: str) -> list[str]:
    """``Negotiate, NTLM, Basic realm="x"`` -> the names of the schemes (RFC 9110, 11.6.1)."""
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', '""', header)
    found = []
    for part in outside.split(","):
        word = re.match(r"\s*([A-Za-z][A-Za-z0-9-]*)(?:\s+|\s*$)(?!=)", part)
        if word is not None and "=" not in part[: word.end(1) + 1]:
            found.append(word[1])
    return list(dict.fromkeys(found))


def _speaks(dialect: Dialect, response: Response) -> bool:
    """Whether an answer is in the dialect that was asked for."""
    kind = response.headers.get("Content-Type", "").lower().replace(" ", "")
    if dialect is Dialect.ATOM:
        return kind.startswith(("application/atom+xml", "application/xml", "text/xml"))
    if not kind.startswith("application/json"):
        return False
    verbose = "odata=verbose" in kind or response.body.lstrip()[:8].replace(b" ", b"").startswith(b'{"d":')
    return verbose is (dialect is Dialect.JSON_VERBOSE)


def _advice(text: str) -> str:
    if "certificate" in text:
        return "a private authority: give its file as verify= (--ca FILE)"
    if "redirects" in text:
        return "take the address that it names as the root"
    return ""
