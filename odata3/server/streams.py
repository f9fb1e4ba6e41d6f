"""Media resources and named streams: their bytes on disk, what is known of them in the database.

The bytes lie in files with random names in the media folder; without one (a service in memory) they lie in the database. A
file is written before its transaction ends and removed when that fails; a replaced or deleted one is removed after the
commit. Who began to read before it finds its name and not its bytes, and looks again. Source: digest section 8 (media resources).
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select

from odata3.server.tables import Layout

#: The media resource itself, among an entity's streams.
MEDIA = ""


@dataclass(frozen=True, slots=True)
class StoredStream:
    """A stream without its bytes."""

    name: str
    content_type: str
    etag: str


@dataclass(slots=True)
class Endings:
    """What is left to do when a transaction has ended, one way or the other."""

    committed: list[Callable[[], None]]
    undone: list[Callable[[], None]]


class Streams:
    """The streams of a store."""

    def __init__(self, layout: Layout, folder: Path | None) -> None:
        self._table: Table = layout.streams
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def of(self, connection: Connection, entity_set: str, entities: list[int]) -> dict[int, dict[str, StoredStream]]:
        """The streams of these entities, by entity and name."""
        found: dict[int, dict[str, StoredStream]] = {}
        table = self._table
        for start in range(0, len(entities), 500):
            chosen = select(table.c.entity, table.c.name, table.c.content_type, table.c.etag).where(
                table.c.entity_set == entity_set, table.c.entity.in_(entities[start : start + 500])
            )
            for entity, name, content_type, etag in connection.execute(chosen):
                found.setdefault(entity, {})[name] = StoredStream(name, content_type, etag)
        return found

    def read(self, connection: Connection, entity_set: str, entity: int, name: str) -> tuple[StoredStream, bytes] | None:
        row = connection.execute(select(self._table).where(*self._at(entity_set, entity, name))).one_or_none()
        if row is None:
            return None
        body = row.body if row.file is None or self._folder is None else (self._folder / row.file).read_bytes()
        return StoredStream(name, row.content_type, row.etag), body or b""

    def write(
        self, connection: Connection, endings: Endings, entity_set: str, entity: int, name: str, content_type: str, body: bytes
    ) -> StoredStream:
        """Put a stream in the place of the one that was there."""
        self.delete(connection, endings, entity_set, entity, name)
        # The same bytes written twice are two states: the ETag tells them apart.
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}-{uuid4().hex[:8]}"'
        file = None
        if self._folder is not None:
            file = uuid4().hex
            path = self._folder / file
            path.write_bytes(body)
            endings.undone.append(lambda: _remove(path))
        row = {"entity_set": entity_set, "entity": entity, "name": name, "content_type": content_type, "etag": etag, "file": file}
        connection.execute(insert(self._table).values(**row, body=None if file else body))
        return StoredStream(name, content_type, etag)

    def delete(self, connection: Connection, endings: Endings, entity_set: str, entity: int, name: str | None = None) -> None:
        """Remove one stream of an entity, or all of them."""
        where = self._at(entity_set, entity, name)
        for (file,) in connection.execute(select(self._table.c.file).where(*where)):
            if file is not None and self._folder is not None:
                endings.committed.append(lambda path=self._folder / file: _remove(path))  # type: ignore[misc]
        connection.execute(delete(self._table).where(*where))

    def _at(self, entity_set: str, entity: int, name: str | None) -> list[ColumnElement[bool]]:
        table = self._table
        where: list[ColumnElement[bool]] = [table.c.entity_set == entity_set, table.c.entity == entity]
        return where if name is None else [*where, table.c.name == name]


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
