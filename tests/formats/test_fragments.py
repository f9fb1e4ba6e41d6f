"""P70: each fragment of ``odata.metadata`` identifies its payload; unknown ones leave it open."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.edm.model import EntitySet, Model
from odata3.formats.documents import Kind
from odata3.formats.fragments import Fragment, read_fragment, write_fragment
from tests.formats.laboratory import MODEL, ROOT

PROBES = MODEL.entity_sets["Probes"]
OTHER = EntitySet(name="Odd", type="Lab.Bench", container="Lab.Side", in_default_container=False)
WIDER = Model(
    entity_types=MODEL.entity_types,
    complex_types=MODEL.complex_types,
    enum_types=MODEL.enum_types,
    entity_sets={**MODEL.entity_sets, "Lab.Side.Odd": OTHER},
)

TABLE: list[tuple[str, Fragment]] = [
    ("", Fragment(Kind.SERVICE)),
    ("#Probes", Fragment(Kind.FEED, PROBES)),
    ("#Probes/@Element", Fragment(Kind.ENTRY, PROBES)),
    ("#Probes/%40Element", Fragment(Kind.ENTRY, PROBES)),
    ("#Probes/Lab.HotProbe", Fragment(Kind.FEED, PROBES, "Lab.HotProbe")),
    ("#Probes/Lab.HotProbe/@Element", Fragment(Kind.ENTRY, PROBES, "Lab.HotProbe")),
    ("#Probes&$select=Id,Name", Fragment(Kind.FEED, PROBES, select="Id,Name")),
    ("#Probes/@Element&%24select=", Fragment(Kind.ENTRY, PROBES, select="")),
    ("#Lab.Side.Odd", Fragment(Kind.FEED, OTHER)),
    ("#Side.Odd/@Element", Fragment(Kind.ENTRY, OTHER)),
    ("#Lab.Side/Odd/@Element", Fragment(Kind.ENTRY, OTHER)),
    ("#Edm.String", Fragment(Kind.VALUE, type_name="Edm.String")),
    ("#Edm.Null", Fragment(Kind.VALUE)),
    ("#Collection(Edm.String)", Fragment(Kind.VALUE, type_name="Collection(Edm.String)")),
    ("#Lab.Xy", Fragment(Kind.VALUE, type_name="Lab.Xy")),
    ("#Collection(Lab.Xy)", Fragment(Kind.VALUE, type_name="Collection(Lab.Xy)")),
    ("#Lab.Color", Fragment(Kind.VALUE, type_name="Lab.Color")),
    ("#Probes/$links/Parts", Fragment(Kind.REFERENCES, PROBES, name="Parts")),
    ("#Probes/Lab.HotProbe/$links/Film", Fragment(Kind.REFERENCES, PROBES, "Lab.HotProbe", "Film")),
    ("#Probes/%24links/Parts/@Element", Fragment(Kind.REFERENCE, PROBES, name="Parts")),
    ("#Unknown", Fragment(Kind.FEED)),
    ("#Unknown/@Element", Fragment(Kind.ENTRY)),
    ("#SP.ListData.Tasks", Fragment()),
    ("#SP.ListData.Tasks/@Element", Fragment(Kind.ENTRY)),
    ("#Lab.Probe", Fragment(None, type_name="Lab.Probe")),
    ("#Probes/Parts", Fragment(Kind.FEED)),
    ("#", Fragment()),
]


@pytest.mark.parametrize(("tail", "fragment"), TABLE, ids=[tail or "none" for tail, _ in TABLE])
def test_p70_fragments(tail: str, fragment: Fragment) -> None:
    assert read_fragment(f"{ROOT}$metadata{tail}", WIDER) == fragment


def test_p70_without_a_model_the_shape_of_the_fragment_still_tells() -> None:
    assert read_fragment("http://h/$metadata#Probes/Lab.HotProbe/@Element", None) == Fragment(
        Kind.ENTRY, type_name="Lab.HotProbe"
    )
    assert read_fragment("http://h/$metadata#NS.Main.Probes", None) == Fragment()
    assert read_fragment("http://h/$metadata#Probes", None) == Fragment(Kind.FEED)


@pytest.mark.parametrize("value", [None, 5, {}, []])
def test_what_is_no_url_tells_nothing(value: Any) -> None:
    assert read_fragment(value, WIDER) == Fragment()


@given(st.text(max_size=40))
def test_p70_no_fragment_fails(text: str) -> None:
    read_fragment(text, WIDER)
    read_fragment(f"{ROOT}$metadata#{text}", WIDER)
    read_fragment(f"{ROOT}$metadata#{text}", None)


@pytest.mark.parametrize(
    ("tail", "arguments", "keywords"),
    [
        ("", (Kind.SERVICE, None, None), {}),
        ("#Probes", (Kind.FEED, PROBES, "Lab.Probe"), {}),
        ("#Probes/Lab.HotProbe/@Element", (Kind.ENTRY, PROBES, "Lab.HotProbe"), {}),
        ("#Lab.Side.Odd/@Element", (Kind.ENTRY, OTHER, None), {}),
        ("#Probes/@Element&$select=Id", (Kind.ENTRY, PROBES, None), {"select": "Id"}),
        ("#Edm.Null", (Kind.VALUE, None, None), {}),
        ("#Lab.Xy", (Kind.VALUE, None, "Lab.Xy"), {}),
        ("#Probes/$links/Parts", (Kind.REFERENCES, PROBES, None), {"name": "Parts"}),
        ("#Probes/$links/Parts/@Element", (Kind.REFERENCE, PROBES, None), {"name": "Parts", "single": True}),
        ("#Probes/$links/Bench", (Kind.REFERENCE, PROBES, None), {"name": "Bench"}),
    ],
)
def test_p70_fragments_written(tail: str, arguments: Any, keywords: Any) -> None:
    assert write_fragment(*arguments, **keywords) == tail


def test_no_fragment_without_a_set() -> None:
    assert write_fragment(Kind.FEED, None, "Lab.Probe") is None
