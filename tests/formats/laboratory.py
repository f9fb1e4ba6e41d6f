"""One small service that has everything: a model for the tests of all three dialects, built by hand.

``Probes`` (a base type, a derived one, concurrency, a named stream, complex values and collections, bound operations),
``Benches`` (string keys), ``Films`` (media entities), ``Notes`` (an open type), ``Pairs`` (a composite key), ``Samples`` (one
property of each primitive type, spatial ones and enums included).
"""

from __future__ import annotations

from odata3.edm.model import (
    Association,
    AssociationEnd,
    AssociationSet,
    ComplexType,
    EntityContainer,
    EntitySet,
    EntityType,
    EnumMember,
    EnumType,
    FunctionImport,
    Members,
    Model,
    NavigationProperty,
    OperationKind,
    Parameter,
    Property,
    Schema,
)

ROOT = "http://lab.example/svc/"

PRIMITIVES = (
    "Binary",
    "Boolean",
    "Byte",
    "SByte",
    "Int16",
    "Int32",
    "Int64",
    "Decimal",
    "Double",
    "Single",
    "String",
    "Guid",
    "DateTime",
    "DateTimeOffset",
    "Time",
)
SPATIAL = ("GeographyPoint", "GeometryLineString", "Geography", "Geometry", "GeographyPolygon", "GeometryCollection")


def _key(name: str, type_name: str) -> Property:
    return Property(name=name, type=type_name, nullable=False)


def _p(name: str, type_name: str, **facets: object) -> Property:
    return Property(name=name, type=type_name, **facets)  # type: ignore[arg-type]


def _entity(
    name: str,
    key: tuple[str, ...],
    properties: list[Property],
    navigation: list[NavigationProperty] | None = None,
    base: EntityType | None = None,
    **flags: bool,
) -> EntityType:
    inherited = [] if base is None else list(base.properties)
    inherited_navigation = [] if base is None else list(base.navigation_properties)
    return EntityType(
        name=name,
        namespace="Lab",
        base_type=None if base is None else base.full_name,
        key=key,
        properties=Members([*inherited, *properties]),
        declared_properties=Members(properties),
        navigation_properties=Members([*inherited_navigation, *(navigation or [])]),
        declared_navigation_properties=Members(navigation or []),
        **flags,
    )


def _nav(name: str, target: str, multiplicity: str, relationship: str, from_role: str, to_role: str) -> NavigationProperty:
    return NavigationProperty(
        name=name,
        type=f"Lab.{target}",
        multiplicity=multiplicity,
        relationship=f"Lab.{relationship}",
        from_role=from_role,
        to_role=to_role,
    )


def build_model() -> Model:
    """The model, anew."""
    xy = ComplexType(name="Xy", namespace="Lab", properties=Members([_p("X", "Edm.Double"), _p("Label", "Edm.String")]))
    z = [_p("Z", "Edm.Int64"), _p("Next", "Lab.Xy"), _p("When", "Edm.DateTime")]
    xyz = ComplexType(
        name="Xyz",
        namespace="Lab",
        base_type="Lab.Xy",
        properties=Members([*xy.properties, *z]),
        declared_properties=Members(z),
    )
    color = EnumType(
        name="Color",
        namespace="Lab",
        members=Members([EnumMember(name="Red", value=0), EnumMember(name="Green", value=1), EnumMember(name="Blue", value=7)]),
    )
    access = EnumType(
        name="Access",
        namespace="Lab",
        underlying_type="Edm.Int64",
        is_flags=True,
        members=Members([EnumMember(name="Read", value=1), EnumMember(name="Write", value=2), EnumMember(name="Own", value=4)]),
    )
    probe = _entity(
        "Probe",
        ("Id",),
        [
            _key("Id", "Edm.Int64"),
            _p("Name", "Edm.String"),
            _p("Row", "Edm.Binary", concurrency_mode="Fixed"),
            _p("Cal", "Edm.DateTime"),
            _p("Pos", "Lab.Xy"),
            _p("Tags", "Collection(Edm.String)"),
            _p("Marks", "Collection(Edm.Int64)"),
            _p("Moments", "Collection(Edm.DateTime)"),
            _p("Spots", "Collection(Lab.Xy)"),
            _p("Color", "Lab.Color"),
            _p("Photo", "Edm.Stream"),
        ],
        [_nav("Bench", "Bench", "0..1", "PB", "P", "B"), _nav("Parts", "Pair", "*", "PP", "P", "Q")],
    )
    hot = _entity("HotProbe", ("Id",), [_p("Heat", "Edm.Decimal")], [_nav("Film", "Film", "0..1", "HF", "H", "F")], base=probe)
    bench = _entity(
        "Bench",
        ("Code",),
        [_key("Code", "Edm.String"), _p("Room", "Edm.Int32")],
        [_nav("Probes", "Probe", "*", "PB", "B", "P")],
    )
    film = _entity("Film", ("Id",), [_key("Id", "Edm.Guid"), _p("Title", "Edm.String")], has_stream=True)
    note = _entity("Note", ("Id",), [_key("Id", "Edm.Int32"), _p("Text", "Edm.String")], open_type=True)
    pair = _entity("Pair", ("Left", "Right"), [_key("Left", "Edm.Guid"), _key("Right", "Edm.String"), _p("Weight", "Edm.Single")])
    sample = _entity(
        "Sample",
        ("Id",),
        [
            _key("Id", "Edm.Guid"),
            *(_p(f"A{name}", f"Edm.{name}") for name in (*PRIMITIVES, *SPATIAL)),
            *(_p(f"Many{name}", f"Collection(Edm.{name})") for name in PRIMITIVES),
            _p("AColor", "Lab.Color"),
            _p("AAccess", "Lab.Access"),
            _p("ManyColor", "Collection(Lab.Color)"),
        ],
    )
    types = (probe, hot, bench, film, note, pair, sample)
    associations = (
        _association("PB", ("P", probe, "*"), ("B", bench, "0..1")),
        _association("PP", ("P", probe, "0..1"), ("Q", pair, "*")),
    )
    associations += (_association("HF", ("H", hot, "*"), ("F", film, "0..1")),)
    container = _container(types)
    return Model(
        schemas=Members([Schema(namespace="Lab")]),
        entity_types={t.full_name: t for t in types},
        complex_types={"Lab.Xy": xy, "Lab.Xyz": xyz},
        enum_types={"Lab.Color": color, "Lab.Access": access},
        associations={a.full_name: a for a in associations},
        entity_containers={container.full_name: container},
        entity_sets={s.qualified_name: s for s in container.entity_sets},
        function_imports=_by_name(container.function_imports),
        version="3.0",
    )


def _association(name: str, *ends: tuple[str, EntityType, str]) -> Association:
    return Association(
        name=name,
        namespace="Lab",
        ends=Members([AssociationEnd(name=role, type=type_.full_name, multiplicity=many) for role, type_, many in ends]),
    )


def _container(types: tuple[EntityType, ...]) -> EntityContainer:
    names = {"Probe": "Probes", "Bench": "Benches", "Film": "Films", "Note": "Notes", "Pair": "Pairs", "Sample": "Samples"}
    sets = [EntitySet(name=s, type=f"Lab.{t}", container="Lab.Main") for t, s in names.items()]
    joined = [
        AssociationSet(name="PBs", association="Lab.PB", ends=(("P", "Probes"), ("B", "Benches"))),
        AssociationSet(name="PPs", association="Lab.PP", ends=(("P", "Probes"), ("Q", "Pairs"))),
        AssociationSet(name="HFs", association="Lab.HF", ends=(("H", "Probes"), ("F", "Films"))),
    ]
    bound = Parameter(name="probe", type="Lab.Probe")
    functions = (
        FunctionImport(
            name="Recalibrate",
            container="Lab.Main",
            kind=OperationKind.ACTION,
            parameters=Members([bound, Parameter(name="Offset", type="Edm.Decimal")]),
            bindable=True,
            always_bindable=True,
        ),
        FunctionImport(
            name="Cool",
            container="Lab.Main",
            kind=OperationKind.FUNCTION,
            parameters=Members([Parameter(name="probe", type="Lab.HotProbe")]),
            return_type="Edm.Int32",
            bindable=True,
            always_bindable=True,
            side_effecting=False,
        ),
        FunctionImport(
            name="Melt",
            container="Lab.Main",
            kind=OperationKind.ACTION,
            parameters=Members([bound]),
            bindable=True,
        ),
    )
    return EntityContainer(
        name="Main",
        namespace="Lab",
        is_default=True,
        entity_sets=Members(sets),
        association_sets=Members(joined),
        function_imports=functions,
    )


def _by_name(functions: tuple[FunctionImport, ...]) -> dict[str, tuple[FunctionImport, ...]]:
    found: dict[str, tuple[FunctionImport, ...]] = {}
    for function in functions:
        found[function.qualified_name] = (*found.get(function.qualified_name, ()), function)
    return found


MODEL = build_model()
