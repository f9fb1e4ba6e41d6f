"""A small model for the tests of this floor: every kind of property, navigation both ways, inheritance, an open type."""

from __future__ import annotations

from odata3.edm.model import (
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
)


def _property(name: str, type_: str, nullable: bool = True) -> Property:
    return Property(name=name, type=type_, nullable=nullable)


def _to(name: str, target: str, multiplicity: str) -> NavigationProperty:
    return NavigationProperty(
        name=name, type=f"Shop.{target}", multiplicity=multiplicity, relationship=f"Shop.{name}", from_role="from", to_role="to"
    )


_PRODUCT_PROPERTIES = (
    _property("ID", "Edm.Int32", False),
    _property("Name", "Edm.String"),
    _property("Price", "Edm.Decimal", False),
    _property("Weight", "Edm.Double"),
    _property("Ratio", "Edm.Single"),
    _property("Rating", "Edm.Int32"),
    _property("Stock", "Edm.Int64", False),
    _property("Size", "Edm.Byte"),
    _property("Flag", "Edm.Boolean"),
    _property("Active", "Edm.Boolean", False),
    _property("Made", "Edm.DateTime", False),
    _property("Seen", "Edm.DateTime"),
    _property("Sent", "Edm.DateTimeOffset"),
    _property("Duration", "Edm.Time"),
    _property("Code", "Edm.Guid"),
    _property("Data", "Edm.Binary"),
    _property("Color", "Shop.Color"),
    _property("Rights", "Shop.Rights", False),
    _property("Tags", "Collection(Edm.String)", False),
    _property("Places", "Collection(Shop.Address)", False),
    _property("Address", "Shop.Address"),
    _property("Spot", "Edm.GeographyPoint"),
    _property("Road", "Edm.GeographyLineString"),
    _property("Photo", "Edm.Stream", False),
    _property("class", "Edm.String"),
    _property("cast", "Edm.String"),
)
_PRODUCT_WAYS = (_to("Category", "Category", "0..1"), _to("Supplier", "Supplier", "1"), _to("Orders", "Order", "*"))

PRODUCT = EntityType(
    name="Product",
    namespace="Shop",
    key=("ID",),
    properties=Members(_PRODUCT_PROPERTIES),
    declared_properties=Members(_PRODUCT_PROPERTIES),
    navigation_properties=Members(_PRODUCT_WAYS),
    declared_navigation_properties=Members(_PRODUCT_WAYS),
)
SPECIAL = EntityType(
    name="SpecialProduct",
    namespace="Shop",
    base_type="Shop.Product",
    key=("ID",),
    properties=Members((*_PRODUCT_PROPERTIES, _property("Limit", "Edm.Decimal", False))),
    declared_properties=Members((_property("Limit", "Edm.Decimal", False),)),
    navigation_properties=Members((*_PRODUCT_WAYS, _to("Guarantor", "Supplier", "0..1"))),
    declared_navigation_properties=Members((_to("Guarantor", "Supplier", "0..1"),)),
)
CATEGORY = EntityType(
    name="Category",
    namespace="Shop",
    key=("ID",),
    properties=Members((_property("ID", "Edm.Int32", False), _property("Name", "Edm.String"), _property("Limit", "Edm.Decimal"))),
    navigation_properties=Members((_to("Products", "Product", "*"), _to("Parent", "Category", "0..1"))),
)
SUPPLIER = EntityType(
    name="Supplier",
    namespace="Shop",
    key=("Code",),
    properties=Members((_property("Code", "Edm.String", False), _property("Name", "Edm.String", False))),
    navigation_properties=Members((_to("Products", "Product", "*"),)),
)
ORDER = EntityType(
    name="Order",
    namespace="Shop",
    key=("Number",),
    properties=Members((_property("Number", "Edm.Int64", False), _property("Total", "Edm.Decimal", False))),
    navigation_properties=Members((_to("Items", "Product", "*"),)),
)
MACHINE = EntityType(
    name="Machine",
    namespace="Shop",
    key=("ID", "StampId"),
    properties=Members(
        (_property("ID", "Edm.Guid", False), _property("StampId", "Edm.Guid", False), _property("Name", "Edm.String"))
    ),
)
NOTE = EntityType(
    name="Note",
    namespace="Shop",
    open_type=True,
    key=("Day",),
    properties=Members((_property("Day", "Edm.DateTime", False),)),
)
ADDRESS = ComplexType(
    name="Address",
    namespace="Shop",
    properties=Members(
        (_property("Street", "Edm.String"), _property("City", "Edm.String", False), _property("Zip", "Edm.Int32"))
    ),
)
COLOR = EnumType(
    name="Color",
    namespace="Shop",
    members=Members((EnumMember(name="Red", value=0), EnumMember(name="Green", value=1), EnumMember(name="Blue", value=2))),
)
RIGHTS = EnumType(
    name="Rights",
    namespace="Shop",
    is_flags=True,
    members=Members((EnumMember(name="Read", value=1), EnumMember(name="Write", value=2), EnumMember(name="Own", value=4))),
)

_SETS = tuple(
    EntitySet(name=name, type=f"Shop.{target}", container="Shop.Main")
    for name, target in (
        ("Products", "Product"),
        ("Categories", "Category"),
        ("Suppliers", "Supplier"),
        ("Orders", "Order"),
        ("Machines", "Machine"),
        ("Notes", "Note"),
    )
)
_OTHER = EntitySet(name="Archive", type="Shop.Product", container="Shop.Cellar", in_default_container=False)


def _operation(name: str, kind: OperationKind, *parameters: tuple[str, str], bindable: bool = False, returns: str | None = None):
    return FunctionImport(
        name=name,
        container="Shop.Main",
        kind=kind,
        parameters=Members(Parameter(name=n, type=t) for n, t in parameters),
        bindable=bindable,
        return_type=returns,
    )


_OPERATIONS = (
    _operation("Cheapest", OperationKind.SERVICE_OPERATION, ("count", "Edm.Int32"), returns="Collection(Shop.Product)"),
    _operation("Add", OperationKind.FUNCTION, ("a", "Edm.Int32"), ("b", "Edm.Int32"), returns="Edm.Int32"),
    _operation("Discount", OperationKind.ACTION, ("p", "Shop.Product"), ("percent", "Edm.Int32"), bindable=True),
    _operation("DiscountAll", OperationKind.ACTION, ("p", "Collection(Shop.Product)"), bindable=True),
)

MODEL = Model(
    entity_types={t.full_name: t for t in (PRODUCT, SPECIAL, CATEGORY, SUPPLIER, ORDER, MACHINE, NOTE)},
    complex_types={ADDRESS.full_name: ADDRESS},
    enum_types={COLOR.full_name: COLOR, RIGHTS.full_name: RIGHTS},
    entity_containers={
        "Shop.Main": EntityContainer(
            name="Main", namespace="Shop", is_default=True, entity_sets=Members(_SETS), function_imports=_OPERATIONS
        ),
        "Shop.Cellar": EntityContainer(name="Cellar", namespace="Shop", entity_sets=Members((_OTHER,))),
    },
    entity_sets={**{s.name: s for s in _SETS}, _OTHER.qualified_name: _OTHER},
    function_imports={o.name: (o,) for o in _OPERATIONS},
)
