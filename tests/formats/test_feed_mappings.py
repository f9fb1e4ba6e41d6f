"""Customizable feeds: each target, read and written (P62)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from odata3.edm.csdl import parse_metadata
from odata3.errors import ArgumentError
from odata3.formats.atom import Atom
from odata3.formats.documents import Complex, Entry, Expectation, Kind
from odata3.formats.json_light import JsonLight

ROOT = "http://h/s/"
TARGETS = {
    "SyndicationTitle": "title",
    "SyndicationSummary": "summary",
    "SyndicationRights": "rights",
    "SyndicationPublished": "published",
    "SyndicationUpdated": "updated",
    "SyndicationAuthorName": "author/name",
    "SyndicationAuthorEmail": "author/email",
    "SyndicationAuthorUri": "author/uri",
    "SyndicationContributorName": "contributor/name",
    "SyndicationContributorEmail": "contributor/email",
    "SyndicationContributorUri": "contributor/uri",
}
M = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"


def service(mapping: str, on_type: str = "", type_name: str = "Edm.String") -> Atom:
    """A service with one entity type ``Item``, whose property ``Value`` is mapped."""
    return Atom(
        parse_metadata(
            '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>'
            f'<Schema Namespace="N" xmlns="http://schemas.microsoft.com/ado/2009/11/edm" xmlns:m="{M}">'
            f'<EntityType Name="Item" {on_type}><Key><PropertyRef Name="Id"/></Key>'
            f'<Property Name="Id" Type="Edm.Int32" Nullable="false"/><Property Name="Value" Type="{type_name}" {mapping}/>'
            '<Property Name="Home" Type="N.Place"/><Property Name="Other" Type="Edm.String"/></EntityType>'
            '<ComplexType Name="Place"><Property Name="City" Type="Edm.String"/><Property Name="Street" Type="Edm.String"/>'
            '</ComplexType><EntityContainer Name="C" m:IsDefaultEntityContainer="true">'
            '<EntitySet Name="Items" EntityType="N.Item"/>'
            "</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>".encode()
        ),
        ROOT,
        clock=lambda: datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


ITEMS = Expectation(Kind.ENTRY, "N.Item", "Items")


def item(**values: object) -> Entry:
    return Entry("N.Item", {"Id": 1, **values})


def there_and_back(atom: Atom, entry: Entry) -> tuple[etree._Element, Entry]:
    """What an answer with this entry looks like, and what is read from it."""
    body = atom.write_response(entry, ITEMS)
    found = atom.read(body, ITEMS)
    assert isinstance(found, Entry)
    asked = atom.read_request(atom.write_request(entry, ITEMS), ITEMS)
    assert isinstance(asked, Entry)
    assert asked.decoded() == found.decoded()
    return etree.fromstring(body), found


def at(root: etree._Element, path: str) -> etree._Element | None:
    return root.find("/".join(f"{{http://www.w3.org/2005/Atom}}{step}" for step in path.split("/")))


def in_content(root: etree._Element) -> list[str]:
    (properties,) = root.iter(f"{{{M}}}properties")
    return [etree.QName(child).localname for child in properties]


@pytest.mark.parametrize(("target", "path"), TARGETS.items())
@pytest.mark.parametrize("keep", ["true", "false"])
def test_p62_each_syndication_target(target: str, path: str, keep: str) -> None:
    atom = service(f'm:FC_TargetPath="{target}" m:FC_ContentKind="text" m:FC_KeepInContent="{keep}"')
    root, found = there_and_back(atom, item(Value="a & b"))
    element = at(root, path)
    assert element is not None
    assert element.text == "a & b"
    assert in_content(root) == (["Id", "Value"] if keep == "true" else ["Id"])
    assert found.decoded() == {"Id": 1, "Value": "a & b"}


@pytest.mark.parametrize("target", [*TARGETS, 'x/y" m:FC_NsUri="http://n" m:FC_NsPrefix="p'])
def test_p62_null_stays_in_the_properties(target: str) -> None:
    atom = service(f'm:FC_TargetPath="{target}" m:FC_KeepInContent="false"')
    root, found = there_and_back(atom, item(Value=None))
    assert in_content(root) == ["Id", "Value"]
    assert found.decoded() == {"Id": 1, "Value": None}


@pytest.mark.parametrize("keep", ["true", "false"])
@pytest.mark.parametrize(
    ("path", "xpath"), [("a", "p:a"), ("a/b/c", "p:a/p:b/p:c"), ("a/@x", "p:a/@p:x"), ("a/b/@x", "p:a/p:b/@p:x")]
)
def test_p62_custom_paths(path: str, xpath: str, keep: str) -> None:
    atom = service(f'm:FC_TargetPath="{path}" m:FC_NsUri="http://n" m:FC_NsPrefix="q" m:FC_KeepInContent="{keep}"')
    root, found = there_and_back(atom, item(Value=" <v> "))
    (place,) = root.xpath(xpath, namespaces={"p": "http://n"})
    assert (place if isinstance(place, str) else place.text) == " <v> "
    assert found.decoded() == {"Id": 1, "Value": " <v> "}


def test_p62_several_properties_in_one_custom_element_and_within_complex_values() -> None:
    atom = service(
        'm:FC_TargetPath="geo/lat" m:FC_NsUri="http://n" m:FC_NsPrefix="g" m:FC_KeepInContent="false"',
        'm:FC_SourcePath="Home/City" m:FC_TargetPath="geo/lat/@city" m:FC_NsUri="http://n" m:FC_NsPrefix="g" '
        'm:FC_KeepInContent="false" m:FC_SourcePath_1="Home/Street" m:FC_TargetPath_1="SyndicationSummary" '
        'm:FC_ContentKind_1="html" m:FC_KeepInContent_1="false" '
        'm:FC_SourcePath_2="Other" m:FC_TargetPath_2="SyndicationAuthorEmail" m:FC_KeepInContent_2="false"',
        "Edm.Double",
    )
    entry = item(Value=1.5, Home=Complex("N.Place", {"City": "C", "Street": "<b>S</b>"}), Other="o@x")
    root, found = there_and_back(atom, entry)
    assert etree.tostring(root.find("{http://n}geo")) == (
        b'<g:geo xmlns:g="http://n" xmlns="http://www.w3.org/2005/Atom" '
        b'xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" xmlns:m="'
        + M.encode()
        + b'"><g:lat g:city="C">1.5</g:lat></g:geo>'
    )
    summary = at(root, "summary")
    assert summary is not None
    assert (summary.get("type"), summary.text) == ("html", "<b>S</b>")
    assert at(root, "author/name") is not None
    assert found.decoded() == entry.decoded()


def test_p62_a_null_complex_value_maps_to_nothing() -> None:
    atom = service("", 'm:FC_SourcePath="Home/City" m:FC_TargetPath="SyndicationTitle" m:FC_KeepInContent="false"')
    root, found = there_and_back(atom, item(Home=None))
    title = at(root, "title")
    assert title is not None
    assert title.text is None
    assert found.decoded() == {"Id": 1, "Home": None}


def test_xhtml_is_markup_and_must_be_well_formed() -> None:
    atom = service('m:FC_TargetPath="SyndicationSummary" m:FC_ContentKind="xhtml" m:FC_KeepInContent="false"')
    root, found = there_and_back(atom, item(Value="<i>a</i> b"))
    summary = at(root, "summary")
    assert summary is not None
    assert (summary.get("type"), len(summary)) == ("xhtml", 1)
    assert found.get("Value") == "<i>a</i> b"
    with pytest.raises(ArgumentError, match="XHTML"):
        atom.write_request(item(Value="<i>a"), ITEMS)


def test_a_value_in_the_properties_wins_and_a_missing_element_says_nothing() -> None:
    atom = service('m:FC_TargetPath="SyndicationTitle" m:FC_KeepInContent="false"', type_name="Edm.Int32")
    names = f'xmlns="http://www.w3.org/2005/Atom" xmlns:m="{M}" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"'

    def read(title: str, properties: str) -> dict[str, object]:
        found = atom.read(
            f"<entry {names}>{title}<content><m:properties>{properties}</m:properties></content></entry>".encode(), ITEMS
        )
        assert isinstance(found, Entry)
        return dict(found.decoded())

    assert read("<title>7</title>", "<d:Value>8</d:Value>") == {"Value": 8}
    assert read("<title> 7 </title>", "<d:Id>1</d:Id>") == {"Id": 1, "Value": 7}
    assert read("<title/>", "") == {}
    assert read("", "") == {}


def test_nonsense_is_left_out() -> None:
    for target in ("SyndicationNothing", "@x", "a/@b/c", ""):
        atom = service(f'm:FC_TargetPath="{target}" m:FC_KeepInContent="false" m:FC_NsUri="http://n"')
        _, found = there_and_back(atom, item(Value="v"))
        assert found.decoded()["Value"] == "v"


def test_mappings_are_of_atom_alone() -> None:
    model = service('m:FC_TargetPath="SyndicationTitle" m:FC_KeepInContent="false"')._model
    assert b'"Value":"v"' in JsonLight(model, ROOT).write_response(item(Value="v"), ITEMS)
