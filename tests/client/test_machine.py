"""A context driven by random calls against the reference service, beside a simple model of what the database must hold.

After each save both agree, also when the service refuses at random, when requests or answers are lost, and when somebody else
changes what was read. What the context says was saved is taken over into the model; then the database must hold exactly that: no
change is lost, none is made twice, none that failed. And what was sent is what ``pending_changes()`` had shown.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

pytest.importorskip("sqlalchemy")

from client.shop import METADATA

from odata3.client.collection import DataServiceCollection
from odata3.client.context import DataServiceContext
from odata3.client.descriptors import EntityDescriptor
from odata3.client.options import DataServiceResponsePreference, EntityStates, MergeOption, SaveChangesOptions
from odata3.edm.csdl import parse_metadata
from odata3.errors import DataServiceRequestException, DataServiceTransportException, InvalidOperationError
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.wire.messages import Headers, Request, Response

ROOT = "http://shop.example/"
MODEL = parse_metadata(METADATA)
ADDED, UNCHANGED, MODIFIED, DELETED = EntityStates.ADDED, EntityStates.UNCHANGED, EntityStates.MODIFIED, EntityStates.DELETED
SETS = {"Products": "Product", "Categories": "Category", "Makers": "Maker"}
DEFAULTS: dict[str, dict[str, Any]] = {
    "Products": {"Name": None, "Rating": 0, "Size": None},
    "Categories": {"Name": None},
    "Makers": {"Name": None, "Version": 0},
}
KEYS = st.integers(1, 5)
NAMES = st.sampled_from(["a", "b", "O'Neil", "", None])
NONE, BATCH, INDEPENDENT = (
    SaveChangesOptions.NONE,
    SaveChangesOptions.BATCH,
    SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS,
)
GOES_ON, REPLACE, PATCH = (
    SaveChangesOptions.CONTINUE_ON_ERROR,
    SaveChangesOptions.REPLACE_ON_UPDATE,
    SaveChangesOptions.PATCH_ON_UPDATE,
)
OPTIONS = st.sampled_from([NONE, GOES_ON, REPLACE, PATCH | GOES_ON, BATCH, BATCH | REPLACE, INDEPENDENT])
TROUBLES = st.lists(st.sampled_from(["none", "none", "none", "busy", "lost", "unanswered"]), max_size=4)
MOODS = st.lists(st.sampled_from([None, None, None, 400, 409, 500]), max_size=4)


class Unreliable:
    """A way to the service on which writes are refused, or get lost, or their answers do."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.troubles: list[str] = []
        self.sent: list[tuple[str, str, bytes | None]] = []
        self.silences = 0

    def send(self, request: Request) -> Response:
        if request.method == "GET":
            return self.service.send(request)
        assert not hasattr(request.body, "read")
        self.sent.append((request.method, request.url, request.body))  # type: ignore[arg-type]
        trouble = self.troubles.pop(0) if self.troubles else "none"
        if trouble == "busy":
            return Response(503, Headers({"Content-Type": "text/plain"}), b"not now", request.url)
        lost = DataServiceTransportException(trouble, method=request.method, url=request.url, outcome_unknown=True)
        if trouble == "lost":
            raise lost
        response = self.service.send(request)
        if trouble == "unanswered":
            self.silences += 1
            raise lost
        return response

    def open(self, request: Request) -> Any:
        raise AssertionError("no streams here")

    def close(self) -> None: ...


@dataclass
class Shadow:
    """What the machine knows of an entity: what it holds, what was read or last saved of it, what was assigned since."""

    entity_set: str
    state: EntityStates
    values: dict[str, Any]
    known: dict[str, Any] = field(default_factory=dict)
    assigned: set[str] = field(default_factory=set)
    is_attached: bool = False
    parent: Any = None
    seen: Any = None  # of makers: the version that the ETag stands for
    was_in_doubt: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return self.entity_set, self.values["ID"]

    def sent(self, options: SaveChangesOptions) -> dict[str, Any]:
        """What an update says."""
        held = {name: value for name, value in self.values.items() if name != "ID"}
        if REPLACE in options:
            return DEFAULTS[self.entity_set] | held
        in_place = {"Size"} if held.get("Size") != self.known.get("Size") else set()
        changed = () if self.is_attached else (self.assigned | in_place) - {"ID"}
        return {name: held[name] for name in changed} or held

    def settle(self, values: dict[str, Any] | None = None) -> None:
        """Read, or saved: nothing is to be sent."""
        self.state, self.is_attached, self.assigned, self.parent = UNCHANGED, False, set(), None
        if values is not None:
            self.values = {"ID": self.values["ID"], **values}
        self.known = dict(self.values)


class UnitOfWork(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.service = Service(MODEL, Store(MODEL))
        self.moods: list[int | None] = []
        for hook in (self.service.on_insert, self.service.on_update, self.service.on_delete):
            hook()(self.moody)
        self.way = Unreliable(self.service)
        self.ctx: Any = None
        self.count = 0
        self.known: dict[Any, Shadow] = {}
        self.collections: dict[str, DataServiceCollection[Any]] = {}
        self.links: dict[Any, tuple[str, Any]] = {}  # of a product, the one pending change of its category
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.references: dict[int, int | None] = {}

    def moody(self, change: Any) -> None:
        mood = self.moods.pop(0) if self.moods else None
        if mood is not None:
            change.exchange.refuse(mood, "not in the mood")

    @initialize(
        format=st.sampled_from(["json", "verbosejson", "atom"]),
        tunnels=st.booleans(),
        preference=st.sampled_from(DataServiceResponsePreference),
        reads=st.sampled_from([True, True, False]),
        collects=st.booleans(),
    )
    def open(self, format: str, tunnels: bool, preference: DataServiceResponsePreference, reads: bool, collects: bool) -> None:
        self.fill()
        self.ctx = DataServiceContext(ROOT, metadata=MODEL, transport=self.way, format=format)
        self.ctx.use_post_tunneling = tunnels
        self.ctx.add_and_update_response_preference = preference
        for entity_set in SETS if reads else ():
            self.read_into(entity_set, MergeOption.APPEND_ONLY)
        for entity_set in SETS if collects else ():
            read = [entity for entity, shadow in self.known.items() if shadow.entity_set == entity_set]
            self.collections[entity_set] = DataServiceCollection(read, context=self.ctx, entity_set_name=entity_set)

    def fill(self) -> None:
        """Somebody worked here before."""
        other: Any = DataServiceContext(ROOT, metadata=MODEL, transport=Unreliable(self.service))
        for entity_set, type_name in SETS.items():
            for key in (1, 2, 3):
                other.add_object(entity_set, getattr(other.types, type_name)(ID=key, Name="old"))
                self.rows[entity_set, key] = DEFAULTS[entity_set] | {"Name": "old"}
        first, *_ = (d.entity for d in other.entities)
        category = next(d.entity for d in other.entities if isinstance(d.entity, other.types.Category))
        other.set_link(first, "Category", category)
        other.save_changes()
        self.references = {1: 1, 2: None, 3: None}

    # -- what there is

    def some(self, data: Any, *states: EntityStates, entity_set: str | None = None) -> Any:
        found = [e for e, s in self.known.items() if (not states or s.state in states) and entity_set in (None, s.entity_set)]
        return data.draw(st.sampled_from(found)) if found else None

    def is_linked(self, entity: Any) -> bool:
        """Whether a pending link or child hangs on it."""
        ends = [end for product, (_, category) in self.links.items() for end in (product, category)]
        parents = [shadow.parent for shadow in self.known.values() if shadow.parent is not None]
        return any(end is entity for end in (*ends, *parents))

    def homes(self, entity: Any) -> list[Any]:
        """The collections that hold it: those of the sets, and the lists of categories in these."""
        below = [category.Products for category in self.collections.get("Categories", ())]
        return [home for home in (*self.collections.values(), *below) if entity in home]

    def is_changed_in_place(self, entity: Any) -> bool:
        shadow = self.known[entity]
        return "Size" not in shadow.assigned and shadow.values.get("Size") != shadow.known.get("Size")

    def is_rivalled(self, entity: Any) -> bool:
        """Whether a new entity of the same key waits to be inserted: whose row it is then, nobody can tell."""
        shadow = self.known[entity]
        return shadow.state is not ADDED and self.is_taken(*shadow.key, ADDED)

    def is_taken(self, entity_set: str, key: int, *states: EntityStates) -> bool:
        return any(s.key == (entity_set, key) and (not states or s.state in states) for s in self.known.values())

    def forget_links(self, entity: Any) -> None:
        self.links = {p: pair for p, pair in self.links.items() if p is not entity and pair[1] is not entity}

    def values(self, data: Any, entity_set: str) -> dict[str, Any]:
        self.count += 1  # a name of its own tells an insert of ours from what is there already
        values: dict[str, Any] = {"ID": data.draw(KEYS), "Name": f"n{self.count}"}
        if entity_set == "Products" and data.draw(st.booleans()):
            values |= {"Rating": data.draw(KEYS), "Size": {"Width": data.draw(KEYS), "Height": None}}
        return values

    def made(self, entity_set: str, values: dict[str, Any]) -> Any:
        size = values.get("Size")
        built = values | ({} if size is None else {"Size": self.ctx.types.Size(**size)})
        return getattr(self.ctx.types, SETS[entity_set])(**built)

    # -- entities

    @rule(data=st.data(), entity_set=st.sampled_from(sorted(SETS)))
    def add(self, data: Any, entity_set: str) -> None:
        values = self.values(data, entity_set)
        if self.is_taken(entity_set, values["ID"]):
            return
        entity = self.made(entity_set, values)
        if entity_set in self.collections:
            self.collections[entity_set].append(entity)
        else:
            self.ctx.add_object(entity_set, entity)
        self.known[entity] = Shadow(entity_set, ADDED, values)

    @rule(data=st.data())
    def add_related(self, data: Any) -> None:
        category = self.some(data, ADDED, UNCHANGED, MODIFIED, entity_set="Categories")
        if category is not None:
            values = self.values(data, "Products")
            if self.is_taken("Products", values["ID"]):
                return
            entity = self.made("Products", values)
            if self.homes(category):
                category.Products.append(entity)
            else:
                self.ctx.add_related_object(category, "Products", entity)
            self.known[entity] = Shadow("Products", ADDED, values, parent=category)

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def attach(self, data: Any) -> None:
        key = data.draw(st.sampled_from(sorted(self.rows)))
        if self.is_taken(*key):
            return
        values = self.values(data, key[0]) | {"ID": key[1]}
        entity = self.made(key[0], values)
        self.ctx.attach_to(key[0], entity)
        self.known[entity] = Shadow(key[0], UNCHANGED, values, dict(values), is_attached=True)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), name=NAMES)
    def assign(self, data: Any, name: str | None) -> None:
        entity = self.some(data)
        if entity is not None:
            entity.Name = name
            self.known[entity].values["Name"] = name
            self.known[entity].assigned.add("Name")
            if self.known[entity].state is UNCHANGED and self.homes(entity):
                self.known[entity].state = MODIFIED

    @precondition(lambda self: self.known)
    @rule(data=st.data(), width=KEYS)
    def change_in_place(self, data: Any, width: int) -> None:
        entity = self.some(data, entity_set="Products")
        if entity is not None and entity.Size is not None:
            entity.Size.Width = width
            self.known[entity].values["Size"] = {"Width": width, "Height": None}

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def update(self, data: Any) -> None:
        entity = self.some(data)
        if entity is not None:
            self.ctx.update_object(entity)
            if self.known[entity].state is UNCHANGED:
                self.known[entity].state = MODIFIED

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def delete(self, data: Any) -> None:
        entity = self.some(data)
        if entity is None or self.is_linked(entity) or self.is_rivalled(entity):
            return
        homes = self.homes(entity)
        if homes and data.draw(st.booleans()):
            homes[0].remove(entity)
        else:
            self.ctx.delete_object(entity)
        if self.known[entity].state is ADDED:
            del self.known[entity]
        else:
            self.known[entity].state = DELETED

    @precondition(lambda self: self.known)
    @rule(data=st.data(), state=st.sampled_from([UNCHANGED, MODIFIED, DELETED]))
    def change_state(self, data: Any, state: EntityStates) -> None:
        entity = self.some(data)
        if entity is None or self.is_linked(entity) or self.is_rivalled(entity):
            return
        before = self.known[entity].state
        if before is ADDED or (before is DELETED and state is MODIFIED):
            with pytest.raises(InvalidOperationError):
                self.ctx.change_state(entity, state)
            return
        self.ctx.change_state(entity, state)
        self.known[entity].state = state

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def detach(self, data: Any) -> None:
        entity = self.some(data)
        if entity is None:
            return
        if any(shadow.parent is entity for shadow in self.known.values()):
            with pytest.raises(InvalidOperationError):
                self.ctx.detach(entity)
            return
        assert self.ctx.detach(entity)
        del self.known[entity]
        self.forget_links(entity)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), how_much=st.sampled_from(["one", "one", "one", "all"]))
    def roll_back(self, data: Any, how_much: str) -> None:
        if how_much == "all":
            self.roll_back_all()
            return
        entity = self.some(data)
        if entity is None or any(shadow.parent is entity for shadow in self.known.values()):
            return
        self.ctx.rollback(entity)
        self.rolled_back(entity)

    def roll_back_all(self) -> None:
        self.ctx.rollback()
        for entity in list(self.known):
            self.rolled_back(entity)
        assert self.links == {}
        assert list(self.ctx.pending_changes()) == []

    def rolled_back(self, entity: Any) -> None:
        shadow = self.known[entity]
        if shadow.state is ADDED:
            del self.known[entity]
            self.forget_links(entity)
            return
        shadow.state, shadow.assigned, shadow.values = UNCHANGED, set(), dict(shadow.known)
        for name in DEFAULTS[shadow.entity_set]:
            assert held(entity, name) == shadow.values.get(name)
        for product, (kind, category) in list(self.links.items()):
            if (category if kind != "set" else product) is entity:
                del self.links[product]

    # -- links

    @precondition(lambda self: any(s.entity_set == "Products" for s in self.known.values()))
    @rule(data=st.data(), kind=st.sampled_from(["set", "set", "add", "delete"]))
    def link(self, data: Any, kind: str) -> None:
        states = (UNCHANGED, MODIFIED) if kind == "delete" else (ADDED, UNCHANGED, MODIFIED)
        product = self.some(data, *states, entity_set="Products")
        category = self.some(data, *states, entity_set="Categories")
        if product is None or product in self.links or self.known[product].parent is not None:
            return
        if kind == "delete":  # mostly what is there
            there = [e for e, s in self.known.items() if s.key == ("Categories", self.references.get(product.ID))]
            category = there[0] if there and self.known[there[0]].state in states else category
        if kind == "set":
            if self.homes(product):
                product.Category = category
            else:
                self.ctx.set_link(product, "Category", category)
        elif category is None:
            return
        elif kind == "add":
            if self.ctx.get_link_descriptor(category, "Products", product) is not None:
                with pytest.raises(InvalidOperationError):
                    self.ctx.add_link(category, "Products", product)
                return
            if not self.homes(category):
                self.ctx.add_link(category, "Products", product)
            elif product in category.Products:
                return
            else:
                category.Products.append(product)
        else:
            self.ctx.delete_link(category, "Products", product)
        self.links[product] = kind, category

    # -- reading

    @rule(entity_set=st.sampled_from(sorted(SETS)), option=st.sampled_from(list(MergeOption)))
    def read(self, entity_set: str, option: MergeOption) -> None:
        self.read_into(entity_set, option)

    def read_into(self, entity_set: str, option: MergeOption) -> None:
        self.ctx.merge_option = option
        entities = self.ctx[entity_set].to_list()
        self.ctx.merge_option = MergeOption.APPEND_ONLY
        assert sorted(e.ID for e in entities) == sorted(key for name, key in self.rows if name == entity_set)
        for entity in entities if option is not MergeOption.NO_TRACKING else ():
            row = self.rows[entity_set, entity.ID]
            shadow = self.known.get(entity)
            if shadow is None:
                shadow = self.known[entity] = Shadow(entity_set, UNCHANGED, {"ID": entity.ID})
                shadow.settle(row)
                shadow.seen = row.get("Version")
            elif option is MergeOption.APPEND_ONLY:
                continue
            else:
                shadow.seen = row.get("Version")
                if option is MergeOption.OVERWRITE_CHANGES or shadow.state in (UNCHANGED, DELETED):
                    state, attached = shadow.state, shadow.is_attached
                    shadow.settle(row)
                    if option is MergeOption.PRESERVE_CHANGES:
                        shadow.state, shadow.is_attached = state, attached
            for name in DEFAULTS[entity_set]:
                assert held(entity, name) == shadow.values.get(name)

    @precondition(lambda self: any(name == "Makers" for name, _ in self.rows))
    @rule(data=st.data())
    def somebody_else_changes_a_maker(self, data: Any) -> None:
        key = data.draw(st.sampled_from(sorted(key for key in self.rows if key[0] == "Makers")))
        other: Any = DataServiceContext(ROOT, metadata=MODEL, transport=Unreliable(self.service))
        maker = other.Makers.by_key(key[1]).single()
        maker.Version += 1
        maker.Name = "somebody else's"
        other.update_object(maker)
        other.save_changes()
        self.rows[key] = {"Name": maker.Name, "Version": maker.Version}

    # -- saving

    @precondition(lambda self: len(self.ctx.pending_changes()) > 1)
    @rule(options=OPTIONS)
    def save_in_peace(self, options: SaveChangesOptions) -> None:
        self.save_in_trouble(options, [], [])

    @precondition(lambda self: len(self.ctx.pending_changes()) > 1)
    @rule(options=OPTIONS, troubles=TROUBLES, moods=MOODS)
    def save(self, options: SaveChangesOptions, troubles: list[str], moods: list[int | None]) -> None:
        self.save_in_trouble(options, troubles, moods)

    def save_in_trouble(self, options: SaveChangesOptions, troubles: list[str], moods: list[int | None]) -> None:
        self.way.sent, self.way.silences = [], 0
        before = [shadow.state for shadow in self.known.values()]
        assert before == [self.ctx.get_entity_descriptor(entity).state for entity in self.known]
        for entity, shadow in self.known.items():
            if shadow.state is UNCHANGED and self.is_changed_in_place(entity) and self.homes(entity):
                shadow.state = MODIFIED  # the save looks for it
        try:
            pending = list(self.ctx.pending_changes(options))
        except InvalidOperationError:  # operations that are independent, and name each other
            assert options is INDEPENDENT
            doubted = self.doubts()  # what is in doubt may turn out to be saved
            with suppress(InvalidOperationError) if doubted else pytest.raises(InvalidOperationError):
                self.ctx.save_changes(options)
            assert self.way.sent == [] or doubted
            self.take_over(options)
            self.compare_with_database(in_doubt=False)
            return
        assert self.way.sent == []
        self.check_what_is_said(pending, options)
        doubted = self.doubts()
        self.way.troubles, self.moods[:] = list(troubles), moods
        errors: Iterable[Any] = ()
        try:
            errors = [operation.error for operation in self.ctx.save_changes(options) if operation.error is not None]
            assert not errors or options is INDEPENDENT
        except DataServiceRequestException as error:
            errors = error.errors
            assert errors
        self.way.troubles, self.moods[:] = [], []
        if not doubted and not options & (BATCH | INDEPENDENT):
            self.compare_sent(pending, failed=bool(errors), goes_on=GOES_ON in options)
        self.take_over(options)
        if not errors:
            assert list(self.ctx.pending_changes()) == []
        self.compare_with_database(in_doubt=self.way.silences > 0)
        for collection in self.collections.values():
            assert all(entity in self.known for entity in collection)

    def check_what_is_said(self, pending: list[Any], options: SaveChangesOptions) -> None:
        """An insert says what was set, an update what was assigned since, or all; each pending change of the model is there."""
        by_entity = {change.descriptor.entity: change for change in pending if isinstance(change.descriptor, EntityDescriptor)}
        assert set(by_entity) == {e for e, s in self.known.items() if s.state is not UNCHANGED}
        if self.ctx._channel.format.dialect.value == "atom":
            return
        for entity, change in by_entity.items():
            shadow = self.known[entity]
            if shadow.state is DELETED:
                assert change.body is None
                continue
            said = {name for name in json.loads(change.body) if "@" not in name and name not in ("odata.type", "__metadata")}
            expected = set(shadow.values) if shadow.state is ADDED else set(shadow.sent(options))
            assert expected - {"Category"} == said & {*DEFAULTS[shadow.entity_set], "ID"} - (
                {"ID"} if REPLACE in options and shadow.state is MODIFIED else set()
            )

    def doubts(self) -> bool:
        """Whether it is unknown of anything whether it arrived."""
        for entity, shadow in self.known.items():
            shadow.was_in_doubt = self.ctx.get_entity_descriptor(entity).is_in_doubt
        doubted = any(shadow.was_in_doubt for shadow in self.known.values())
        return doubted or any(link.is_in_doubt for link in self.ctx.links)

    def compare_sent(self, pending: list[Any], *, failed: bool, goes_on: bool) -> None:
        """What was sent is what was shown, up to the URLs that only answers told."""
        if failed and goes_on:
            return
        for shown, (method, url, body) in zip(pending, self.way.sent, strict=False):
            assert shown.method == method
            assert re.fullmatch(told(shown.url), url)
            assert re.fullmatch(told(timeless(shown.body)), timeless(body))
        if not failed:
            assert len(pending) == len(self.way.sent)

    def take_over(self, options: SaveChangesOptions) -> None:
        """Take over into the model what the context says was saved; whether it was, the database shows."""
        for entity, shadow in list(self.known.items()):
            if shadow.state is DELETED and self.ctx.get_entity_descriptor(entity) is None:
                self.check_seen(shadow)
                self.rows.pop(shadow.key, None)
                if shadow.entity_set == "Products":
                    self.references.pop(shadow.key[1], None)
                elif shadow.entity_set == "Categories":
                    self.references = {p: None if c == shadow.key[1] else c for p, c in self.references.items()}
                del self.known[entity]
        for entity, shadow in self.known.items():
            if shadow.state is ADDED and self.ctx.get_entity_descriptor(entity).state is UNCHANGED:
                self.inserted(shadow)
        for shadow in (s for e, s in self.known.items() if self.ctx.get_entity_descriptor(e).state is UNCHANGED):
            if shadow.state is MODIFIED:
                self.updated(shadow, options)
        for product, (kind, category) in list(self.links.items()):
            ends = (product, "Category", category) if kind == "set" else (category, "Products", product)
            link = self.ctx.get_link_descriptor(*ends)
            if (link is None) if kind == "delete" else (link.state is UNCHANGED):
                if kind != "delete":
                    self.references[product.ID] = None if category is None else category.ID
                elif self.references[product.ID] == category.ID:  # else it was in doubt, and not there
                    self.references[product.ID] = None
                del self.links[product]

    def inserted(self, shadow: Shadow) -> None:
        said = {name: value for name, value in shadow.values.items() if name != "ID"}
        row = self.rows.setdefault(shadow.key, DEFAULTS[shadow.entity_set] | said)  # there already, where an answer was lost
        assert row | said == row
        if shadow.entity_set == "Products":
            self.references[shadow.key[1]] = None if shadow.parent is None else shadow.parent.ID
        shadow.seen = row.get("Version")
        self.answered(shadow, row, DataServiceResponsePreference.NO_CONTENT)

    def updated(self, shadow: Shadow, options: SaveChangesOptions) -> None:
        self.check_seen(shadow)
        row, sent = self.rows[shadow.key], shadow.sent(options)
        if "Version" in row and "Version" not in sent:
            row["Version"] = self.version(shadow.key[1]) if shadow.was_in_doubt else row["Version"] + 1
        row |= sent
        shadow.seen = row.get("Version")
        self.answered(shadow, row, DataServiceResponsePreference.NONE)

    def answered(self, shadow: Shadow, row: dict[str, Any], silent: DataServiceResponsePreference) -> None:
        """The entity after a success: with what the answer said, where it said something."""
        preference = self.ctx.add_and_update_response_preference
        is_told = preference is DataServiceResponsePreference.INCLUDE_CONTENT or (
            preference is DataServiceResponsePreference.NONE and silent is DataServiceResponsePreference.NO_CONTENT
        )
        entity = next(e for e, s in self.known.items() if s is shadow)
        was = {name: value for name, value in shadow.values.items() if name != "ID"}
        read = {name: held(entity, name) for name in DEFAULTS[shadow.entity_set]}
        # In doubt, the answer may have come from a look at the service: then it told all the same.
        sure = {name: value for name, value in read.items() if (name in was or value is not None) and name != "Version"}
        assert sure == {name: row[name] for name in sure}
        assert not is_told or read == row
        shadow.settle(dict(row) if read == row else was)

    def check_seen(self, shadow: Shadow) -> None:
        """No change was made over another's: the ETag that went along was that of the row."""
        if shadow.entity_set == "Makers" and shadow.key in self.rows and not shadow.was_in_doubt:
            assert shadow.seen == self.rows[shadow.key]["Version"]

    def version(self, key: int) -> Any:
        """A maker's version as it is now: what counts it, the model does not know where an answer was lost."""
        reader: Any = DataServiceContext(ROOT, metadata=MODEL, transport=Unreliable(self.service))
        return reader.Makers.by_key(key).single().Version

    # -- what must hold

    @invariant()
    def the_states_agree(self) -> None:
        if self.ctx is not None:
            assert {d.entity: d.state for d in self.ctx.entities} == {e: s.state for e, s in self.known.items()}

    def compare_with_database(self, *, in_doubt: bool) -> None:
        """The database holds what the model says; of what is in doubt, what it held before or what was to be saved."""
        reader: Any = DataServiceContext(ROOT, metadata=MODEL, transport=Unreliable(self.service))
        reader.merge_option = MergeOption.NO_TRACKING
        products = reader.Products.expand("Category").to_list()
        found = {("Products", p.ID): p for p in products}
        found |= {(name, e.ID): e for name in ("Categories", "Makers") for e in reader[name]}
        rows = {key: {name: held(entity, name) for name in DEFAULTS[key[0]]} for key, entity in found.items()}
        references = {p.ID: None if p.Category is None else p.Category.ID for p in products}
        if in_doubt:
            unsure = {s.key for e, s in self.known.items() if self.ctx.get_entity_descriptor(e).is_in_doubt}
            pointing = {product.ID for product in self.links} | {key for name, key in unsure if name == "Products"}
            gone = {key for name, key in unsure if name == "Categories"}
            pointing |= {product for product, category in self.references.items() if category in gone}
            self.rows = {k: v for k, v in self.rows.items() if k not in unsure} | {k: v for k, v in rows.items() if k in unsure}
            self.references = {k: v for k, v in self.references.items() if k not in pointing} | {
                k: v for k, v in references.items() if k in pointing
            }
        assert rows == self.rows
        assert references == self.references


def held(entity: Any, name: str) -> Any:
    """A property's value; of a complex one its parts."""
    value = entity[name]
    return value if name != "Size" or value is None else {"Width": value.Width, "Height": value.Height}


def timeless(body: bytes | None) -> str:
    """A body without the moment at which Atom says it was written."""
    return re.sub("<updated>.*?</updated>", "", (body or b"").decode())


def told(text: str) -> str:
    """A pattern for what was shown: ``$7`` stands for a URL that an answer told."""
    url = r"http://shop\.example/\w+\(\d+\)"
    return "".join(url if part.startswith("$") and part[1:].isdigit() else re.escape(part) for part in re.split(r"(\$\d+)", text))


THOROUGH = os.environ.get("ODATA3_HYPOTHESIS") == "thorough"
UnitOfWork.TestCase.settings = settings(
    max_examples=600 if THOROUGH else 15, stateful_step_count=80 if THOROUGH else 30, deadline=None
)
TestUnitOfWork = UnitOfWork.TestCase
