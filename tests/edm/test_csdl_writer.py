"""Writing metadata: the document of a model, and that reading it gives the model again."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from odata3.edm.annotations import Constant, Markup
from odata3.edm.csdl import read_metadata, write_metadata
from odata3.edm.model import (
    Association,
    AssociationEnd,
    AssociationSet,
    ComplexType,
    Documentation,
    EntityContainer,
    EntitySet,
    EntityType,
    EnumMember,
    EnumType,
    FeedMapping,
    FunctionImport,
    Members,
    Model,
    NavigationProperty,
    OperationKind,
    Parameter,
    Property,
    ReferentialConstraint,
    Schema,
)
from odata3.errors import MetadataError

ID = Property(name="Id", type="Edm.Int32", nullable=False)


def small_model(**changes):
    note = Property(
        name="Note", type="Edm.String", max_length="Max", default_value='<"&>', annotations={"{urn:v}label": "A\tnote"}
    )
    probe = EntityType(
        name="Probe",
        namespace="Lab",
        key=("Id",),
        properties=Members([ID, note]),
        declared_properties=Members([ID, note]),
        documentation=Documentation(summary="A < B"),
    )
    probes = EntitySet(name="Probes", type="Lab.Probe", container="Lab.Main")
    main = EntityContainer(name="Main", namespace="Lab", is_default=True, entity_sets=Members([probes]))
    given_fields = {
        "schemas": Members([Schema(namespace="Lab")]),
        "entity_types": {"Lab.Probe": probe},
        "entity_containers": {"Lab.Main": main},
        "entity_sets": {"Probes": probes},
        "version": "3.0",
        "max_version": "3.0",
    }
    return Model(**{**given_fields, **changes})


def test_the_document_of_a_small_model():
    assert write_metadata(small_model()).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"'
        ' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:ns5="urn:v">\n'
        '  <edmx:DataServices m:DataServiceVersion="3.0" m:MaxDataServiceVersion="3.0">\n'
        '    <Schema Namespace="Lab" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">\n'
        '      <EntityType Name="Probe">\n'
        "        <Documentation><Summary>A &lt; B</Summary><LongDescription></LongDescription></Documentation>\n"
        "        <Key>\n"
        '          <PropertyRef Name="Id"/>\n'
        "        </Key>\n"
        '        <Property Name="Id" Type="Edm.Int32" Nullable="false"/>\n'
        '        <Property Name="Note" Type="Edm.String" MaxLength="Max" DefaultValue="&lt;&quot;&amp;>" ns5:label="A&#9;note">\n'
        "        </Property>\n"
        "      </EntityType>\n"
        '      <EntityContainer Name="Main" m:IsDefaultEntityContainer="true">\n'
        '        <EntitySet Name="Probes" EntityType="Lab.Probe"/>\n'
        "      </EntityContainer>\n"
        "    </Schema>\n"
        "  </edmx:DataServices>\n"
        "</edmx:Edmx>\n"
    )


def test_a_model_read_from_its_document_is_the_same():
    model = small_model()
    again = read_metadata(write_metadata(model))
    assert again == model
    assert again.warnings == ()
    assert write_metadata(again) == write_metadata(model)


def test_schemas_that_a_model_only_implies_are_written():
    model = read_metadata(write_metadata(small_model(schemas=Members())))
    assert model.schemas.names() == ("Lab",)
    assert model.entity_types == small_model().entity_types


def test_annotations_of_every_kind_come_back():
    element = etree.fromstring('<x:Hint xmlns:x="urn:x" x:n="1"><y xmlns="">t<z/>u</y></x:Hint>')
    annotations = {
        "{urn:v}a": "1",
        "{http://www.w3.org/XML/1998/namespace}lang": "en",
        "{urn:x}Hint": (Markup.of(element), Markup.of(element)),
        "V.Text": "plain & <simple>",
        "V.Number#q": Constant("5", "Int"),
        "V.Path": Constant("A/B", "Path"),
    }
    model = read_metadata(write_metadata(small_model(annotations=annotations)))
    assert model.annotations["{urn:v}a"] == "1"
    assert model.annotations["{urn:x}Hint"] == annotations["{urn:x}Hint"]
    probe = small_model().entity_types["Lab.Probe"]
    annotated = EntityType(
        name="Probe",
        namespace="Lab",
        key=("Id",),
        properties=probe.properties,
        declared_properties=probe.properties,
        annotations=annotations,
    )
    again = read_metadata(write_metadata(small_model(entity_types={"Lab.Probe": annotated})))
    assert again.entity_types["Lab.Probe"] == annotated
    assert again.entity_types["Lab.Probe"].annotations["V.Number#q"].kind == "Int"


@pytest.mark.parametrize("text", ["\0", "a\x0bb", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_refused_with_its_line(text):
    with pytest.raises(MetadataError, match="U\\+") as caught:
        write_metadata(small_model(version=text))
    assert caught.value.where == "line 3"


def test_operations_keep_their_kind_in_every_version():
    kinds = [
        {"kind": OperationKind.ACTION},
        {"kind": OperationKind.FUNCTION, "side_effecting": False},
        {"kind": OperationKind.SERVICE_OPERATION, "http_method": "GET"},
        {"kind": OperationKind.SERVICE_OPERATION, "http_method": "POST", "side_effecting": False},
        {
            "kind": OperationKind.ACTION,
            "bindable": True,
            "always_bindable": True,
            "return_type": "Collection(Lab.Probe)",
            "entity_set": "Probes",
        },
        {"kind": OperationKind.FUNCTION, "bindable": True, "composable": True, "side_effecting": False, "entity_set_path": "p"},
    ]
    parameters = Members(
        [Parameter(name="p", type="Lab.Probe"), Parameter(name="q", type="Edm.String", mode="Out", nullable=False, max_length=5)]
    )
    operations = tuple(
        FunctionImport(name=f"F{n}", container="Lab.Main", parameters=parameters, **fields) for n, fields in enumerate(kinds)
    )
    for stamp in ("2006/04", "2008/09", "2009/11"):
        edm = f"http://schemas.microsoft.com/ado/{stamp}/edm"
        sets = small_model().entity_containers["Lab.Main"].entity_sets
        main = EntityContainer(name="Main", namespace="Lab", is_default=True, entity_sets=sets, function_imports=operations)
        model = small_model(
            schemas=Members([Schema(namespace="Lab", edm_namespace=edm)]),
            entity_containers={"Lab.Main": main},
            function_imports={found.name: (found,) for found in operations},
        )
        assert read_metadata(write_metadata(model)) == model


def test_extended_containers_are_written_once():
    body = """<Schema Namespace="Lab" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
      <EntityType Name="T"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Int32" Nullable="false"/></EntityType>
      <EntityContainer Name="More" Extends="Main"><EntitySet Name="B" EntityType="Lab.T"/><FunctionImport Name="G"/>
      </EntityContainer><EntityContainer Name="Main"><EntitySet Name="A" EntityType="Lab.T"/><FunctionImport Name="F"/>
      </EntityContainer></Schema>"""
    model = read_metadata(body.encode())
    data = write_metadata(model)
    assert data.count(b'<EntitySet Name="A"') == 1
    assert data.count(b'<FunctionImport Name="F"') == 1
    assert read_metadata(data) == model


# --- whole models, made at random -------------------------------------------------------------------------------------------

NAME = st.text(string.ascii_letters + "_é中", min_size=1, max_size=5)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("\t\n\r<>&\"'"), max_size=8)
TRIMMED = TEXT.map(lambda text: text.replace("\r", "").strip())
FLAG = st.booleans()
OPTIONAL_FLAG = st.none() | FLAG
NUMBER = st.none() | st.integers(0, 10**9)
ANNOTATIONS = st.dictionaries(
    NAME.map(lambda name: "{urn:v}" + name) | NAME.map(lambda name: "V." + name) | NAME.map(lambda name: f"V.x#{name}"),
    TEXT,
    max_size=2,
)
DOCUMENTATION = st.none() | st.builds(Documentation, summary=TRIMMED, long_description=TRIMMED)
PRIMITIVE = st.sampled_from(
    ["Edm.String", "Edm.Int32", "Edm.Guid", "Edm.Decimal", "Edm.GeographyPoint", "Edm.Stream", "Collection(Edm.Time)"]
)


def described(cls, **fields):
    return st.builds(cls, annotations=ANNOTATIONS, documentation=DOCUMENTATION, **fields)


PROPERTY = described(
    Property,
    name=NAME,
    type=PRIMITIVE,
    nullable=FLAG,
    max_length=NUMBER | st.just("Max"),
    fixed_length=OPTIONAL_FLAG,
    precision=NUMBER,
    scale=NUMBER | st.just("Variable"),
    unicode=OPTIONAL_FLAG,
    collation=st.none() | TEXT,
    srid=NUMBER | st.just("Variable"),
    default_value=st.none() | TEXT,
    concurrency_mode=st.sampled_from(["None", "Fixed"]),
    store_generated_pattern=st.sampled_from(["None", "Identity", "Computed"]),
    mime_type=st.none() | TEXT,
)
PARAMETER = described(
    Parameter,
    name=NAME,
    type=PRIMITIVE,
    mode=st.sampled_from(["In", "Out", "InOut"]),
    nullable=FLAG,
    max_length=NUMBER | st.just("Max"),
    precision=NUMBER,
    scale=NUMBER,
    srid=NUMBER,
)
MAPPING = st.builds(
    FeedMapping,
    source_path=NAME,
    target_path=NAME,
    keep_in_content=FLAG,
    content_kind=st.sampled_from(["text", "html", "xhtml"]),
    namespace_uri=st.none() | TEXT,
    namespace_prefix=st.none() | TEXT,
)


def unique(strategy, **sizes):
    return st.lists(strategy, unique_by=lambda found: found.name, **sizes).map(Members)


COMPLEX_TYPE = described(
    ComplexType,
    name=st.just("C"),
    namespace=st.just("Lab"),
    abstract=FLAG,
    open_type=FLAG,
    properties=unique(PROPERTY, max_size=3),
)
ENUM_TYPE = described(
    EnumType,
    name=st.just("E"),
    namespace=st.just("Lab"),
    is_flags=FLAG,
    underlying_type=st.sampled_from(["Edm.Int64", "Edm.Int32"]),
    members=unique(described(EnumMember, name=NAME, value=st.integers(-(2**63), 2**63 - 1)), max_size=4),
)
OPERATION = described(
    FunctionImport,
    name=st.just("F"),
    container=st.just("Lab.Main"),
    kind=st.just(OperationKind.ACTION),
    parameters=unique(PARAMETER, max_size=3),
    return_type=st.none() | PRIMITIVE,
    bindable=FLAG,
    composable=FLAG,
)


@st.composite
def entity_types(draw, names):
    """A chain of inheritance, each type with properties of its own."""
    built = {}
    base = None
    for name in names:
        inherited = () if base is None else tuple(base.properties)
        taken = {found.name for found in inherited} | {"Id"}
        own = [found for found in draw(unique(PROPERTY, max_size=3)) if found.name not in taken]
        own = own if base is not None else [ID, *own]
        feed = draw(st.lists(MAPPING, max_size=2))
        base = EntityType(
            name=name,
            namespace="Lab",
            base_type=None if base is None else base.full_name,
            abstract=draw(FLAG),
            open_type=draw(FLAG) or (base is not None and base.open_type),
            has_stream=draw(FLAG) or (base is not None and base.has_stream),
            key=("Id",),
            properties=Members((*inherited, *own)),
            declared_properties=Members(own),
            feed_mappings=(*(() if base is None else base.feed_mappings), *feed),
            annotations=draw(ANNOTATIONS),
            documentation=draw(DOCUMENTATION),
        )
        built[base.full_name] = base
    return built


@st.composite
def models(draw):
    type_names = draw(st.lists(NAME.map(lambda name: "T" + name), unique=True, min_size=1, max_size=4))
    types = draw(entity_types(type_names))
    first, last = next(iter(types)), list(types)[-1]
    ends = Members(
        AssociationEnd(
            name=role,
            type=target,
            multiplicity=draw(st.sampled_from(["0..1", "1", "*"])),
            on_delete=draw(st.sampled_from(["None", "Cascade"])),
            annotations=draw(ANNOTATIONS),
        )
        for role, target in (("P", first), ("Q", last))
    )
    constraint = st.none() | st.just(
        ReferentialConstraint(principal_role="P", principal_properties=("Id",), dependent_role="Q", dependent_properties=("Id",))
    )
    joined = Association(
        name="PQ",
        namespace="Lab",
        ends=ends,
        referential_constraint=draw(constraint),
        annotations=draw(ANNOTATIONS),
        documentation=draw(DOCUMENTATION),
    )
    way = NavigationProperty(
        name="Way to Q",
        type=last,
        multiplicity=ends["Q"].multiplicity,
        relationship="Lab.PQ",
        from_role="P",
        to_role="Q",
        contains_target=draw(FLAG),
    )
    types = {
        name: replace(
            found,
            navigation_properties=Members([way]),
            declared_navigation_properties=Members([way] if name == first else []),
        )
        for name, found in types.items()
    }
    value = draw(COMPLEX_TYPE)
    value = replace(value, declared_properties=value.properties)
    enum = draw(ENUM_TYPE)
    sets = Members(
        EntitySet(
            name=f"S{n}", type=target, container="Lab.Main", annotations=draw(ANNOTATIONS), documentation=draw(DOCUMENTATION)
        )
        for n, target in enumerate(types)
    )
    operation = draw(OPERATION)
    main = EntityContainer(
        name="Main",
        namespace="Lab",
        is_default=True,
        entity_sets=sets,
        association_sets=Members(
            [
                AssociationSet(
                    name="PQs",
                    association="Lab.PQ",
                    ends=(("P", "S0"), ("Q", f"S{len(sets) - 1}")),
                    annotations=draw(ANNOTATIONS),
                )
            ]
        ),
        function_imports=(operation,),
        annotations=draw(ANNOTATIONS),
        documentation=draw(DOCUMENTATION),
    )
    alias = draw(st.none() | st.just("Self"))
    return Model(
        schemas=Members([Schema(namespace="Lab", alias=alias, annotations=draw(ANNOTATIONS), documentation=draw(DOCUMENTATION))]),
        entity_types=types,
        complex_types={"Lab.C": value},
        enum_types={"Lab.E": enum},
        associations={"Lab.PQ": joined},
        entity_containers={"Lab.Main": main},
        entity_sets={found.name: found for found in sets},
        function_imports={"F": (operation,)},
        version=draw(st.none() | st.just("3.0")),
        max_version=draw(st.none() | st.just("3.0")),
        annotations=draw(ANNOTATIONS.map(vendor)),
    )


def vendor(annotations):
    """Only what may stand where no vocabulary annotation may."""
    return {key: value for key, value in annotations.items() if key.startswith("{")}


@given(models())
def test_every_model_comes_back_from_its_document(model):
    again = read_metadata(write_metadata(model))
    assert again == model
