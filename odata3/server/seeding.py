"""Data to begin with, out of JSON.

::

    {"Benches": [{"Code": "N", "Title": "North"}],
     "Probes": [{"Id": "7", "odata.type": "Lab.HotProbe", "Bench@odata.bind": "Benches('N')"}]}

Entities are spelled as in a request in JSON light and go in by the same door: hooks see them, and what the service would refuse
is refused. Binds are made when every entity is there, so the order of the sets is no matter.

Source: JSON light (digest section 3) and its ``odata.bind``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from odata3.errors import ArgumentError
from odata3.server.service import Service
from odata3.wire.messages import Headers, Request, Response

_ROOT = "http://localhost/"
_HEADERS = Headers(
    {
        "Accept": "application/json;odata=minimalmetadata",
        "Content-Type": "application/json;odata=minimalmetadata",
        "DataServiceVersion": "3.0",
        "MaxDataServiceVersion": "3.0",
    }
)
_BIND = "@odata.bind"


def seed(service: Service, data: Mapping[str, Sequence[Mapping[str, Any]]] | str | bytes) -> int:
    """Insert the entities of ``data`` (a mapping of set names to entities, or its JSON text) into ``service``; how many there
    were.

    Raises ``ArgumentError`` naming the entity that was refused; those before it are in.
    """
    tree = _tree(data)
    later: list[tuple[str, str, str, list[str]]] = []
    count = 0
    for set_name, entities in tree.items():
        if "?" in set_name or "#" in set_name:
            raise ArgumentError(f"{set_name!r} is no name of an entity set")
        if not isinstance(entities, Sequence) or isinstance(entities, str):
            raise ArgumentError(f"{set_name}: a list of entities was expected")
        for number, entity in enumerate(entities):
            where = f"{set_name}[{number}]"
            if not isinstance(entity, Mapping):
                raise ArgumentError(f"{where}: an entity was expected, not {entity!r}")
            plain = {name: value for name, value in entity.items() if not name.endswith(_BIND)}
            made = _check(service.send(_request("POST", f"{_ROOT}{set_name}", plain), _ROOT), where)
            count += 1
            for name, value in entity.items():
                if name.endswith(_BIND):
                    later.append((where, made.headers["Location"], name.removesuffix(_BIND), _urls(value, f"{where}.{name}")))
    for where, url, navigation, urls in later:
        for target in urls:
            _bind(service, where, url, navigation, target)
    return count


def _tree(data: Mapping[str, Any] | str | bytes) -> Mapping[str, Any]:
    if isinstance(data, Mapping):
        return data
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArgumentError(f"the data is no JSON: {error}") from None
    if not isinstance(tree, dict):
        raise ArgumentError("the data is no object of entity sets")
    return tree


def _urls(value: Any, where: str) -> list[str]:
    urls = [value] if isinstance(value, str) else value
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise ArgumentError(f"{where}: the address of an entity was expected, or a list of them, not {value!r}")
    return urls


def _bind(service: Service, where: str, url: str, navigation: str, target: str) -> None:
    """POST adds to many, PUT sets the one: which it is, the service says by its refusal of the other."""
    place, body = f"{url}/$links/{navigation}", {"url": target}
    answer = service.send(_request("POST", place, body), _ROOT)
    if answer.status == 405:
        answer = service.send(_request("PUT", place, body), _ROOT)
    _check(answer, f"{where}.{navigation}")


def _request(method: str, url: str, body: Mapping[str, Any]) -> Request:
    return Request(method, url, _HEADERS, json.dumps(body, default=str).encode())


def _check(answer: Response, where: str) -> Response:
    if answer.status >= 400:
        raise ArgumentError(f"{where}: {'; '.join(_reasons(answer))}")
    return answer


def _reasons(answer: Response) -> Iterator[str]:
    fault = json.loads(answer.body)["odata.error"]
    yield fault["message"]["value"]
    if "innererror" in fault:
        yield fault["innererror"]["message"]
