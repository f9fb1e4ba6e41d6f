"""What is known of a service: its root, its metadata, the dialect that it speaks, and the URLs that follow from these.

Sources: OData V3 digest sections 1, 4 and 11.
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from odata3.client.options import Settings
from odata3.edm.model import Model
from odata3.errors import ArgumentError, InvalidOperationError
from odata3.formats.atom import Atom
from odata3.formats.documents import Dialect, Format
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose
from odata3.secrecy import masked
from odata3.wire.origins import origin_of

_CONVENTIONS_TERM = "Com.Microsoft.Data.Services.Conventions.V1.UrlConventions"


class KnownService:
    """A service as far as it is known; the metadata is fetched by whoever can ask."""

    def __init__(self, root: str, settings: Settings, dialect: Dialect, max_version: str, *, rebase_links: bool) -> None:
        self.settings = settings
        self.max_version = max_version
        self._rebase = rebase_links
        self._model: Model | None = None
        self._dialect = dialect
        self._limit_dialect(max_version)
        self._formats: dict[Dialect, Format] = {}
        self._needs_version_3: dict[str, bool] = {}
        self._follows_segments: bool | None = None
        self._stand_at(root)

    def _stand_at(self, root: str) -> None:
        self.base_uri = root
        self.root = (root if root.endswith("/") else root + "/").replace(" ", "%20")  # so the links of its answers begin
        self._origin = origin_of(self.root)
        self.forget_formats()

    def forget_formats(self) -> None:
        """Make the readers and writers of bodies anew: for another root, or another convention of keys."""
        self._formats.clear()
        self._spoken: tuple[Dialect, Format | None] = (self._dialect, None)

    def _fetch_metadata(self) -> Model:
        raise NotImplementedError

    @property
    def model(self) -> Model:
        """The metadata, fetched on first need."""
        return self._take_model(self._fetch_metadata()) if self._model is None else self._model

    def _take_model(self, model: Model) -> Model:
        self._model = model
        self._limit_dialect(model.max_version)
        return model

    def _limit_dialect(self, version: str | None) -> None:
        """Light JSON is a dialect of V3: below, JSON means the verbose form (digest section 1, media types)."""
        if version is not None and version < "3.0" and self._dialect is Dialect.JSON_LIGHT:
            self._dialect = Dialect.JSON_VERBOSE

    @property
    def rebases(self) -> bool:
        """Whether links of payloads are turned to the root."""
        return self._rebase

    @property
    def has_model(self) -> bool:
        return self._model is not None

    @property
    def speaks_atom(self) -> bool:
        return self._dialect is Dialect.ATOM

    @property
    def format(self) -> Format:
        """The dialect that is asked for, and that bodies are written in."""
        dialect, known = self._spoken
        if dialect is not self._dialect or known is None:
            known = self.format_of(self._dialect)
            self._spoken = self._dialect, known
        return known

    def format_of(self, dialect: Dialect) -> Format:
        found = self._formats.get(dialect)
        if found is None:
            found = self._formats[dialect] = self._format(dialect)
        return found

    @property
    def _verbose_version(self) -> str:
        """How verbose bodies spell moments: as ISO text where the service is known to take 3.0, else as ``/Date(ms)/``."""
        known = self.model.max_version or self.model.version or "1.0"
        return "3.0" if self.max_version >= "3.0" and known >= "3.0" else "2.0"

    def _format(self, dialect: Dialect) -> Format:
        if dialect is Dialect.ATOM:
            return Atom(self.model, self.root, key_as_segment=self.key_as_segment)
        if dialect is Dialect.JSON_VERBOSE:
            return JsonVerbose(self.model, self.root, version=self._verbose_version, key_as_segment=self.key_as_segment)
        return JsonLight(self.model, self.root, key_as_segment=self.key_as_segment)

    @property
    def key_as_segment(self) -> bool:
        """Whether URLs are written ``Set/key``: as set by the user, else as the metadata says."""
        chosen = self.settings.url_key_as_segment
        if chosen is not None:
            return chosen
        if self._follows_segments is None:
            model = self.model
            annotated = (model.default_container, *model.entity_containers.values())
            self._follows_segments = any(
                c is not None and c.annotations.get(_CONVENTIONS_TERM) == "KeyAsSegment" for c in annotated
            )
        return self._follows_segments

    def needs_version_3(self, type_name: str) -> bool:
        """Whether a body of this type holds what came with V3: collections, spatial values (digest section 1)."""
        found = self._needs_version_3.get(type_name)
        if found is None:
            found = self._needs_version_3[type_name] = _uses_version_3(self.model, type_name)
        return found

    def set_url(self, name: str) -> str:
        """The URL of an entity set: what ``resolve_entity_set`` says, else below the root."""
        resolve = self.settings.resolve_entity_set
        found = None if resolve is None else resolve(name)
        if found is not None:
            return _checked_set_url(name, found).rstrip("/")
        entity_set = self.model.entity_sets.get(name) if self.has_model else None
        return self.root + (name if entity_set is None else entity_set.url_name)

    def absolute(self, url: str) -> str:
        """A URL that may be relative to the service root, absolute; and rebased where links are."""
        whole = (
            url if "://" in url.partition("?")[0] else urljoin(self.root, url.lstrip("/") if not url.startswith("//") else url)
        )
        return self.rebased(whole)

    def rebased(self, url: str) -> str:
        """With ``rebase_links``: the same path below the service root; else the URL as it is."""
        if not self._rebase or url.startswith(self.root):
            return url
        parts, root = urlsplit(url), urlsplit(self.root)
        query = f"?{parts.query}" if parts.query else ""
        if parts.path.startswith(root.path):
            return f"{root.scheme}://{root.netloc}{parts.path}{query}"
        segments = parts.path.split("/")
        for place, segment in enumerate(segments):
            name = segment.partition("(")[0]
            if name in self.model.entity_sets or name in self.model.function_imports:
                return self.root + "/".join(segments[place:]) + query
        return url

    def is_own(self, url: str) -> bool:
        """Whether the URL leads to the service's own origin; ``$1/...`` of a batch does."""
        if url.startswith((self.root, "$")):  # the root ends in a slash: what begins so has its origin
            return True
        try:
            return origin_of(url) == self._origin
        except ArgumentError:
            return False


def _checked_set_url(name: str, url: object) -> str:
    """What ``resolve_entity_set`` said; ``InvalidOperationError`` where it is no URL that a set can have."""
    try:
        origin_of(str(url))
    except ArgumentError as error:
        raise InvalidOperationError(f"resolve_entity_set({name!r}): {error}") from error
    if "?" in str(url) or "#" in str(url):
        raise InvalidOperationError(f"resolve_entity_set({name!r}) gave {masked(str(url))}, which has a query or fragment")
    return str(url)


def _uses_version_3(model: Model, type_name: str) -> bool:
    """Whether a type, or a complex one within, has such properties; types may stand in each other a thousand deep."""
    waiting, seen = [type_name], {type_name}
    while waiting:
        structure = model.structured_type(waiting.pop())
        for prop in () if structure is None else structure.properties:
            if prop.is_collection or prop.type.startswith(("Edm.Geography", "Edm.Geometry")):
                return True
            if prop.type not in seen:
                seen.add(prop.type)
                waiting.append(prop.type)
    return False
