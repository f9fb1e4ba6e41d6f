"""P71: the same data, in whatever dialect and at whatever level, gives the same documents."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.errors import ODataError
from odata3.formats.atom import Atom
from odata3.formats.documents import Complex, Entry, Expectation, Feed, Format, Kind, Level, Value, same_value
from odata3.formats.json_light import JsonLight
from odata3.formats.json_verbose import JsonVerbose
from tests.formats.laboratory import MODEL, ROOT
from tests.formats.strategies import ANY_TEXT, SET_NAMES, entries, feeds, values

ATOM, VERBOSE, LIGHT = Atom(MODEL, ROOT), JsonVerbose(MODEL, ROOT), JsonLight(MODEL, ROOT)


def _answer(format_: Format, document: Any, expect: Expectation, level: Level = Level.MINIMAL) -> Any:
    return format_.read(format_.write_response(document, expect, level=level), expect, base=ROOT + (expect.entity_set or ""))


@given(st.data(), SET_NAMES)
def test_p71_answers_are_equal_in_all_dialects_and_levels(data: st.DataObject, set_name: str) -> None:
    feed = data.draw(feeds(set_name))
    expect = Expectation(Kind.FEED, entity_set=set_name)
    light = _answer(LIGHT, feed, expect)
    assert _answer(LIGHT, feed, expect, Level.FULL) == light
    assert _answer(VERBOSE, feed, expect) == light
    assert _answer(ATOM, feed, expect) == light


@given(st.data(), SET_NAMES)
def test_p71_no_metadata_gives_the_same_entities(data: st.DataObject, set_name: str) -> None:
    entry = data.draw(entries(set_name))
    expect = Expectation(Kind.ENTRY, entry.type_name, set_name)
    bare, whole = _answer(LIGHT, entry, expect, Level.NONE), _answer(LIGHT, entry, expect)
    assert list(bare.names()) == list(whole.names())
    for name in set(bare.names()) - {"Pos", "Spots"}:  # where a derived complex type is named nowhere
        assert same_value(bare.get(name), whole.get(name))
    assert (bare.id, bare.edit_link, bare.links.keys()) == (whole.id, whole.edit_link, whole.links.keys())


@given(st.data(), SET_NAMES)
def test_what_is_written_is_what_is_read(data: st.DataObject, set_name: str) -> None:
    feed = data.draw(feeds(set_name, ANY_TEXT))
    expect = Expectation(Kind.FEED, entity_set=set_name)
    for format_ in (LIGHT, VERBOSE):
        read = _answer(format_, feed, expect)
        assert (read.count, read.next_link) == (feed.count, feed.next_link)
        for given_, found in zip(feed.entries, read.entries, strict=True):
            assert found.type_name == given_.type_name
            assert same_value(found.decoded(), given_.decoded())
            assert found.inline.keys() == given_.inline.keys()


@given(st.data(), SET_NAMES)
def test_requests_are_read_as_they_were_written(data: st.DataObject, set_name: str) -> None:
    entry = data.draw(entries(set_name, ANY_TEXT, expand=False))
    urls = [f"{ROOT}Pairs(1)"] if set_name == "Probes" else []
    sent = Entry(entry.type_name, entry.values, binds={"Parts": urls} if urls else None)
    expect = Expectation(Kind.ENTRY, MODEL.entity_sets[set_name].type, set_name)
    for format_ in (LIGHT, VERBOSE):
        found = format_.read_request(format_.write_request(sent, expect), expect)
        assert found == sent


@given(st.data())
def test_values_are_equal_in_all_dialects(data: st.DataObject) -> None:
    type_name = data.draw(
        st.sampled_from(["Edm.String", "Edm.Int64", "Edm.Double", "Edm.DateTime", "Lab.Xy", "Collection(Lab.Xy)"])
    )
    found = data.draw(st.none() | values(type_name))
    actual = found.type_name if isinstance(found, Complex) and found.type_name else type_name
    expect = Expectation(Kind.VALUE, type_name, name="P")
    light = _answer(LIGHT, Value(found, actual, "P"), expect)
    assert same_value(light.value, found)
    assert _answer(VERBOSE, Value(found, actual, "P"), expect) == light
    assert _answer(ATOM, Value(found, actual, "P"), expect) == light


def _touch(entry: Entry) -> None:
    """Look at everything that is worked out late."""
    for name in [*entry.names(), *entry.undeclared()]:
        with suppress(ODataError):
            found = entry.get(name)
            for each in found if isinstance(found, list) else [found]:
                if isinstance(each, Complex):
                    each.decoded()
    _ = (entry.links, entry.streams, entry.media, entry.operations)
    for related in entry.inline.values():
        if isinstance(related, Entry):
            _touch(related)
        elif related is not None:
            for each in related.entries:
                _touch(each)


def _mutated(body: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(body) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            body = body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]
        elif kind == 1:
            body = body[:place] + body[place + chance.randint(1, 8) :]
        elif kind == 2:
            body = body[:place] + body[max(0, place - 20) : place] + body[place:]
        elif kind == 3:
            body = body[:place]
        else:
            odd = (
                b"null",
                b'{"x":',
                b"[",
                b'"__metadata":5,',
                b'"odata.type":"Lab.HotProbe",',
                b"1e999",
                b'"odata.id":[],',
                b"true",
            )
            body = body[:place] + chance.choice(odd) + body[place:]
        body = body or b" "
    return body


@pytest.mark.parametrize(
    ("format_", "write"),
    [
        (LIGHT, lambda feed, expect: LIGHT.write_response(feed, expect, level=Level.FULL)),
        (LIGHT, lambda feed, expect: LIGHT.write_response(feed, expect)),
        (VERBOSE, lambda feed, expect: VERBOSE.write_response(feed, expect)),
    ],
    ids=["full", "minimal", "verbose"],
)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_mutated_bodies_raise_nothing_but_ours(
    format_: Format, write: Callable[[Feed, Expectation], bytes], data: st.DataObject, seed: int
) -> None:
    set_name = data.draw(SET_NAMES)
    expect = Expectation(Kind.RESOURCE, entity_set=set_name)
    body = write(data.draw(feeds(set_name)), expect)
    chance = random.Random(seed)
    for _ in range(4):
        broken = _mutated(body, chance)
        with suppress(ODataError):
            found = format_.read(broken, expect)
            if isinstance(found, Feed):
                for entry in found.entries:
                    _touch(entry)
            elif isinstance(found, Entry):
                _touch(found)
        with suppress(ODataError):
            format_.read_request(broken, expect)
