"""Pictures of models: what they show, that nothing overlaps, that they are well-formed."""

from __future__ import annotations

import random
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

from odata3.diagram.layers import Joint, layering
from odata3.diagram.layout import arrange
from odata3.diagram.mermaid import write_mermaid
from odata3.diagram.scene import Box, LineKind, Row, RowKind, Scene, scene
from odata3.diagram.svg import draw
from odata3.edm.csdl import parse_metadata
from odata3.errors import ArgumentError
from spf_vmm.metadata import model as vmm_model

SVG = "{http://www.w3.org/2000/svg}"


def zoo(types, associations):
    return parse_metadata(
        f"""<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
        <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
        <Schema Namespace="Zoo" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">{types}{associations}</Schema>
        </edmx:DataServices></edmx:Edmx>""".encode()
    )


def entity(name, inside="", base=None, key=True, **more):
    head = "".join(f' {k}="{v}"' for k, v in more.items()) + (f' BaseType="Zoo.{base}"' if base else "")
    own = '<Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/>' if key and not base else ""
    return f'<EntityType Name="{name}"{head}>{own}{inside}</EntityType>'


def association(name, one, other):
    ends = "".join(
        f'<End Role="{role}" Type="Zoo.{t}" Multiplicity="{m}"/>' for role, (t, m) in zip("AB", (one, other), strict=True)
    )
    return f'<Association Name="{name}">{ends}</Association>'


def leads(name, by, here="A", there="B"):
    return f'<NavigationProperty Name="{name}" Relationship="Zoo.{by}" FromRole="{here}" ToRole="{there}"/>'


@pytest.fixture(scope="module")
def model():
    values = "".join(f'<Property Name="P{i}" Type="Edm.String"/>' for i in range(12))
    return zoo(
        entity("Animal", leads("Keeper", "Kept") + '<Property Name="Home" Type="Zoo.Place"/>', Abstract="true")
        + entity("Bird", '<Property Name="Wings" Type="Edm.Byte"/>', base="Animal")
        + entity("Keeper", leads("Animals", "Kept", "B", "A") + leads("Boss", "Led") + leads("Team", "Led", "B", "A") + values)
        + entity("Ticket")
        + '<ComplexType Name="Place"><Property Name="City" Type="Edm.String"/></ComplexType>',
        association("Kept", ("Animal", "*"), ("Keeper", "1")) + association("Led", ("Keeper", "*"), ("Keeper", "0..1")),
    )


def ends(line):
    return line.start.box, line.start.multiplicity, line.end.box, line.end.multiplicity


def test_what_is_shown(model):
    shown = scene(model)
    boxes = {box.title: box for box in shown.boxes}
    assert list(boxes) == ["Animal", "Bird", "Keeper", "Ticket"]
    assert boxes["Animal"].is_abstract and not boxes["Bird"].is_abstract
    kinds = [row.kind for row in boxes["Keeper"].rows]
    assert kinds == [RowKind.KEY] + [RowKind.VALUE] * 7 + [RowKind.MORE] + [RowKind.NAVIGATION] * 3
    assert boxes["Keeper"].rows[8].name == "… 5 more"
    assert [(row.name, row.type) for row in boxes["Bird"].rows] == [("Wings", "Byte?")], "inherited ones stand in the base's box"


def test_each_association_is_one_line(model):
    lines = scene(model).lines
    assert [ends(line) for line in lines if line.kind is LineKind.ASSOCIATION] == [
        ("Zoo.Keeper", "1", "Zoo.Animal", "*"),
        ("Zoo.Keeper", "0..1", "Zoo.Keeper", "*"),
    ]
    assert [(x.start.box, x.end.box) for x in lines if x.kind is LineKind.INHERITANCE] == [("Zoo.Animal", "Zoo.Bird")]
    values = [line for line in scene(model, complex_types=True).lines if line.kind is LineKind.VALUE]
    assert [ends(line) for line in values] == [("Zoo.Animal", "", "Zoo.Place", "0..1")]


def test_cutting(model):
    def titles(**how):
        return {box.title for box in scene(model, **how).boxes}

    assert titles(types=["Ticket", "Zoo.Bird"]) == {"Ticket", "Bird"}
    assert titles(around="Bird") == {"Bird", "Animal"}
    assert titles(around="Bird", depth=2) == {"Bird", "Animal", "Keeper"}
    assert titles(around="Bird", depth=0) == {"Bird"}
    (bird,) = scene(model, types=["Bird"]).boxes
    assert [row.name for row in bird.rows] == ["ID", "Home", "Wings", "Keeper"], "without its base it shows all"
    with pytest.raises(ArgumentError, match="no type 'Brid'"):
        scene(model, types=["Brid"])


@pytest.mark.parametrize("which", ["zoo", "vmm"])
def test_nothing_overlaps(which, model):
    layout = arrange(scene(model if which == "zoo" else vmm_model(), complex_types=which == "zoo"))
    for one, other in combinations(layout.boxes, 2):
        apart = (
            one.x + one.width <= other.x
            or other.x + other.width <= one.x
            or one.y + one.height <= other.y
            or other.y + other.height <= one.y
        )
        assert apart, (one.box.title, other.box.title)
    for placed in layout.boxes:
        assert 0 <= placed.x and 0 <= placed.y
        assert placed.x + placed.width <= layout.width and placed.y + placed.height <= layout.height


def test_lines_begin_and_end_at_their_boxes():
    shown = scene(vmm_model())
    layout = arrange(shown)
    at = {placed.box.name: placed for placed in layout.boxes}
    assert sorted(way.line for way in layout.ways) == list(range(len(shown.lines)))
    for way in layout.ways:
        line = shown.lines[way.line]
        for end, point in ((line.start, way.sections[0][0]), (line.end, way.sections[-1][1])):
            box = at[end.box]
            assert min(abs(point[0] - box.x), abs(point[0] - box.x - box.width)) < 0.01
            assert box.y <= point[1] <= box.y + box.height
        for (_, first), (second, _) in pairwise(way.sections):
            assert first[1] == second[1], "columns are passed straight"


def test_layers_of_any_graph():
    """Circles, long lines, many at once: every line runs from left to right, one column at a time, and every box has a column."""
    chance = random.Random(7)
    for size in (2, 5, 17, 60):
        names = [f"N{i}" for i in range(size)]
        pairs = [(chance.choice(names), chance.choice(names)) for _ in range(size * 2)]
        lines = {n: Joint(*pair) for n, pair in enumerate(pairs) if pair[0] != pair[1]}
        made = layering(names, lines)
        column = {node: i for i, layer in enumerate(made.layers) for node in layer}
        assert {node for node in column if isinstance(node, str)} == set(names)
        assert all({way[0], way[-1]} == {lines[n].start, lines[n].end} for n, way in made.ways.items())
        assert all(column[b] - column[a] == 1 for way in made.ways.values() for a, b in pairwise(way))


def test_the_order_avoids_crossings():
    lines = {0: Joint("a", "z"), 1: Joint("b", "y"), 2: Joint("c", "x")}
    made = layering(["a", "b", "c", "x", "y", "z"], lines)
    assert [made.layers[0].index(n) for n in "abc"] == [made.layers[1].index(n) for n in "zyx"]


def test_published_models():
    folder = Path(__file__).parents[3] / "shared" / "corpus" / "metadata"
    files = sorted(folder.glob("*orthwind*")) + sorted(folder.glob("*system_center*"))
    if not files:
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    for file in files:
        shown = scene(parse_metadata(file), complex_types=True)
        assert len(etree.fromstring(draw(shown).encode()).findall(f"{SVG}g")) == len(shown.boxes) + len(shown.lines), file.name


def test_svg(model):
    text = draw(scene(model), title="Zoo & Co")
    root = etree.fromstring(text.encode())
    assert root.find(f"{SVG}title").text == "Zoo & Co"
    told = [node.text for node in root.iter(f"{SVG}text")]
    assert {"Animal", "abstract", "Keeper", "Team", "*", "0..1", "1"} <= set(told)
    assert len(root.findall(f".//{SVG}path[@class='triangle']")) == 1
    assert "prefers-color-scheme: dark" in text and not re.search(
        r"<script|https?://(?!www\.w3\.org/2000/svg)|@import|url\(", text
    )
    assert draw(scene(model)) == draw(scene(model)), "the same model, the same picture"


def test_names_of_a_service_are_only_text():
    odd = "\u202e<b>&\u0007"
    shown = Scene((Box(f"S.{odd}", odd, "S", (Row(odd, odd, RowKind.VALUE),)),), ())
    root = etree.fromstring(draw(shown, title=odd).encode())
    assert root.findall(f".//{SVG}b") == [] and "\u202e" not in "".join(root.itertext())
    assert not re.search(r"[<>&\x07]", write_mermaid(shown))


def test_mermaid(model):
    assert write_mermaid(scene(model, shown=2)).splitlines() == [
        "erDiagram",
        "    Animal {",
        "        Int32 ID PK",
        "        Place Home",
        "    }",
        "    Bird {",
        "        Byte Wings",
        "    }",
        "    Keeper {",
        "        Int32 ID PK",
        "        String P0",
        "        %% … 11 more",
        "    }",
        "    Ticket {",
        "        Int32 ID PK",
        "    }",
        '    Keeper ||--o{ Animal : "Keeper / Animals"',
        '    Animal ||..o| Bird : "is a"',
        '    Keeper |o--o{ Keeper : "Boss / Team"',
    ]


def test_a_model_of_one_type_and_of_none():
    assert arrange(scene(zoo(entity("Alone"), ""))).boxes[0].x > 0
    assert arrange(scene(zoo("", ""))).boxes == []
