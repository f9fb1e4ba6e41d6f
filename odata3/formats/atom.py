"""Atom, the first format of OData: read and written.

::

    <entry xml:base="http://h/s/" m:etag="W/&quot;1&quot;" xmlns="http://www.w3.org/2005/Atom" xmlns:d="…" xmlns:m="…">
      <id>http://h/s/Probes(7L)</id>
      <category term="Lab.Probe" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme" />
      <link rel="edit" title="Probe" href="Probes(7L)" />
      <content type="application/xml"><m:properties>
        <d:Id m:type="Edm.Int64">7</d:Id><d:Note m:null="true" />
      </m:properties></content>
    </entry>

The work is done in the rooms before this one: ``atom_values``, ``atom_entries`` and ``atom_reader`` read, ``atom_writer`` and
``atom_answers`` write. Source: digest section 5.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from odata3.edm.model import EntitySet, Model, element_type
from odata3.errors import ArgumentError
from odata3.formats.atom_answers import AnswerWriter, error, links, service_document
from odata3.formats.atom_reader import AtomReader
from odata3.formats.atom_text import text
from odata3.formats.atom_writer import DECLARATION, RequestWriter, value_element
from odata3.formats.documents import (
    Dialect,
    Document,
    Entry,
    Expectation,
    Fault,
    Feed,
    Level,
    Parameters,
    Reference,
    References,
    ServiceDocument,
    Value,
)
from odata3.formats.projection import read_projection
from odata3.markup import NS


def _now() -> datetime:
    return datetime.now(UTC)


class Atom:
    """The Atom format for one service (a ``Format``). Safe to share between threads.

    ``model`` may be None: then types are what the bodies say. ``clock`` gives the time of ``updated`` elements, which Atom asks
    for and OData has no use for. ``key_as_segment`` is the convention for ids and links that are computed. ``huge`` lifts the
    bounds of the XML parser (a depth of 256, 10 MB for one value): for services that are trusted to send large binaries.
    """

    dialect = Dialect.ATOM
    accept = "application/atom+xml,application/xml"
    content_type = "application/atom+xml"

    def __init__(
        self,
        model: Model | None,
        root: str,
        *,
        clock: Callable[[], datetime] = _now,
        key_as_segment: bool = False,
        huge: bool = False,
    ) -> None:
        self._model = model
        self._root = root
        self._clock = clock
        self._answers = AtomReader(model, root, is_request=False, key_as_segment=key_as_segment, huge=huge)
        self._requests = AtomReader(model, root, is_request=True, key_as_segment=key_as_segment, huge=huge)
        self._request_writer = RequestWriter(model, self._updated)
        self._answer_writer = AnswerWriter(model, root, self._updated, key_as_segment=key_as_segment)

    def read(self, body: bytes, expect: Expectation, *, base: str = "") -> Document:
        """What an answer's body says; relative links are resolved against ``xml:base``, else ``base``, else the root.

        A feed above some megabytes is read as its entries are asked for. Raises ``PayloadError`` with the line.
        """
        return self._answers.read(body, expect, base)

    def read_request(self, body: bytes, expect: Expectation, *, base: str = "") -> Document:
        """What a request's body says: related links without an inline are binds, as they came. Raises ``PayloadError``."""
        return self._requests.read(body, expect, base)

    def write_request(self, document: Document | Parameters, expect: Expectation) -> bytes:
        """A request's body: an entry to insert (no id) or update, a value, a link.

        Raises ``ArgumentError`` for a value that is not of its type or that XML cannot hold, and for an action's parameters,
        which have no form in Atom.
        """
        parts = [DECLARATION]
        if isinstance(document, Entry):
            self._request_writer.entry(document, parts)
        elif isinstance(document, Value):
            self._value(document, expect, parts)
        elif isinstance(document, Reference):
            # The metadata namespace is what .NET's client sends; the specification has the data namespace, servers take both.
            parts.append(f'<uri xmlns="{NS.M}">{text(document.url, "a link")}</uri>')
        else:
            raise ArgumentError(f"{type(document).__name__} has no form in Atom; an action's parameters go as JSON")
        return "".join(parts).encode()

    def write_response(
        self,
        document: Document,
        expect: Expectation,
        *,
        level: Level = Level.MINIMAL,
        version: str = "3.0",
        select: str | None = None,
    ) -> bytes:
        """An answer's body; ``level`` and ``version`` change nothing in Atom.

        Raises ``ArgumentError`` as :meth:`write_request` does.
        """
        parts = [DECLARATION]
        writer = self._answer_writer
        entity_set, expected = self._expected(expect)
        projection = read_projection(select)
        if isinstance(document, Entry):
            writer.entry(document, entity_set, expected, parts, projection=projection, namespaces=writer.namespaces)
        elif isinstance(document, Feed):
            title = expect.name or (entity_set.name if entity_set is not None else "") or (expected or "").rpartition(".")[2]
            href = self._root + (entity_set.url_name if entity_set is not None and expect.name is None else title)
            writer.feed(
                document, entity_set, expected, parts, href=href, title=title, projection=projection, namespaces=writer.namespaces
            )
        elif isinstance(document, Value):
            self._value(document, expect, parts)
        elif isinstance(document, Reference):
            parts.append(f'<uri xmlns="{NS.D}">{text(document.url, "a link")}</uri>')
        elif isinstance(document, References):
            links(document, parts)
        elif isinstance(document, ServiceDocument):
            service_document(document, self._root, parts)
        elif isinstance(document, Fault):
            error(document, parts)
        else:
            raise ArgumentError(f"{type(document).__name__} is no answer")
        return "".join(parts).encode()

    def _value(self, document: Value, expect: Expectation, parts: list[str]) -> None:
        type_name = document.type_name or expect.type_name
        value_element(self._request_writer.values, document.name or expect.name or "value", type_name, document.value, parts)

    def _expected(self, expect: Expectation) -> tuple[EntitySet | None, str | None]:
        entity_set = None
        if self._model is not None and expect.entity_set is not None:
            entity_set = self._model.entity_sets.get(expect.entity_set)
        if expect.type_name is not None:
            return entity_set, element_type(expect.type_name)
        return entity_set, None if entity_set is None else entity_set.type

    def _updated(self) -> str:
        return self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = ["Atom"]
