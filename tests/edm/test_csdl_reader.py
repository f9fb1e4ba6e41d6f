"""Reading metadata: what a document says, what is repaired with a warning, what is refused."""

import io
import pickle
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.edm.annotations import Constant, Markup
from odata3.edm.csdl import parse_metadata, read_metadata
from odata3.edm.model import Documentation, FeedMapping, OperationKind
from odata3.errors import MetadataError, ODataError

EDM = "http://schemas.microsoft.com/ado/2009/11/edm"
M = 'xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
EDM_NAMESPACES = [
    "http://schemas.microsoft.com/ado/2006/04/edm",
    "http://schemas.microsoft.com/ado/2007/05/edm",
    "http://schemas.microsoft.com/ado/2008/01/edm",
    "http://schemas.microsoft.com/ado/2008/09/edm",
    "http://schemas.microsoft.com/ado/2009/08/edm",
    "http://schemas.microsoft.com/ado/2009/11/edm",
]


def edmx(*schemas, version='m:DataServiceVersion="3.0"'):
    return (
        f'<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">'
        f"<edmx:DataServices {M} {version}>{''.join(schemas)}</edmx:DataServices></edmx:Edmx>"
    ).encode()


def schema(body, namespace="Lab", edm=EDM, attributes=""):
    return f'<Schema Namespace="{namespace}" xmlns="{edm}" {attributes}>{body}</Schema>'


def read(body, **keywords):
    return read_metadata(edmx(schema(body, **keywords)))


def clean(body, **keywords):
    model = read(body, **keywords)
    assert model.warnings == ()
    return model


def entity(name, *properties, key="Id", attributes=""):
    keys = f'<Key><PropertyRef Name="{key}"/></Key>' if key else ""
    own = f'<Property Name="{key}" Type="Edm.Int32" Nullable="false"/>' if key else ""
    return f'<EntityType Name="{name}" {attributes}>{keys}{own}{"".join(properties)}</EntityType>'


def prop(name, type_name="Edm.String", rest=""):
    return f'<Property Name="{name}" Type="{type_name}" {rest}/>'


LAB = (
    entity(
        "Probe",
        prop("Row", "Edm.Binary", 'ConcurrencyMode="Fixed"'),
        '<NavigationProperty Name="Bench" Relationship="Lab.PB" FromRole="P" ToRole="B"/>',
    )
    + '<EntityType Name="Bench"><Key><PropertyRef Name="Code"/></Key><Property Name="Code" Type="Edm.String" Nullable="false"/>'
    '<NavigationProperty Name="Probes" Relationship="Lab.PB" FromRole="B" ToRole="P"/></EntityType>'
    '<Association Name="PB"><End Role="P" Type="Lab.Probe" Multiplicity="*"/>'
    '<End Role="B" Type="Lab.Bench" Multiplicity="0..1"/></Association>'
)
CONTAINER = (
    '<EntityContainer Name="Main"><EntitySet Name="Probes" EntityType="Lab.Probe"/>'
    '<EntitySet Name="Benches" EntityType="Lab.Bench"/>'
    '<AssociationSet Name="PBs" Association="Lab.PB"><End Role="P" EntitySet="Probes"/><End Role="B" EntitySet="Benches"/>'
    "</AssociationSet></EntityContainer>"
)


# --- documents --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edm", EDM_NAMESPACES)
def test_p13_one_model_from_every_namespace(edm):
    model = clean(LAB + CONTAINER, edm=edm)
    expected = clean(LAB + CONTAINER)
    assert model.schemas[0].edm_namespace == edm
    for name in ("entity_types", "associations", "entity_containers", "entity_sets"):
        assert getattr(model, name) == getattr(expected, name)


def test_p13_namespaces_may_be_mixed_and_prefixed():
    types = schema(LAB, edm=EDM_NAMESPACES[0])
    container = (
        f'<q:Schema Namespace="Main" xmlns:q="{EDM}"><q:EntityContainer Name="Main">'
        '<q:EntitySet Name="Probes" EntityType="Lab.Probe"/></q:EntityContainer></q:Schema>'
    )
    model = read_metadata(edmx(container, types))
    assert model.warnings == ()
    assert [found.namespace for found in model.schemas] == ["Main", "Lab"]
    assert model.entity_type_of(model.entity_sets["Probes"]) is model.entity_types["Lab.Probe"]


def test_versions_are_kept():
    model = read_metadata(edmx(schema(LAB), version='m:DataServiceVersion="2.0" m:MaxDataServiceVersion="3.0"'))
    assert (model.version, model.max_version) == ("2.0", "3.0")
    assert read_metadata(edmx(schema(LAB), version="")).version is None


def test_a_bare_schema_is_read():
    model = read_metadata(schema(LAB + CONTAINER).encode())
    assert list(model.entity_types) == ["Lab.Probe", "Lab.Bench"]
    assert model.warnings == ()


def test_designer_files_are_read():
    document = f"""<edmx:Edmx Version="3.0" xmlns:edmx="http://schemas.microsoft.com/ado/2009/11/edmx">
      <edmx:Runtime><edmx:StorageModels><Schema Namespace="Store" xmlns="http://schemas.microsoft.com/ado/2009/11/edm/ssdl"/>
      </edmx:StorageModels><edmx:ConceptualModels>{schema(entity("Probe", prop("Name", "String")))}</edmx:ConceptualModels>
      </edmx:Runtime><Designer xmlns="http://schemas.microsoft.com/ado/2009/11/edmx"><Options/></Designer></edmx:Edmx>"""
    model = read_metadata(document.encode())
    assert model.warnings == ()
    assert model.entity_types["Lab.Probe"].properties["Name"].type == "Edm.String"


def test_sources(tmp_path):
    data = edmx(schema(LAB))
    path = tmp_path / "lab.edmx"
    path.write_bytes(data)
    expected = read_metadata(data)
    text = '<?xml version="1.0" encoding="utf-16"?>\n' + data.decode()
    for source in (
        data,
        path,
        str(path),
        text,
        " \n" + data.decode(),
        "\ufeff" + data.decode(),
        io.BytesIO(data),
        bytearray(data),
    ):
        model = parse_metadata(source)
        assert model == expected
        assert model.warnings == ()
    assert parse_metadata(io.StringIO(data.decode())) == expected


@pytest.mark.parametrize("source", ["no such file", "{}", "\0", 5, None, "<a>\ud800</a>", "x" * 5_000])
def test_sources_that_cannot_be_read(source):
    with pytest.raises(MetadataError):
        parse_metadata(source)


def test_folders_and_missing_files_name_themselves(tmp_path):
    with pytest.raises(MetadataError, match=tmp_path.name):
        parse_metadata(tmp_path)
    with pytest.raises(MetadataError, match="missing"):
        parse_metadata(tmp_path / "missing.edmx")


def test_lines_count_in_texts_with_a_declaration():
    with pytest.raises(MetadataError) as caught:
        parse_metadata('<?xml version="1.0"\n encoding="utf-16"?>\n<oops>')
    assert caught.value.where == "line 3"


# --- names ------------------------------------------------------------------------------------------------------------------


def test_p14_aliases_and_full_names_across_schemas_in_any_order():
    first = schema(
        '<Using Namespace="Stock.Types" Alias="T"/><EntityContainer Name="C"><EntitySet Name="Items" EntityType="T.Item"/>'
        '<FunctionImport Name="Find" ReturnType="Collection(T.Item)" EntitySet="Items" m:HttpMethod="GET" '
        f"{M}/></EntityContainer>",
        namespace="Stock",
        attributes='Alias="Self"',
    )
    second = schema(
        entity(
            "Item",
            prop("Place", "Self.Place"),
            prop("Tags", "Collection(Self.Place)"),
            attributes='BaseType="Stock.Types.Thing"',
            key="",
        )
        + entity("Thing")
        + '<ComplexType Name="Place"><Property Name="X" Type="Edm.Double"/></ComplexType>',
        namespace="Stock.Types",
        attributes='Alias="Self"',
    )
    model = read_metadata(edmx(first, second))
    assert model.warnings == ()
    item = model.entity_types["Stock.Types.Item"]
    assert item.base_type == "Stock.Types.Thing"
    assert item.properties["Place"].type == "Stock.Types.Place"
    assert item.properties["Tags"].type == "Collection(Stock.Types.Place)"
    assert model.entity_sets["Items"].type == "Stock.Types.Item"
    assert model.function_imports["Find"][0].return_type == "Collection(Stock.Types.Item)"


def test_p14_the_longest_namespace_wins():
    inner = schema(entity("T"), namespace="A.B")
    outer = schema(entity("U", prop("X", "A.B.C")), namespace="A", attributes='Alias="A.B.C.D"')
    deep = schema('<ComplexType Name="C"/>', namespace="A.B")
    model = read_metadata(edmx(outer, inner, deep))
    assert model.entity_types["A.U"].properties["X"].type == "A.B.C"


def test_associations_are_found_by_alias():
    body = LAB.replace('"Lab.PB"', '"L.PB"').replace('"Lab.Probe"', '"L.Probe"')
    model = clean(body, attributes='Alias="L"')
    assert model.entity_types["Lab.Probe"].navigation_properties["Bench"].type == "Lab.Bench"
    assert model.associations["Lab.PB"].ends["P"].type == "Lab.Probe"


# --- types ------------------------------------------------------------------------------------------------------------------


def test_p15_key_stream_and_openness_are_inherited_and_properties_come_base_first():
    body = (
        entity("C", prop("Z"), key="", attributes='BaseType="Lab.B"')
        + entity("B", prop("Y"), key="", attributes='BaseType="Lab.A" Abstract="true"')
        + entity("A", prop("X"), attributes=f'OpenType="true" m:HasStream="true" {M}')
    )
    model = clean(body)
    found = model.entity_types["Lab.C"]
    assert found.key == ("Id",)
    assert (found.open_type, found.has_stream, found.abstract) == (True, True, False)
    assert found.properties.names() == ("Id", "X", "Y", "Z")
    assert found.declared_properties.names() == ("Z",)
    assert list(model.entity_types) == ["Lab.C", "Lab.B", "Lab.A"]
    assert model.entity_types["Lab.B"].abstract
    assert model.derived_types("Lab.A") == ("Lab.C", "Lab.B", "Lab.A")


def test_complex_types_inherit_too():
    body = (
        '<ComplexType Name="Far" BaseType="Lab.Near"><Property Name="Z" Type="Edm.Int32"/></ComplexType>'
        '<ComplexType Name="Near" Abstract="true"><Property Name="X" Type="Edm.Int32"/></ComplexType>'
    )
    model = clean(body)
    assert model.complex_types["Lab.Far"].properties.names() == ("X", "Z")
    assert model.complex_types["Lab.Near"].abstract


def test_p16_facets_are_kept():
    body = entity(
        "T",
        prop("A", rest='MaxLength="Max" FixedLength="false" Unicode="false" Collation="x" DefaultValue="none"'),
        prop("B", "Edm.Decimal", 'Precision="18" Scale="4" Nullable="false"'),
        prop("C", "Edm.GeographyPoint", 'SRID="Variable"'),
        prop("D", "Edm.GeometryPoint", 'SRID="3857"'),
        prop("E", "Edm.Binary", 'MaxLength="8" FixedLength="true" ConcurrencyMode="Fixed"'),
        prop("F", rest=f'm:MimeType="text/html" {M}'),
        prop(
            "G",
            "Edm.Int32",
            'a:StoreGeneratedPattern="Identity" xmlns:a="http://schemas.microsoft.com/ado/2009/02/edm/annotation"',
        ),
    )
    properties = clean(body).entity_types["Lab.T"].properties
    a = properties["A"]
    assert (a.max_length, a.fixed_length, a.unicode, a.collation, a.default_value) == ("Max", False, False, "x", "none")
    assert (properties["B"].precision, properties["B"].scale, properties["B"].nullable) == (18, 4, False)
    assert (properties["C"].srid, properties["D"].srid) == ("Variable", 3857)
    e = properties["E"]
    assert (e.max_length, e.fixed_length, e.concurrency_mode) == (8, True, "Fixed")
    assert properties["F"].mime_type == "text/html"
    assert properties["G"].store_generated_pattern == "Identity"
    assert properties["G"].annotations == {}


def test_properties_that_differ_only_in_name_do_not_mix():
    body = entity(
        "T", prop("A", rest='MaxLength="5"'), prop("B", rest='MaxLength="5"'), prop("C", rest='MaxLength="6"'), prop("D")
    )
    properties = clean(body).entity_types["Lab.T"].properties
    assert [(p.name, p.max_length) for p in properties][1:] == [("A", 5), ("B", 5), ("C", 6), ("D", None)]


def test_p17_enum_members_number_on():
    body = (
        '<EnumType Name="E" UnderlyingType="Edm.Byte" IsFlags="true"><Member Name="A"/><Member Name="B"/>'
        '<Member Name="C" Value="8"/><Member Name="D"/><Member Name="E" Value="-1"/></EnumType>'
    )
    found = clean(body).enum_types["Lab.E"]
    assert [(member.name, member.value) for member in found.members] == [("A", 0), ("B", 1), ("C", 8), ("D", 9), ("E", -1)]
    assert (found.underlying_type, found.is_flags) == ("Edm.Byte", True)


def test_collections_in_all_their_spellings():
    body = '<ComplexType Name="P"/>' + entity(
        "T",
        prop("A", "Collection(Edm.String)"),
        prop("B", "Collection(P)"),
        '<Property Name="C"><CollectionType ElementType="Edm.Int32"/></Property>',
        '<Property Name="D"><CollectionType><TypeRef Type="Lab.P"/></CollectionType></Property>',
    )
    properties = read(body).entity_types["Lab.T"].properties
    assert [p.type for p in properties][1:] == [
        "Collection(Edm.String)",
        "Collection(Lab.P)",
        "Collection(Edm.Int32)",
        "Collection(Lab.P)",
    ]
    kinds = clean(
        entity("T", prop("A", rest='CollectionKind="List"'), prop("B", rest='CollectionKind="None"')), edm=EDM_NAMESPACES[2]
    )
    assert [p.type for p in kinds.entity_types["Lab.T"].properties][1:] == ["Collection(Edm.String)", "Edm.String"]


# --- navigation -------------------------------------------------------------------------------------------------------------


def test_p18_navigation_follows_roles_and_sets():
    model = clean(LAB + CONTAINER)
    bench = model.entity_types["Lab.Probe"].navigation_properties["Bench"]
    probes = model.entity_types["Lab.Bench"].navigation_properties["Probes"]
    assert (bench.type, bench.multiplicity, bench.is_collection) == ("Lab.Bench", "0..1", False)
    assert (probes.type, probes.multiplicity, probes.is_collection) == ("Lab.Probe", "*", True)
    assert model.target_set(model.entity_sets["Probes"], bench) is model.entity_sets["Benches"]


def test_p18_two_sets_of_one_type_are_told_apart():
    container = (
        '<EntityContainer Name="Main">'
        '<EntitySet Name="New" EntityType="Lab.Probe"/><EntitySet Name="Old" EntityType="Lab.Probe"/>'
        '<EntitySet Name="NewBenches" EntityType="Lab.Bench"/><EntitySet Name="OldBenches" EntityType="Lab.Bench"/>'
        '<AssociationSet Name="O" Association="Lab.PB"><End Role="P" EntitySet="Old"/><End Role="B" EntitySet="OldBenches"/>'
        "</AssociationSet>"
        '<AssociationSet Name="N" Association="Lab.PB"><End Role="B" EntitySet="NewBenches"/><End Role="P" EntitySet="New"/>'
        "</AssociationSet></EntityContainer>"
    )
    model = clean(LAB + container)
    bench = model.entity_types["Lab.Probe"].navigation_properties["Bench"]
    assert model.target_set(model.entity_sets["New"], bench).name == "NewBenches"
    assert model.target_set(model.entity_sets["Old"], bench).name == "OldBenches"


def test_roles_default_to_the_type_s_name():
    body = (
        LAB.replace('Role="P" Type', "Type").replace('Role="B" Type', "Type").replace('"P"', '"Probe"').replace('"B"', '"Bench"')
    )
    model = clean(body)
    assert model.associations["Lab.PB"].ends.names() == ("Probe", "Bench")
    assert model.entity_types["Lab.Probe"].navigation_properties["Bench"].type == "Lab.Bench"


def test_p19_constraints_pair_properties_by_position():
    association = (
        '<Association Name="PB"><End Role="P" Type="Lab.Probe" Multiplicity="*"><OnDelete Action="Cascade"/></End>'
        '<End Role="B" Type="Lab.Bench" Multiplicity="0..1"/><ReferentialConstraint>'
        '<Principal Role="B"><PropertyRef Name="Code"/><PropertyRef Name="Wing"/></Principal>'
        '<Dependent Role="P"><PropertyRef Name="BenchCode"/><PropertyRef Name="BenchWing"/></Dependent>'
        "</ReferentialConstraint></Association>"
    )
    found = clean(LAB.partition("<Association")[0] + association).associations["Lab.PB"]
    constraint = found.referential_constraint
    assert (constraint.principal_role, constraint.dependent_role) == ("B", "P")
    pairs = tuple(zip(constraint.principal_properties, constraint.dependent_properties, strict=True))
    assert pairs == (("Code", "BenchCode"), ("Wing", "BenchWing"))
    assert found.ends["P"].on_delete == "Cascade"


# --- operations -------------------------------------------------------------------------------------------------------------


def operation(attributes, body="", edm=EDM):
    model = clean(
        LAB + f'<EntityContainer Name="Main"><EntitySet Name="Probes" EntityType="Lab.Probe"/>'
        f'<FunctionImport Name="Do" {attributes} {M}>{body}</FunctionImport></EntityContainer>',
        edm=edm,
    )
    return model.function_imports["Do"][0]


@pytest.mark.parametrize(
    ("attributes", "edm", "kind", "method"),
    [
        ('m:HttpMethod="GET"', EDM, OperationKind.SERVICE_OPERATION, "GET"),
        ('m:HttpMethod="post"', EDM, OperationKind.SERVICE_OPERATION, "POST"),
        ('m:HttpMethod="GET" IsSideEffecting="false"', EDM, OperationKind.SERVICE_OPERATION, "GET"),
        ("", EDM, OperationKind.ACTION, None),
        ('IsSideEffecting="true"', EDM, OperationKind.ACTION, None),
        ('IsSideEffecting="false"', EDM, OperationKind.FUNCTION, None),
        ('IsComposable="true" IsSideEffecting="false"', EDM, OperationKind.FUNCTION, None),
        ('IsComposable="true"', EDM, OperationKind.ACTION, None),
        ("", EDM_NAMESPACES[3], OperationKind.SERVICE_OPERATION, "GET"),
        ('m:HttpMethod="POST"', EDM_NAMESPACES[0], OperationKind.SERVICE_OPERATION, "POST"),
        ('IsSideEffecting="false"', EDM_NAMESPACES[0], OperationKind.FUNCTION, None),
        ('IsSideEffecting="true"', EDM_NAMESPACES[0], OperationKind.ACTION, None),
    ],
)
def test_p20_imports_are_classified(attributes, edm, kind, method):
    found = operation(attributes, edm=edm)
    assert (found.kind, found.http_method) == (kind, method)


def test_p20_bound_operations_and_overloads():
    by = '<Parameter Name="by" Type="Edm.Decimal" Nullable="false" Precision="5" Scale="2"/>'
    body = f'<Parameter Name="it" Type="Lab.Probe"/>{by}'
    found = operation('IsBindable="true" m:IsAlwaysBindable="true" EntitySetPath="it/Bench" ReturnType="Lab.Bench"', body)
    assert (found.bindable, found.always_bindable, found.entity_set_path) == (True, True, "it/Bench")
    assert found.binding_parameter.name == "it"
    by = found.url_parameters[0]
    assert (by.name, by.type, by.nullable, by.precision, by.scale) == ("by", "Edm.Decimal", False, 5, 2)
    overloads = clean(
        LAB + '<EntityContainer Name="Main"><FunctionImport Name="Do" IsBindable="true">'
        '<Parameter Name="it" Type="Lab.Probe"/></FunctionImport>'
        '<FunctionImport Name="Do" IsBindable="true"><Parameter Name="it" Type="Lab.Bench"/></FunctionImport></EntityContainer>'
    )
    assert len(overloads.function_imports["Do"]) == 2
    assert [o.binding_parameter.type for o in overloads.operations_bound_to("Lab.Bench")] == ["Lab.Bench"]


@pytest.mark.parametrize(
    ("attributes", "body", "expected"),
    [
        ('ReturnType="Collection(Lab.Probe)" EntitySet="Probes"', "", ("Collection(Lab.Probe)", "Probes", None)),
        ("", '<ReturnType Type="Collection(Lab.Probe)" EntitySet="Probes"/>', ("Collection(Lab.Probe)", "Probes", None)),
        ("", '<ReturnType Type="Lab.Probe" EntitySetPath="it/P"/><ReturnType Type="Edm.Int32"/>', ("Lab.Probe", None, "it/P")),
        ("", '<ReturnType><CollectionType ElementType="Lab.Probe"/></ReturnType>', ("Collection(Lab.Probe)", None, None)),
        (
            "",
            '<ReturnType><CollectionType><TypeRef Type="Lab.Probe"/></CollectionType></ReturnType>',
            ("Collection(Lab.Probe)", None, None),
        ),
        ("", '<ReturnType><TypeRef Type="Edm.Int32"/></ReturnType>', ("Edm.Int32", None, None)),
        ("", "", (None, None, None)),
    ],
)
def test_p21_return_types(attributes, body, expected):
    found = operation(attributes, body)
    assert (found.return_type, found.entity_set, found.entity_set_path) == expected


# --- containers -------------------------------------------------------------------------------------------------------------


def containers(*marks):
    body = "".join(f'<EntityContainer Name="C{n}" {mark} {M}/>' for n, mark in enumerate(marks))
    return read(body)


@pytest.mark.parametrize(
    ("marks", "default"),
    [
        (("", ""), "C0"),
        (("", 'm:IsDefaultEntityContainer="true"'), "C1"),
        (('m:IsDefaultEntityContainer="false"', 'm:IsDefaultEntityContainer="true"'), "C1"),
        (('m:IsDefaultEntityContainer="true"', 'm:IsDefaultEntityContainer="true"'), "C0"),
        (("",), "C0"),
        ((), None),
    ],
)
def test_p22_the_default_container(marks, default):
    found = containers(*marks).default_container
    assert (None if found is None else found.name) == default


def test_p22_extends_merges_the_other_s_children():
    body = (
        LAB
        + f'<EntityContainer Name="More" Extends="Main" m:IsDefaultEntityContainer="true" {M}>'
        + '<EntitySet Name="Others" EntityType="Lab.Bench"/></EntityContainer>'
        + CONTAINER
    )
    model = clean(body)
    more = model.default_container
    assert more.extends == "Lab.Main"
    assert more.entity_sets.names() == ("Probes", "Benches", "Others")
    assert more.association_sets.names() == ("PBs",)
    assert model.entity_sets["Probes"].container == "Lab.More"
    assert model.entity_sets["Lab.Main.Probes"].container == "Lab.Main"
    assert not model.entity_sets["Lab.Main.Probes"].in_default_container


def test_p22_containers_of_one_name_in_two_schemas():
    first = schema(entity("T") + '<EntityContainer Name="C"><EntitySet Name="Ts" EntityType="Lab.T"/></EntityContainer>')
    second = schema('<EntityContainer Name="C"><EntitySet Name="Ts" EntityType="Lab.T"/></EntityContainer>', namespace="Lab2")
    model = read_metadata(edmx(first, second))
    assert len(model.warnings) == 1  # that none is marked as the default
    assert list(model.entity_sets) == ["Ts", "Lab2.C.Ts"]
    assert model.entity_sets["Lab2.C.Ts"].url_name == "C.Ts"


# --- annotations ------------------------------------------------------------------------------------------------------------


def test_p23_vendor_attributes_and_elements_survive():
    body = entity(
        "T",
        '<Property Name="A" Type="Edm.String" v:label="An A" xmlns:v="urn:v"><v:Hint n="1">x<v:In/> y</v:Hint></Property>',
        attributes='v:creatable="false" xmlns:v="urn:v"',
    )
    found = clean(body).entity_types["Lab.T"]
    assert found.annotations == {"{urn:v}creatable": "false"}
    annotations = found.properties["A"].annotations
    assert annotations["{urn:v}label"] == "An A"
    hint = annotations["{urn:v}Hint"]
    assert type(hint) is Markup
    assert hint.element().get("n") == "1"
    assert hint == '<Hint xmlns="urn:v" n="1">x<In/> y</Hint>'


def test_p23_vocabulary_annotations_inline_and_from_outside():
    body = (
        '<Using Namespace="Org.Vocabulary" Alias="V"/>'
        + entity("T", '<Property Name="A" Type="Edm.String"><ValueAnnotation Term="V.Label" String="An A"/></Property>')
        + '<EntityContainer Name="C"><EntitySet Name="Ts" EntityType="Lab.T"/></EntityContainer>'
        + '<Annotations Target="Self.T"><ValueAnnotation Term="V.Max" Qualifier="q" Int="5"/>'
        + '<ValueAnnotation Term="V.Flag"><Bool>true</Bool></ValueAnnotation>'
        + '<TypeAnnotation Term="V.Range"><PropertyValue Property="Low" Int="1"/></TypeAnnotation></Annotations>'
        + '<Annotations Target="Self.T/A" Qualifier="r"><ValueAnnotation Term="V.Label" String="again"/></Annotations>'
        + '<Annotations Target="Lab.C"><ValueAnnotation String="KeyAsSegment" '
        + 'Term="Com.Microsoft.Data.Services.Conventions.V1.UrlConventions"/>'
        + '</Annotations><Annotations Target="Lab.C/Ts"><ValueAnnotation Term="V.Top" Path="A/B"/></Annotations>'
    )
    model = clean(body, attributes='Alias="Self"')
    found = model.entity_types["Lab.T"]
    assert found.annotations["Org.Vocabulary.Max#q"] == Constant("5", "Int")
    assert found.annotations["Org.Vocabulary.Max#q"].kind == "Int"
    assert found.annotations["Org.Vocabulary.Flag"].kind == "Bool"
    assert found.annotations["Org.Vocabulary.Range"].element()[0].get("Property") == "Low"
    assert found.properties["A"].annotations == {"Org.Vocabulary.Label": "An A", "Org.Vocabulary.Label#r": "again"}
    container = model.default_container
    assert container.annotations["Com.Microsoft.Data.Services.Conventions.V1.UrlConventions"] == "KeyAsSegment"
    assert model.entity_sets["Ts"].annotations["Org.Vocabulary.Top"].kind == "Path"
    assert model.schemas[0].annotations == {}


def test_annotations_that_aim_at_nothing_stay_with_their_schema():
    model = clean('<Annotations Target="Other.T"><ValueAnnotation Term="V.X" String="1"/></Annotations>' + entity("T"))
    (kept,) = model.schemas[0].annotations.values()
    assert kept.element().get("Target") == "Other.T"


def test_annotations_of_v4_inside_a_v2_document_are_kept_unread():
    foreign = (
        '<Annotations xmlns="http://docs.oasis-open.org/odata/ns/edm" Target="Lab.T"><Annotation Term="UI.LineItem"><Collection/>'
        "</Annotation></Annotations>"
    )
    reference = (
        '<edmx4:Reference xmlns:edmx4="http://docs.oasis-open.org/odata/ns/edmx" Uri="x">'
        '<edmx4:Include Namespace="y"/></edmx4:Reference>'
    )
    document = edmx(schema(entity("T") + foreign + foreign, edm=EDM_NAMESPACES[3]), version='m:DataServiceVersion="2.0"')
    model = read_metadata(document.replace(b"<edmx:DataServices", reference.encode() + b"<edmx:DataServices"))
    assert model.warnings == ()
    assert len(model.schemas[0].annotations["{http://docs.oasis-open.org/odata/ns/edm}Annotations"]) == 2
    assert len(model.annotations) == 1


def test_documentation_is_kept():
    body = (
        "<EntityType Name='T'><Documentation><Summary> A <b xmlns='urn:h'>good</b> T </Summary>"
        "<LongDescription>Long.</LongDescription>"
        "</Documentation><Key><PropertyRef Name='Id'/></Key><Property Name='Id' Type='Edm.Int32' Nullable='false'>"
        "<Documentation><Summary>The key</Summary></Documentation></Property></EntityType>"
    )
    found = clean(body).entity_types["Lab.T"]
    assert found.documentation == Documentation(summary="A good T", long_description="Long.")
    assert found.properties["Id"].documentation == Documentation(summary="The key")


def test_feed_mappings():
    body = (
        entity("Sub", key="", attributes='BaseType="Lab.T"')
        + entity(
            "T",
            prop("Name", rest=f'm:FC_TargetPath="SyndicationTitle" m:FC_ContentKind="html" m:FC_KeepInContent="false" {M}'),
            prop(
                "At",
                "Lab.P",
                f'm:FC_SourcePath="X" m:FC_TargetPath="x" m:FC_NsUri="urn:x" m:FC_NsPrefix="p" m:FC_SourcePath_1="Y" '
                f'm:FC_TargetPath_1="y" {M}',
            ),
            attributes=f'm:FC_SourcePath="Id" m:FC_TargetPath="SyndicationSummary" {M}',
        )
        + '<ComplexType Name="P"><Property Name="X" Type="Edm.Int32"/><Property Name="Y" Type="Edm.Int32"/></ComplexType>'
    )
    model = clean(body)
    expected = (
        FeedMapping(source_path="Id", target_path="SyndicationSummary"),
        FeedMapping(source_path="Name", target_path="SyndicationTitle", keep_in_content=False, content_kind="html"),
        FeedMapping(source_path="At/X", target_path="x", namespace_uri="urn:x", namespace_prefix="p"),
        FeedMapping(source_path="At/Y", target_path="y"),
    )
    assert model.entity_types["Lab.T"].feed_mappings == expected
    assert model.entity_types["Lab.Sub"].feed_mappings == expected
    assert model.entity_types["Lab.T"].annotations == {}


# --- oddities ---------------------------------------------------------------------------------------------------------------


def odd(body, *words, **keywords):
    model = read(body, **keywords)
    assert any(all(word in warning for word in words) for warning in model.warnings), model.warnings
    assert all(warning.startswith("line ") for warning in model.warnings)
    return model


def test_p24_what_stands_before_the_document():
    assert "byte order mark" in read_metadata(b"\xef\xbb\xbf" + edmx(schema(LAB))).warnings[0]
    model = read_metadata(b'\r\n<?xml version="1.0"?>' + edmx(schema("\n<Foo/>")))
    assert model.warnings[0] == "line 1: blanks stand before the XML declaration"
    assert model.warnings[1].startswith("line 3: ")
    assert read_metadata(b"\n" + edmx(schema(LAB))).warnings == ()


def test_unknown_namespaces_are_read_by_local_name():
    for edm in ("http://schemas.example.com/edm", ""):
        model = odd(LAB + CONTAINER, "unknown EDM namespace", edm=edm)
        assert model.entity_types == clean(LAB + CONTAINER).entity_types
    model = read_metadata(edmx(schema(LAB)).replace(b"ado/2007/06/edmx", b"ado/2099/01/edmx"))
    assert "unknown EDMX namespace" in model.warnings[0]


@pytest.mark.parametrize("version", ['Version="4.0"', 'Version=""', ""])
def test_p24_a_wrong_or_missing_version(version):
    document = edmx(schema(LAB)).replace(b'Version="1.0"', version.encode(), 1)
    model = read_metadata(document)
    assert "Version" in model.warnings[0]
    assert len(model.entity_types) == 2


def test_p24_unknown_elements_and_attributes():
    assert "Lab.T" in odd(entity("T", prop("A", rest='Foo="1"')), "unknown attribute 'Foo'", "A").entity_types
    assert "Lab.T" in odd(entity("T", "<Bar/>"), "unknown element 'Bar'", "T").entity_types
    odd(entity("T") + "<Baz/>", "unknown element 'Baz'", "Lab")


def test_attributes_of_data_services_in_the_wrong_place():
    model = odd(entity("T", prop("A", rest=f'm:HasStream="true" {M}')), "m:HasStream", "means nothing", "A")
    assert not model.entity_types["Lab.T"].has_stream
    odd(entity("T", prop("A", rest=f'm:MimeType="http://image" {M}')), "Lab.T.A", "no media type")


def test_containers_of_which_none_is_marked():
    odd('<EntityContainer Name="A"/><EntityContainer Name="B"/>', "none of 2 containers", "Lab.A is taken")
    clean('<EntityContainer Name="A"/>')


def test_sets_and_operations_that_say_too_little_or_too_much():
    def contain(body):
        return LAB + f'<EntityContainer Name="Main" {M}><EntitySet Name="Probes" EntityType="Lab.Probe"/>{body}</EntityContainer>'

    odd(contain('<FunctionImport Name="Do" m:HttpMethod="PROXY"/>'), "'PROXY' is no verb", "Do")
    odd(contain('<FunctionImport Name="Do" m:HttpMethod="GET" ReturnType="Lab.Probe"/>'), "names no EntitySet", "Do")
    odd(contain('<FunctionImport Name="Do" m:HttpMethod="GET" ReturnType="Edm.Int32" EntitySet="Probes"/>'), "means nothing")
    odd(contain('<EntitySet Name="More" EntityType="Probe"/>'), "EntitySet More", "without its namespace")
    for quiet in ('ReturnType="Lab.Probe" EntitySet="Probes"', 'ReturnType="Edm.Int32"', ""):
        clean(contain(f'<FunctionImport Name="Do" m:HttpMethod="GET" {quiet}/>'))


def test_a_document_that_declares_nothing():
    odd("", "declares no type and no container")


def test_p24_keys():
    model = odd(
        entity("T", prop("A"), key="").replace("><Prop", '><Key><PropertyRef Name="A"/></Key><Prop'), "Lab.T", "A", "nullable"
    )
    assert model.entity_types["Lab.T"].key == ("A",)
    model = odd(entity("T", prop("A"), key=""), "Lab.T", "no key")
    assert model.entity_types["Lab.T"].key == ()
    model = odd(entity("T").replace('Ref Name="Id"', 'Ref Name="No"'), "'No'", "no property")
    assert model.entity_types["Lab.T"].key == ()
    body = entity("S", prop("A"), attributes='BaseType="Lab.T"').replace('"Id"', '"A"') + entity("T")
    assert odd(body, "Lab.S", "inherited").entity_types["Lab.S"].key == ("Id",)
    derived = '<EntityType Name="S" BaseType="Lab.R"><Key><PropertyRef Name="Id"/></Key></EntityType>'
    root = '<EntityType Name="R" Abstract="true"><Property Name="Id" Type="Edm.Int32" Nullable="false"/></EntityType>'
    assert clean(derived + root).entity_types["Lab.S"].key == ("Id",)


def test_p24_roles():
    ends = (
        '<Association Name="PB"><End Role="R" Type="Lab.Probe" Multiplicity="*"/>'
        '<End Role="R" Type="Lab.Bench" Multiplicity="1"/></Association>'
    )
    body = (
        entity("Probe", '<NavigationProperty Name="Bench" Relationship="Lab.PB" FromRole="R" ToRole="R"/>')
        + entity("Bench")
        + ends
    )
    model = odd(body, "Lab.PB", "both", "'R'")
    assert model.entity_types["Lab.Probe"].navigation_properties["Bench"].type == "Lab.Bench"
    model = odd(LAB.replace('ToRole="B"', 'ToRole="X"'), "Lab.Probe.Bench", "'X'", "other end")
    assert model.entity_types["Lab.Probe"].navigation_properties["Bench"].type == "Lab.Bench"
    model = odd(LAB.replace('FromRole="P" ToRole="B"', 'FromRole="X" ToRole="Y"'), "Lab.Probe.Bench", "dropped")
    assert "Bench" not in model.entity_types["Lab.Probe"].navigation_properties


def test_p24_missing_associations():
    model = odd(LAB.partition("<Association")[0] + CONTAINER, "Lab.Probe.Bench", "'Lab.PB'", "dropped")
    assert len(model.entity_types["Lab.Probe"].navigation_properties) == 0
    assert model.entity_sets["Probes"].type == "Lab.Probe"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (entity("T") + entity("T", prop("A")), "EntityType Lab.T"),
        (entity("T") + '<ComplexType Name="T"/>', "ComplexType Lab.T"),
        (entity("T", prop("A"), prop("A", "Edm.Int32")), "Lab.T.A"),
        (entity("T", prop("Id")), "Lab.T.Id"),
        (entity("S", prop("Id"), key="", attributes='BaseType="Lab.T"') + entity("T"), "Lab.S.Id"),
        (entity("T") + '<EnumType Name="E"><Member Name="A"/><Member Name="A"/></EnumType>', "Lab.E"),
        (LAB.replace('Name="Row"', 'Name="Bench"'), "Lab.Probe.Bench"),
        (LAB + CONTAINER.replace('"Benches" E', '"Probes" E'), "EntitySet Probes"),
        (LAB + CONTAINER + CONTAINER, "EntityContainer Lab.Main"),
        (
            entity("T") + '<EntityContainer Name="C"><FunctionImport Name="F"/><FunctionImport Name="F"/></EntityContainer>',
            "FunctionImport F",
        ),
        (
            entity("T") + '<EntityContainer Name="C"><FunctionImport Name="F"><Parameter Name="p" Type="Edm.Int32"/>'
            '<Parameter Name="p" Type="Edm.Int32"/></FunctionImport></EntityContainer>',
            "parameter 'p'",
        ),
    ],
)
def test_p24_duplicate_names_first_wins(body, word):
    model = read(body)
    assert any(word in warning and "twice" in warning for warning in model.warnings), model.warnings
    if "Lab.T" in model.entity_types:
        assert model.entity_types["Lab.T"].properties["Id"].type == "Edm.Int32"
        if "A" in model.entity_types["Lab.T"].properties:
            assert model.entity_types["Lab.T"].properties["A"].type == "Edm.String"


@pytest.mark.parametrize(
    ("attributes", "field", "value"),
    [
        ('Nullable="True"', "nullable", True),
        ('Nullable="1"', "nullable", True),
        ('Nullable="FALSE"', "nullable", False),
        ('Nullable="0"', "nullable", False),
        ('Nullable="maybe"', "nullable", True),
        ('MaxLength="max"', "max_length", "Max"),
        ('MaxLength="many"', "max_length", None),
        ('MaxLength="-1"', "max_length", None),
        ('Precision="x"', "precision", None),
        ('FixedLength="8"', "fixed_length", True),
        ('SRID="variable"', "srid", "Variable"),
        ('ConcurrencyMode="fixed"', "concurrency_mode", "Fixed"),
        ('ConcurrencyMode="Loose"', "concurrency_mode", "None"),
    ],
)
def test_p24_odd_facets(attributes, field, value):
    model = odd(entity("T", prop("A", rest=attributes), prop("B", rest=attributes)), "Lab.T.A", attributes.partition("=")[0])
    assert getattr(model.entity_types["Lab.T"].properties["A"], field) == value
    assert len(model.warnings) == 2


@pytest.mark.parametrize(
    ("spelling", "type_name"),
    [
        ("MultiValue(Edm.String)", "Collection(Edm.String)"),
        ("Bag(Lab.P)", "Collection(Lab.P)"),
        ("Edm.Float", "Edm.Double"),
        ("edm.string", "Edm.String"),
        ("P", "Lab.P"),
        ("Other.Thing", "Other.Thing"),
        ("Edm.Quaternion", "Edm.Quaternion"),
    ],
)
def test_p24_r38_odd_types(spelling, type_name):
    model = odd('<ComplexType Name="P"/>' + entity("T", prop("A", spelling)), spelling.partition("(")[0])
    assert model.entity_types["Lab.T"].properties["A"].type == type_name


def test_p24_multiplicities():
    model = odd(LAB.replace('Multiplicity="0..1"', 'Multiplicity="1..1"'), "Lab.PB", "'1..1'")
    assert model.associations["Lab.PB"].ends["B"].multiplicity == "1"


def test_p24_the_metadata_namespace_in_other_capitals():
    body = entity("T", attributes='n:HasStream="true" xmlns:n="http://schemas.microsoft.com/ado/2007/08/DataServices/Metadata"')
    assert odd(body, "DataServices/Metadata").entity_types["Lab.T"].has_stream


def test_p24_r38_dangling_names():
    model = odd(entity("T", attributes='BaseType="No.Where"'), "Lab.T", "'No.Where'")
    assert model.entity_types["Lab.T"].base_type is None
    model = odd(LAB + CONTAINER.replace('"Lab.Probe"/>', '"No.Where"/>'), "EntitySet Probes", "'No.Where'")
    assert model.entity_sets["Probes"].type == "No.Where"
    odd(LAB + CONTAINER.replace('Association="Lab.PB"', 'Association="Lab.X"'), "AssociationSet PBs", "'Lab.X'")
    odd(LAB + CONTAINER.replace('EntitySet="Probes"', 'EntitySet="No"'), "AssociationSet PBs", "'No'")
    odd('<EntityContainer Name="C" Extends="No.Where"/>', "Lab.C", "'No.Where'")
    odd(LAB.replace('Type="Lab.Bench"', 'Type="Lab.No"'), "'Lab.No'")


def test_p24_a_type_that_names_itself_as_base():
    model = odd(entity("T", attributes='BaseType="Lab.T"'), "Lab.T", "itself")
    assert model.entity_types["Lab.T"].base_type is None


@pytest.mark.parametrize(
    "body",
    [
        "<EntityType/>",
        '<EntityType Name=" "/>',
        "<EntityContainer><EntitySet/></EntityContainer>",
        entity("T", "<Property/>", '<Property Type="Edm.String"/>', "<NavigationProperty/>"),
        entity("T", '<Property Name="A"/>'),
        entity("T", "<Key><PropertyRef/></Key>"),
        '<Association Name="A"/>',
        '<Association Name="A"><End/></Association>',
        '<Association Name="A"><End/><End/><ReferentialConstraint/></Association>',
        '<EnumType Name="E" UnderlyingType="Edm.String"><Member/><Member Name="A" Value="x"/>'
        '<Member Name="B" Value="99999999999999999999"/></EnumType>',
        '<EntityContainer Name="C"><EntitySet Name="S"/><AssociationSet Name="A"><End/></AssociationSet><FunctionImport/>'
        "</EntityContainer>",
        '<EntityContainer Name="C"><FunctionImport Name="F"><Parameter/><ReturnType/></FunctionImport></EntityContainer>',
        '<Annotations/><Annotations Target="Lab.T"><ValueAnnotation/></Annotations>' + entity("T"),
        entity("T", prop("A", "Collection(Collection(Collection(Collection(Edm.String))))"), prop("B", "Collection(")),
        entity("T", prop("A", "")),
    ],
)
def test_r38_half_a_declaration_is_a_warning(body):
    model = read(body)
    assert model.warnings
    assert pickle.loads(pickle.dumps(model)) == model


def test_r36_r37_names_are_only_names(tmp_path):
    marker = tmp_path / "marker"
    names = ["class", "__init__", "None", "{0.__class__}", "a'b", 'q"uote', "new&#10;line", "Ünïcode", f"open('{marker}','w')"]
    body = "".join(prop(name.replace('"', "&quot;")) for name in names)
    model = clean(entity("T", body))
    assert len(model.entity_types["Lab.T"].properties) == len(names) + 1
    assert not marker.exists()


# --- refused ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "where", "word"),
    [
        (b"", "line 1", "XML"),
        (b"no xml", "line 1", "XML"),
        (b'{"value":[]}', "line 1", "XML"),
        (b"<html><body>Sign in</body></html>", "line 1", "HTML page"),
        (b"\n<service xmlns='http://www.w3.org/2007/app'/>", "line 2", "service"),
        (b'<!DOCTYPE x [<!ENTITY y "z">]>' + edmx(schema(LAB)), "line 1", "DOCTYPE"),
        (edmx(), "line 1", "no Schema"),
        (edmx(schema(LAB))[:-20], "line 1", "XML"),
        (edmx(schema(LAB + "&nbsp;")), "line 1", "nbsp"),
    ],
)
def test_p25_r24_what_is_no_metadata(document, where, word):
    with pytest.raises(MetadataError, match=word) as caught:
        read_metadata(document)
    assert caught.value.where == where


@pytest.mark.parametrize("kind", ["EntityType", "ComplexType"])
def test_p25_r38_circles_of_base_types(kind):
    body = "\n".join(f'<{kind} Name="{name}" BaseType="Lab.{base}"/>' for name, base in ["AB", "BC", "CA", "DA"])
    with pytest.raises(MetadataError, match=r"Lab\.A -> Lab\.B -> Lab\.C -> Lab\.A") as caught:
        read("\n" + body)
    assert caught.value.where == "line 2"


def test_p25_circles_of_containers():
    with pytest.raises(MetadataError, match="derives from itself"):
        read('<EntityContainer Name="A" Extends="B"/><EntityContainer Name="B" Extends="A"/>')


@pytest.mark.parametrize(
    "document",
    [
        '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices/></edmx:Edmx>',
        edmx(schema(LAB, edm="http://docs.oasis-open.org/odata/ns/edm")).decode(),
        schema(LAB, edm="http://docs.oasis-open.org/odata/ns/edm"),
    ],
)
def test_metadata_of_v4_is_named_as_such(document):
    with pytest.raises(MetadataError, match="V4"):
        read_metadata(document.encode())


# --- cost -------------------------------------------------------------------------------------------------------------------


def test_r38_inheritance_two_thousand_deep():
    body = "".join(
        entity(f"T{n}", prop(f"P{n}"), key="" if n < 1999 else "Id", attributes=f'BaseType="Lab.T{n + 1}"' if n < 1999 else "")
        for n in range(2000)
    )
    model = clean(body)
    leaf = model.entity_types["Lab.T0"]
    assert len(leaf.properties) == 2001
    assert leaf.key == ("Id",)
    assert model.is_derived("Lab.T0", "Lab.T1999")


def test_r38_reading_a_deep_hierarchy_keeps_no_table_of_every_level():
    body = "".join(
        entity(f"T{n}", prop(f"P{n}"), key="Id" if n == 0 else "", attributes=f'BaseType="Lab.T{n - 1}"' if n else "")
        for n in range(1000)
    )
    document = edmx(schema(body))
    tracemalloc.start()
    try:
        model = read_metadata(document)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    lists = sum(len(found.properties) for found in model.entity_types.values()) * 8
    assert most < 3 * lists


def test_r38_a_circle_of_two_thousand():
    body = "".join(f'<EntityType Name="T{n}" BaseType="Lab.T{(n + 1) % 2000}"/>' for n in range(2000))
    with pytest.raises(MetadataError) as caught:
        read(body)
    assert len(str(caught.value)) < 500


def _many(types):
    body = "".join(
        entity(
            f"T{n}",
            *(prop(f"P{p}", f"Edm.{('String', 'Int32', 'Guid')[p % 3]}") for p in range(10)),
            *(
                f'<NavigationProperty Name="N{p}" Relationship="Lab.A{(n + p) % types}" FromRole="F" ToRole="T"/>'
                for p in range(10)
            ),
        )
        + f'<Association Name="A{n}"><End Role="F" Type="Lab.T{n}" Multiplicity="1"/>'
        f'<End Role="T" Type="Lab.T{n}" Multiplicity="*"/>'
        "</Association>"
        for n in range(types)
    )
    sets = "".join(
        f'<EntitySet Name="S{n}" EntityType="Lab.T{n}"/><FunctionImport Name="F" IsBindable="true">'
        f'<Parameter Name="p{n}" Type="Lab.T{n}"/></FunctionImport>'
        for n in range(types)
    )
    return edmx(schema(body + f'<EntityContainer Name="C">{sets}</EntityContainer>'))


def _calls(document):
    """How many calls reading takes, which no busy machine changes."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        read_metadata(document)
    finally:
        sys.setprofile(None)
    return calls


def test_r39_cost_is_linear():
    small, large = _many(50), _many(400)
    assert _calls(large) < 8 * 1.5 * _calls(small)


# --- damage -----------------------------------------------------------------------------------------------------------------

WHOLE = edmx(schema(LAB + CONTAINER + '<EnumType Name="E"><Member Name="A" Value="1"/></EnumType>', attributes='Alias="Self"'))


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6), st.booleans())
def test_damaged_documents_raise_only_odata_errors(changes, cut):
    damaged = bytearray(WHOLE)
    for place, byte in changes:
        damaged[place] = byte
    data = bytes(damaged[: changes[0][0]] if cut else damaged)
    try:
        read_metadata(data)
    except ODataError as error:
        assert isinstance(error, MetadataError)


TAGS = [
    "Schema",
    "EntityType",
    "ComplexType",
    "EnumType",
    "Key",
    "PropertyRef",
    "Property",
    "NavigationProperty",
    "Association",
    "End",
]
TAGS += ["EntityContainer", "EntitySet", "AssociationSet", "FunctionImport", "Parameter", "ReturnType", "Member", "Annotations"]
TAGS += [
    "ValueAnnotation",
    "Using",
    "CollectionType",
    "TypeRef",
    "Documentation",
    "Summary",
    "ReferentialConstraint",
    "Principal",
]
NAMES = ["A", "B", "Lab.A", "Lab.B", "Edm.String", "Collection(Lab.A)", "", "1", "true", "Lab", "A/B"]
ATTRIBUTES = [
    "Name",
    "Type",
    "BaseType",
    "Namespace",
    "Alias",
    "Role",
    "EntitySet",
    "EntityType",
    "Relationship",
    "FromRole",
    "ToRole",
]
ATTRIBUTES += [
    "Association",
    "Multiplicity",
    "ReturnType",
    "Extends",
    "Target",
    "Term",
    "Value",
    "Nullable",
    "Qualifier",
    "String",
]
ELEMENT = st.recursive(
    st.tuples(st.sampled_from(TAGS), st.dictionaries(st.sampled_from(ATTRIBUTES), st.sampled_from(NAMES)), st.just([])),
    lambda inner: st.tuples(
        st.sampled_from(TAGS), st.dictionaries(st.sampled_from(ATTRIBUTES), st.sampled_from(NAMES)), st.lists(inner, max_size=5)
    ),
    max_leaves=20,
)


def _spelled(element):
    tag, attributes, children = element
    given_attributes = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{tag}{given_attributes}>{''.join(map(_spelled, children))}</{tag}>"


@given(st.lists(ELEMENT, max_size=8))
def test_jumbled_documents_raise_only_odata_errors(elements):
    try:
        model = read("".join(map(_spelled, elements)))
    except MetadataError:
        return
    for entity_type in model.entity_types.values():
        assert len(entity_type.key_properties) == len(entity_type.key)
