"""Values in Atom: the children of ``m:properties`` as raw values, which are small Python things and hold no part of the tree.

::

    <d:Id m:type="Edm.Int64">7</d:Id>                          "7"
    <d:Note m:null="true"/>                                    None
    <d:Tags><d:element>a</d:element></d:Tags>                  ["a"]
    <d:Pos m:type="Lab.Xy"><d:X>1</d:X></d:Pos>                {"m:type": "Lab.Xy", "X": "1"}
    <d:Home><gml:Point>…</gml:Point></d:Home>                  GmlText("<gml:Point …>")
    <d:Extra m:type="Edm.Byte">7</d:Extra>                     Typed("Edm.Byte", "7"), where no model declares it

What the names of a type mean is decided once (:class:`Shape`), and the codec of the type reads the raw values when they are asked
for. Source: digest section 5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from odata3.edm.model import ComplexType, EntityType, Model, element_type
from odata3.errors import DataServiceClientException
from odata3.formats.faults import fault_of_element, in_stream
from odata3.formats.gml import Typed, gml_text
from odata3.markup import NS

_D = f"{{{NS.D}}}"
_GML = "{http://www.opengis.net/gml"
TYPE = f"{{{NS.M}}}type"
NULL = f"{{{NS.M}}}null"
ERROR = f"{{{NS.M}}}error"
_ELEMENT = f"{_D}element"
_TRUE = frozenset({"true", "1", "True", "TRUE"})
_PREVIEW_COLLECTIONS = ("MultiValue(", "Bag(")


class Shape:
    """What the elements of one type's properties are: the names of those that are text, by tag, and the types of the others."""

    __slots__ = ("names", "types")

    def __init__(self, structured: EntityType | ComplexType | None, model: Model | None) -> None:
        self.names: dict[Any, str] = {}
        self.types: dict[str, str] = {}
        for declared in () if structured is None else structured.properties:
            if declared.is_stream:
                continue
            if _is_text(declared.type, model):
                self.names[_D + declared.name] = declared.name
            else:
                self.types[declared.name] = declared.type


def _is_text(type_name: str, model: Model | None) -> bool:
    if type_name.startswith("Edm."):
        return not type_name.startswith("Edm.Geo")
    return model is not None and type_name in model.enum_types


class ValueReader:
    """Reads values of one model. Safe to share between threads."""

    def __init__(self, model: Model | None) -> None:
        self._model = model
        self._shapes: dict[str | None, Shape] = {}

    def shape(self, type_name: str | None) -> Shape:
        found = self._shapes.get(type_name)
        if found is None:
            structured = None if self._model is None or type_name is None else self._model.structured_type(type_name)
            found = Shape(structured, self._model)
            if structured is not None or type_name is None:
                self._shapes[type_name] = found
        return found

    def properties(self, element: etree._Element, shape: Shape, values: dict[str, Any]) -> dict[str, Any]:
        """Put the children of ``m:properties``, or of a complex value, into ``values``."""
        names = shape.names
        for child in element:
            name = names.get(child.tag)
            if name is None:
                self._other(child, shape, values)
                continue
            text = child.text
            if text is None or len(child) or child.get(NULL) is not None:
                text = self._unusual(child)
            values[name] = text
        return values

    def lean_properties(self, element: etree._Element, shape: Shape, values: dict[str, Any]) -> dict[str, Any]:
        """The same for a document in which every null element is empty: only those without text are asked."""
        names = shape.names
        for child in element:
            name = names.get(child.tag)
            if name is None:
                self._other(child, shape, values)
                continue
            text = child.text
            if text is None or len(child):
                text = self._unusual(child)
            values[name] = text
        return values

    def _unusual(self, element: etree._Element) -> Any:
        """An element of a text type that is null or empty; one with children keeps them, for its decoder to refuse."""
        if element.get(NULL) in _TRUE:
            return None
        return self._complex(element, None) if len(element) else element.text or ""

    def _other(self, element: etree._Element, shape: Shape, values: dict[str, Any]) -> None:
        tag = str(element.tag)
        if not tag.startswith(_D):
            if tag == ERROR:
                raise broken_off(element)
            return
        name = tag[len(_D) :]
        declared = shape.types.get(name)
        values[name] = self.undeclared(element) if declared is None else self.raw(element, declared)

    def raw(self, element: etree._Element, type_name: str) -> Any:
        """The raw value of an element of this type. What does not fit the type stays as it is, for its decoder to refuse."""
        if element.get(NULL) in _TRUE:
            return None
        if not len(element):
            text = element.text or ""
            if not text.strip():
                if type_name.startswith("Collection("):
                    return []
                if self._model is not None and type_name in self._model.complex_types:
                    return self._complex(element, type_name)
            return text
        if type_name.startswith("Collection("):
            item_type = element_type(type_name)
            return [self.raw(item, item_type) for item in element if str(item.tag).startswith(_D)]
        if type_name.startswith("Edm.Geo"):
            return gml_text(element[0])
        return self._complex(element, type_name)

    def undeclared(self, element: etree._Element) -> Typed:
        """A value of which only the body says what it is."""
        named = (element.get(TYPE) or "").strip() or None
        if named is not None and named.startswith(_PREVIEW_COLLECTIONS):
            named = f"Collection({named.partition('(')[2]}"
        if element.get(NULL) in _TRUE:
            return Typed(named, None)
        if named is None:
            return Typed(None, self._by_form(element))
        if not len(element) and not named.startswith(("Edm.", "Collection(")) and not self._is_known(named):
            text = element.text or ""
            return Typed(None, text) if text.strip() else Typed(named, {"m:type": named})
        return Typed(named, self.raw(element, named))

    def _is_known(self, type_name: str) -> bool:
        model = self._model
        return model is not None and (type_name in model.complex_types or type_name in model.enum_types)

    def _by_form(self, element: etree._Element) -> Any:
        if not len(element):
            return element.text or ""
        if str(element[0].tag).startswith(_GML):
            return gml_text(element[0])
        if all(child.tag == _ELEMENT for child in element):
            return [self._item(child) for child in element]
        return self._complex(element, None)

    def _item(self, element: etree._Element) -> Any:
        """An item of a collection of which nothing is known: bare, unless it says its type."""
        found = self.undeclared(element)
        return found if found.type_name is not None and not isinstance(found.raw, dict) else found.raw

    def _complex(self, element: etree._Element, declared: str | None) -> dict[str, Any]:
        named = (element.get(TYPE) or "").strip() or None
        values: dict[str, Any] = {} if named is None else {"m:type": named}
        if named is not None and (self._model is None or self._model.structured_type(named) is None):
            named = None
        return self.properties(element, self.shape(named or declared), values)


PropertiesReader = Callable[[etree._Element, Shape, dict[str, Any]], dict[str, Any]]


def broken_off(element: etree._Element) -> DataServiceClientException:
    """The error that an ``m:error`` within an answer stands for (digest section 11, in-stream errors)."""
    return in_stream(fault_of_element(element))
