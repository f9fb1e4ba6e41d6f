"""A context driven by random calls against the reference service, beside a simple model of what the database must hold.

After each save both agree, also when the service refuses, or cannot be reached, at random; and what was sent is what
``pending_changes()`` had shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

pytest.importorskip("sqlalchemy")

from client.shop import METADATA

from odata3.client.context import DataServiceContext
from odata3.client.options import EntityStates, MergeOption, SaveChangesOptions
from odata3.edm.csdl import parse_metadata
from odata3.errors import DataServiceRequestException, DataServiceTransportException
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.wire.messages import Headers, Request, Response

ROOT = "http://shop.example/"
MODEL = parse_metadata(METADATA)
KEYS = st.integers(1, 6)
NAMES = st.sampled_from(["a", "b", "O'Neil", ""])
OPTIONS = st.sampled_from(
    [
        SaveChangesOptions.NONE,
        SaveChangesOptions.CONTINUE_ON_ERROR,
        SaveChangesOptions.REPLACE_ON_UPDATE,
        SaveChangesOptions.PATCH_ON_UPDATE | SaveChangesOptions.CONTINUE_ON_ERROR,
        SaveChangesOptions.BATCH,
        SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS,
    ]
)


class Unreliable:
    """A way to the service that refuses some writes, and loses others on the way there."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.troubles: list[str] = []
        self.sent: list[tuple[str, str, bytes | None]] = []

    def send(self, request: Request) -> Response:
        if request.method != "GET":
            assert not hasattr(request.body, "read")
            self.sent.append((request.method, request.url, request.body))  # type: ignore[arg-type]
            trouble = self.troubles.pop(0) if self.troubles else "none"
            if trouble == "refused":
                return Response(409, Headers({"Content-Type": "text/plain"}), b"not now", request.url)
            if trouble == "lost":
                raise DataServiceTransportException("lost", method=request.method, url=request.url, outcome_unknown=True)
        return self.service.send(request)

    def open(self, request: Request) -> Any:
        raise AssertionError("no streams here")

    def close(self) -> None: ...


@dataclass
class Shadow:
    """What the machine knows of an entity: where it stands, what it holds, what was assigned since it was saved."""

    entity_set: str
    state: EntityStates
    values: dict[str, Any] = field(default_factory=dict)
    assigned: dict[str, Any] = field(default_factory=dict)


class UnitOfWork(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.way = Unreliable(Service(MODEL, Store(MODEL)))
        self.ctx: Any = None
        self.known: dict[Any, Shadow] = {}
        self.links: dict[Any, Any] = {}
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.references: dict[int, int | None] = {}

    @initialize(format=st.sampled_from(["json", "verbosejson", "atom"]), tunnels=st.booleans())
    def open(self, format: str, tunnels: bool) -> None:
        self.ctx = DataServiceContext(ROOT, metadata=MODEL, transport=self.way, format=format)
        self.ctx.use_post_tunneling = tunnels

    def some(self, data: Any, *states: EntityStates, entity_set: str | None = None) -> Any:
        found = [e for e, s in self.known.items() if (not states or s.state in states) and entity_set in (None, s.entity_set)]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(key=KEYS, name=NAMES, entity_set=st.sampled_from(["Products", "Categories"]))
    def add(self, key: int, name: str, entity_set: str) -> None:
        values = {"ID": key, "Name": name}
        entity = (self.ctx.types.Product if entity_set == "Products" else self.ctx.types.Category)(**values)
        self.ctx.add_object(entity_set, entity)
        self.known[entity] = Shadow(entity_set, EntityStates.ADDED, values, dict(values))

    @rule(data=st.data(), name=NAMES)
    def assign(self, data: Any, name: str) -> None:
        entity = self.some(data)
        if entity is not None:
            entity.Name = name
            self.known[entity].values["Name"] = self.known[entity].assigned["Name"] = name

    @rule(data=st.data())
    def update(self, data: Any) -> None:
        entity = self.some(data)
        if entity is not None:
            self.ctx.update_object(entity)
            if self.known[entity].state is EntityStates.UNCHANGED:
                self.known[entity].state = EntityStates.MODIFIED

    @rule(data=st.data())
    def delete(self, data: Any) -> None:
        entity = self.some(data, entity_set="Products")
        if entity is None or entity in self.links:
            return
        self.ctx.delete_object(entity)
        if self.known[entity].state is EntityStates.ADDED:
            del self.known[entity]
        else:
            self.known[entity].state = EntityStates.DELETED

    @rule(data=st.data())
    def set_link(self, data: Any) -> None:
        product = self.some(data, EntityStates.ADDED, EntityStates.UNCHANGED, EntityStates.MODIFIED, entity_set="Products")
        category = self.some(data, EntityStates.ADDED, EntityStates.UNCHANGED, EntityStates.MODIFIED, entity_set="Categories")
        if product is not None:
            self.ctx.set_link(product, "Category", category)
            self.links[product] = category

    @rule(data=st.data())
    def detach_what_cannot_be_saved(self, data: Any) -> None:
        entity = self.some(data, EntityStates.ADDED)
        if entity is not None:
            self.ctx.detach(entity)
            del self.known[entity]
            self.links = {p: c for p, c in self.links.items() if p is not entity and c is not entity}

    @precondition(lambda self: self.known)
    @rule(options=OPTIONS, troubles=st.lists(st.sampled_from(["none", "none", "refused", "lost"]), max_size=4))
    def save(self, options: SaveChangesOptions, troubles: list[str]) -> None:
        independent = SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS
        if options is independent and any(
            end is not None and self.known[end].state is EntityStates.ADDED for pair in self.links.items() for end in pair
        ):
            options = SaveChangesOptions.NONE
        pending = list(self.ctx.pending_changes(options))
        self.way.troubles, self.way.sent = list(troubles), []
        try:
            self.ctx.save_changes(options)
            failed = False
        except DataServiceRequestException as error:
            failed = True
            assert error.errors
        self.way.troubles = []
        if not options & (SaveChangesOptions.BATCH | independent):
            self.compare_sent(pending, failed=failed, goes_on=SaveChangesOptions.CONTINUE_ON_ERROR in options)
        self.settle()
        if not failed and options is not independent:
            assert list(self.ctx.pending_changes()) == []

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

    def settle(self) -> None:
        """Take over into the model what the context says was saved; whether it was, the invariant sees."""
        gone = []
        for entity, shadow in self.known.items():
            descriptor = self.ctx.get_entity_descriptor(entity)
            key = (shadow.entity_set, shadow.values["ID"])
            if shadow.state is EntityStates.DELETED:
                if descriptor is None:
                    del self.rows[key]
                    self.references.pop(key[1], None)
                    gone.append(entity)
                continue
            if shadow.state is not EntityStates.UNCHANGED and descriptor.state is EntityStates.UNCHANGED:
                if shadow.state is EntityStates.ADDED:
                    assert key not in self.rows
                    self.rows[key] = dict(shadow.values)
                    if shadow.entity_set == "Products":
                        self.references[key[1]] = None
                else:
                    self.rows[key].update(shadow.assigned or shadow.values)
                shadow.state = EntityStates.UNCHANGED
                shadow.assigned = {}
        for product, category in list(self.links.items()):
            link = self.ctx.get_link_descriptor(product, "Category", category)
            if link.state is EntityStates.UNCHANGED:
                self.references[product.ID] = None if category is None else category.ID
                del self.links[product]
        for entity in gone:
            del self.known[entity]

    @invariant()
    def the_states_agree(self) -> None:
        if self.ctx is None:
            return
        assert {d.entity: d.state for d in self.ctx.entities} == {e: s.state for e, s in self.known.items()}

    @invariant()
    def the_database_agrees(self) -> None:
        reader: Any = DataServiceContext(ROOT, metadata=MODEL, transport=self.way)
        reader.merge_option = MergeOption.NO_TRACKING
        products = reader.Products.expand("Category").to_list()
        held = {("Products", p.ID): p.Name for p in products} | {("Categories", c.ID): c.Name for c in reader.Categories}
        assert held == {key: row["Name"] for key, row in self.rows.items()}
        assert {p.ID: None if p.Category is None else p.Category.ID for p in products} == self.references


def timeless(body: bytes | None) -> str:
    """A body without the moment at which Atom says it was written."""
    return re.sub("<updated>.*?</updated>", "", (body or b"").decode())


def told(text: str) -> str:
    """A pattern for what was shown: ``$7`` stands for a URL that an answer told."""
    url = r"http://shop\.example/\w+\(\d+\)"
    return "".join(url if part.startswith("$") and part[1:].isdigit() else re.escape(part) for part in re.split(r"(\$\d+)", text))


UnitOfWork.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
test_issue_4_the_unit_of_work = pytest.mark.filterwarnings("error")(UnitOfWork.TestCase)
