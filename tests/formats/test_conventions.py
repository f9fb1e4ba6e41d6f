"""P72: what is computed, from raw and from native values."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from odata3.edm.members import Members
from odata3.edm.model import EntitySet, EntityType, Model, Property
from odata3.errors import PayloadError
from odata3.formats.conventions import Conventions
from odata3.formats.documents import NATIVE, Dialect
from odata3.formats.value_codecs import Codecs
from odata3.uri.paths import entity_url
from tests.formats.laboratory import MODEL, ROOT
from tests.formats.strategies import primitives

GUID = "a11cc636-5521-4f88-92b2-cad392911fe0"
STRATEGIES = primitives()


def keyed(*types: str, fixed: bool = False, name: str = "K") -> tuple[Model, EntitySet, EntityType]:
    mode = "Fixed" if fixed else "None"
    keys = [
        Property(name=f"{name}{n or ''}", type=type_name, nullable=False, concurrency_mode=mode)
        for n, type_name in enumerate(types)
    ]
    entity_type = EntityType(name="T", namespace="N", key=tuple(k.name for k in keys), properties=Members(keys))
    entity_set = EntitySet(name="Ts", type="N.T", container="N.C")
    return Model(entity_types={"N.T": entity_type}, entity_sets={"Ts": entity_set}), entity_set, entity_type


@pytest.mark.parametrize(
    ("type_name", "raw", "native", "predicate"),
    [
        ("Edm.Int32", 5, 5, "(5)"),
        ("Edm.Int32", -5, -5, "(-5)"),
        ("Edm.Byte", 200, 200, "(200)"),
        ("Edm.Int64", "5", 5, "(5L)"),
        ("Edm.Int64", 5, 5, "(5L)"),
        ("Edm.Decimal", "2.50", Decimal("2.50"), "(2.50M)"),
        ("Edm.Double", Decimal("1.0"), 1.0, "(1.0)"),
        ("Edm.Boolean", True, True, "(true)"),
        ("Edm.String", "plain", "plain", "('plain')"),
        ("Edm.String", "", "", "('')"),
        ("Edm.String", "O'Neil/ü", "O'Neil/ü", "('O''Neil%2F%C3%BC')"),
        ("Edm.Guid", GUID.upper(), UUID(GUID), f"(guid'{GUID}')"),
        ("Edm.Guid", GUID, UUID(GUID), f"(guid'{GUID}')"),
        ("Edm.DateTime", "2013-08-19T22:13:09", datetime(2013, 8, 19, 22, 13, 9), "(datetime'2013-08-19T22%3A13%3A09')"),
        ("Edm.Binary", "AQ==", b"\x01", "(X'01')"),
    ],
)
def test_p72_keys(type_name: str, raw: Any, native: Any, predicate: str) -> None:
    model, entity_set, entity_type = keyed(type_name)
    light = Conventions(model, ROOT, entity_set, entity_type, Codecs(model, Dialect.JSON_LIGHT).codec("N.T"))
    own = Conventions(model, ROOT, entity_set, entity_type, NATIVE)
    assert light.instance({"K": raw}) == f"{ROOT}Ts{predicate}"
    assert own.instance({"K": native}) == f"{ROOT}Ts{predicate}"
    assert light.instance({}) is None


def test_p72_composite_keys_are_named_in_their_order() -> None:
    model, entity_set, entity_type = keyed("Edm.Guid", "Edm.Guid")
    conventions = Conventions(model, ROOT, entity_set, entity_type, Codecs(model, Dialect.JSON_LIGHT).codec("N.T"))
    other = "b" * 8 + GUID[8:]
    assert conventions.instance({"K": GUID, "K1": other}) == f"{ROOT}Ts(K=guid'{GUID}',K1=guid'{other}')"
    assert conventions.instance({"K": GUID.upper(), "K1": other}) == f"{ROOT}Ts(K=guid'{GUID}',K1=guid'{other}')"
    assert conventions.instance({"K": GUID}) is None
    for wrong in (None, "x", 5, GUID[:-1] + "'", [GUID], GUID + "0"):
        with pytest.raises(PayloadError, match=r"N\.T\.K1"):
            conventions.instance({"K": GUID, "K1": wrong})


@pytest.mark.parametrize("type_name", ["Edm.String", "Edm.Int64", "Edm.Guid", "Edm.Decimal", "Edm.DateTimeOffset", "Edm.Binary"])
@pytest.mark.parametrize("segment", [False, True])
def test_p72_the_same_url_as_the_client_builds(type_name: str, segment: bool) -> None:
    model, entity_set, entity_type = keyed(type_name)
    conventions = Conventions(model, ROOT, entity_set, entity_type, NATIVE, key_as_segment=segment)

    @given(STRATEGIES[type_name].filter(lambda value: value != ""))
    def check(value: Any) -> None:
        assert conventions.instance({"K": value}) == entity_url(ROOT, entity_set, entity_type, (value,), key_as_segment=segment)

    check()


def test_r35_a_null_key() -> None:
    for type_name in ("Edm.String", "Edm.Guid", "Edm.Int32", "Edm.Decimal"):
        model, entity_set, entity_type = keyed(type_name)
        codec = Codecs(model, Dialect.JSON_LIGHT).codec("N.T")
        for segment in (False, True):
            conventions = Conventions(model, ROOT, entity_set, entity_type, codec, key_as_segment=segment)
            with pytest.raises(PayloadError, match="a key cannot be null"):
                conventions.instance({"K": None})


def test_p72_etags() -> None:
    model, entity_set, entity_type = keyed("Edm.String", "Edm.Int32", fixed=True)
    conventions = Conventions(model, ROOT, entity_set, entity_type, Codecs(model, Dialect.JSON_LIGHT).codec("N.T"))
    assert conventions.etag is not None
    assert conventions.etag({"K": "a b", "K1": 5}) == "W/\"'a%20b',5\""
    assert conventions.etag({"K": None, "K1": 5}) == 'W/"null,5"'
    assert conventions.etag({"K": "a"}) is None


def test_nothing_is_computed_of_nothing() -> None:
    conventions = Conventions(None, ROOT, None, None, NATIVE)
    assert conventions.instance({"Id": 1}) is None
    assert conventions.etag is None
    details = conventions.details(None, None)
    assert (details.links, details.streams, details.media, details.operations) == ({}, {}, None, ())


def test_sets_of_other_containers_are_qualified() -> None:
    bench = MODEL.entity_types["Lab.Bench"]
    other = EntitySet(name="Odd", type="Lab.Bench", container="Lab.Side", in_default_container=False)
    assert Conventions(MODEL, ROOT, other, bench, NATIVE).instance({"Code": "A"}) == f"{ROOT}Side.Odd('A')"
