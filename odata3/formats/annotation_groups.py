"""Annotation groups of JSON light: annotations that a body spells once and refers to afterwards.

::

    {"value": [{"odata.annotationGroup": {"name": "g", "odata.etag": "W/\\"1\\""}, "Id": 1},
               {"odata.annotationGroupReference": "g", "Id": 2}]}

Groups are rare and never written; a tree that has some is spread out before it is read. Source: digest section 7.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from odata3.errors import PayloadError

_GROUP, _REFERENCE = "odata.annotationGroup", "odata.annotationGroupReference"
_NONE: dict[str, Any] = {}
#: Annotations that groups may stand for in one body.
_MOST = 2_000_000


class Grouped(Exception):
    """Told by a reader that met a group: the tree is to be spread out, and read again."""


def has_group(names: tuple[str, ...]) -> bool:
    """Whether an object with these members defines a group or refers to one."""
    return _GROUP in names or _REFERENCE in names


def spread_groups(tree: Any) -> None:
    """Put the annotations of each group into the objects that define it or refer to it; what an object says itself stays.

    ``PayloadError`` for groups that would make very much of very little.
    """
    spread = 0
    groups: dict[str, dict[str, Any]] = {}
    objects = list(_objects(tree))
    for found in objects:
        group = found.get(_GROUP)
        if type(group) is dict and type(group.get("name")) is str:
            groups[group["name"]] = {name: value for name, value in group.items() if name != "name"}
    for found in objects:
        group, named = found.pop(_GROUP, None), found.pop(_REFERENCE, None)
        if type(group) is dict:
            named = group.get("name")
        if type(named) is str:
            annotations = groups.get(named, _NONE)
            spread += len(annotations)
            if spread > _MOST:
                raise PayloadError(f"the annotation groups of this JSON stand for more than {_MOST} annotations")
            for name, value in annotations.items():
                found.setdefault(name, value)


def _objects(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object, from the outside in."""
    waiting = [tree]
    for found in waiting:
        if type(found) is dict:
            waiting.extend(value for value in found.values() if type(value) in (dict, list))
        elif type(found) is list:
            waiting.extend(value for value in found if type(value) in (dict, list))
    return (found for found in waiting if type(found) is dict)
