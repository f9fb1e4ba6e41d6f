"""Media entries and named streams driven by random calls against the reference service, which refuses at random.

What the context says was saved is taken over into a model; then the service must hold those bytes, and no others. A stream is
read by nothing but its request, starts where it stood when it was given, and is closed when it has been sent, not before.
"""

from __future__ import annotations

import io
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

pytest.importorskip("sqlalchemy")

from client.shop import METADATA

from odata3.client.context import DataServiceContext
from odata3.client.options import EntityStates, SaveChangesOptions
from odata3.edm.csdl import parse_metadata
from odata3.errors import DataServiceRequestException, InvalidOperationError
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.wire.messages import Headers, Request, Response

ROOT = "http://shop.example/"
MODEL = parse_metadata(METADATA)
ADDED, UNCHANGED, MODIFIED, DELETED = EntityStates.ADDED, EntityStates.UNCHANGED, EntityStates.MODIFIED, EntityStates.DELETED
BYTES = st.binary(min_size=1, max_size=12)


class Busy:
    """A way to the service that reads bodies piece by piece, and says at random that it has no time: before a body, or in it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.troubles: list[str] = []

    def send(self, request: Request) -> Response:
        trouble = self.troubles.pop(0) if self.troubles and request.method != "GET" else "none"
        body = request.body
        if trouble != "none":
            if trouble == "in the midst" and body is not None and not isinstance(body, bytes):
                body.read(3)
            return Response(503, Headers({"Content-Type": "text/plain"}), b"not now", request.url)
        if body is not None and not isinstance(body, bytes):
            body = b"".join(iter(lambda: request.body.read(5), b""))  # type: ignore[union-attr]
        return self.service.send(Request(request.method, request.url, request.headers, body))

    def open(self, request: Request) -> Any:
        raise AssertionError("the bytes are read from the service itself")

    def close(self) -> None: ...


class OneWay(io.BytesIO):
    """A stream that cannot go back."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise io.UnsupportedOperation("tell")


@dataclass
class Given:
    """Bytes that were given to be saved."""

    file: io.BytesIO
    rest: bytes
    closes: bool
    was_tried: bool = False


@dataclass
class Photo:
    state: EntityStates
    title: str
    media: Given | None = None
    thumb: Given | None = None


class StreamsOfWork(RuleBasedStateMachine):
    @initialize(format=st.sampled_from(["json", "verbosejson", "atom"]), tunnels=st.booleans())
    def open(self, format: str, tunnels: bool) -> None:
        self.service = Service(MODEL, Store(MODEL))
        self.way = Busy(self.service)
        self.ctx: Any = DataServiceContext(ROOT, metadata=MODEL, transport=self.way, format=format)
        self.ctx.use_post_tunneling = tunnels
        self.known: dict[Any, Photo] = {}
        self.rows: dict[int, tuple[str | None, bytes, bytes]] = {}
        self.settled: list[Given] = []
        for title in "ab":  # two are there already
            entity = self.ctx.types.Photo(Title=title)
            self.ctx.add_object("Photos", entity)
            self.known[entity] = Photo(ADDED, title)
            self.give_media(entity, Given(io.BytesIO(b"there already"), b"there already", True))
        self.save(True, [])

    def is_pending(self) -> bool:
        return any(photo.state is not UNCHANGED or photo.media or photo.thumb for photo in self.known.values())

    def some(self, data: Any, *states: EntityStates) -> Any:
        found = [entity for entity, photo in self.known.items() if photo.state in states]
        return data.draw(st.sampled_from(found)) if found else None

    def given(self, data: Any) -> Given:
        before, rest = data.draw(BYTES), data.draw(BYTES)
        file = data.draw(st.sampled_from([io.BytesIO, OneWay]))(before + rest)
        file.read(len(before))
        return Given(file, rest, data.draw(st.booleans()))

    @rule(data=st.data(), title=st.sampled_from("abc"), has_bytes=st.sampled_from([True, True, True, False]))
    def add(self, data: Any, title: str, has_bytes: bool) -> None:
        entity = self.ctx.types.Photo(Title=title)
        self.ctx.add_object("Photos", entity)
        self.known[entity] = Photo(ADDED, title)
        if has_bytes:
            self.give_media(entity, self.given(data))

    @rule(data=st.data())
    def set_media(self, data: Any) -> None:
        entity = self.some(data, ADDED, UNCHANGED, MODIFIED)
        if entity is not None:
            self.give_media(entity, self.given(data))

    def give_media(self, entity: Any, given: Given) -> None:
        self.let_go(self.known[entity].media)
        self.ctx.set_save_stream(entity, given.file, given.closes, "image/png")
        self.known[entity].media = given

    @rule(data=st.data())
    def set_thumb(self, data: Any) -> None:
        entity = self.some(data, ADDED, UNCHANGED, MODIFIED)
        if entity is not None:
            given = self.given(data)
            self.let_go(self.known[entity].thumb)
            self.ctx.set_save_stream(entity, "Thumb", given.file, given.closes, "image/gif")
            self.known[entity].thumb = given

    @rule(data=st.data(), title=st.sampled_from("xyz"))
    def change(self, data: Any, title: str) -> None:
        entity = self.some(data, ADDED, UNCHANGED, MODIFIED)
        if entity is not None:
            entity.Title = self.known[entity].title = title
            self.ctx.update_object(entity)
            if self.known[entity].state is UNCHANGED:
                self.known[entity].state = MODIFIED

    @rule(data=st.data())
    def delete(self, data: Any) -> None:
        entity = self.some(data, ADDED, UNCHANGED, MODIFIED)
        if entity is None or self.known[entity].thumb is not None:
            return
        if self.known[entity].state is ADDED:
            self.let_go(self.known.pop(entity).media)
        elif self.known[entity].media is None:
            self.known[entity].state = DELETED
        else:
            return
        self.ctx.delete_object(entity)

    @rule(data=st.data())
    def roll_back(self, data: Any) -> None:
        entity = self.some(data, ADDED)
        if entity is not None:
            photo = self.known.pop(entity)
            self.let_go(photo.media)
            self.let_go(photo.thumb)
            self.ctx.rollback(entity)

    @precondition(lambda self: self.known)
    @rule()
    def look(self) -> None:
        """A look at what is pending reads nothing."""
        given = [g.file for photo in self.known.values() for g in (photo.media, photo.thumb) if g is not None]
        places = [io.BytesIO.tell(file) for file in given]
        with suppress(InvalidOperationError):  # an entry without its bytes
            shown = [change.body for change in self.ctx.pending_changes() if hasattr(change.body, "read")]
            assert sorted(map(id, shown)) == sorted(map(id, given))
        assert [io.BytesIO.tell(file) for file in given] == places

    @precondition(lambda self: self.is_pending())
    @rule(
        goes_on=st.booleans(),
        troubles=st.lists(st.sampled_from(["in the midst", "before", "none"]), min_size=1, max_size=4),
    )
    def save_in_trouble(self, goes_on: bool, troubles: list[str]) -> None:
        self.save(goes_on, troubles)

    @precondition(lambda self: self.is_pending())
    @rule()
    def save_in_peace(self) -> None:
        self.save(True, [])

    def save(self, goes_on: bool, troubles: list[str]) -> None:
        wants = {d for d in self.ctx.entities if d.is_pending or any(s.is_pending for s in d.stream_descriptors)}
        self.way.troubles = list(troubles)
        operations: Any = ()
        try:
            operations = self.ctx.save_changes(SaveChangesOptions.CONTINUE_ON_ERROR if goes_on else SaveChangesOptions.NONE)
            assert all(operation.error is None for operation in operations)
            assert {d for d in self.ctx.entities if d.is_pending} == set()
        except DataServiceRequestException as error:
            operations = error.response
        assert wants or len(operations) == 0
        for entity in list(self.known):
            self.take_over(entity)
        self.compare_with_service()

    def take_over(self, entity: Any) -> None:
        photo, descriptor = self.known[entity], self.ctx.get_entity_descriptor(entity)
        if descriptor is None:
            assert photo.state is DELETED
            del self.known[entity], self.rows[entity.ID]
            return
        if photo.state is ADDED and descriptor.state is not ADDED:
            assert photo.media is not None
            self.rows[entity.ID] = (None, b"", b"")
        if photo.state is not ADDED or descriptor.state is not ADDED:
            row = self.rows[entity.ID]
            title = photo.title if photo.state in (ADDED, MODIFIED) and descriptor.state is UNCHANGED else row[0]
            media, thumb = row[1:]
            if photo.media is not None and descriptor.pending_media is None:
                media, photo.media = photo.media.rest, self.done(photo.media)
            if photo.thumb is not None and not descriptor.stream("Thumb").is_pending:
                thumb, photo.thumb = photo.thumb.rest, self.done(photo.thumb)
            self.rows[entity.ID] = (title, media, thumb)
        photo.state = descriptor.state

    def done(self, given: Given) -> None:
        self.settled.append(given)

    def let_go(self, given: Given | None) -> None:
        """Bytes that other bytes replace, or that are given up: closed where that was asked for."""
        if given is not None:
            self.settled.append(given)

    def compare_with_service(self) -> None:
        reader: Any = DataServiceContext(ROOT, metadata=MODEL, transport=Busy(self.service))
        titles = {photo.ID: photo.Title for photo in reader.Photos}
        assert titles == {key: row[0] for key, row in self.rows.items()}
        for key, (_, media, thumb) in self.rows.items():
            for path, expected in (("$value", media), ("Thumb", thumb)):
                response = self.service.send(Request("GET", f"{ROOT}Photos({key})/{path}", Headers({"Accept": "*/*"}), None))
                assert (response.status in (200, 204), response.body) == (True, expected)

    @invariant()
    def what_is_done_is_closed_where_that_was_asked_for_and_nothing_else(self) -> None:
        for given in getattr(self, "settled", ()):
            assert given.file.closed is given.closes
        for photo in getattr(self, "known", {}).values():
            for given in (photo.media, photo.thumb):
                assert given is None or not given.file.closed

    @invariant()
    def the_states_agree(self) -> None:
        if hasattr(self, "ctx"):
            assert {d.entity: d.state for d in self.ctx.entities} == {e: p.state for e, p in self.known.items()}


THOROUGH = os.environ.get("ODATA3_HYPOTHESIS") == "thorough"
StreamsOfWork.TestCase.settings = settings(
    max_examples=600 if THOROUGH else 12, stateful_step_count=60 if THOROUGH else 25, deadline=None
)
TestStreamsOfWork = StreamsOfWork.TestCase
