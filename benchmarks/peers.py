"""Other clients of OData in Python, on the same entities in the forms of version 2, in the same process.

pyodata reads JSON through the same adapter of ``requests``. pyslet has an HTTP client of its own, which is given the bytes
of an Atom feed directly. Neither tracks what it reads.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from benchmarks import data, service
from benchmarks.feeds import URL
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import compare

_all = attrgetter(*data.NAMES)


def _pyodata(scale: Scale) -> Outcome:
    import pyodata

    answers = {
        URL: service.Answer(data.verbose_feed(scale.peers), service.VERBOSE),
        f"{data.ROOT}$metadata": service.Answer(data.metadata(version="2.0"), "application/xml"),
    }
    session = service.session(answers)
    client = pyodata.Client(data.ROOT, session)

    def own(_: None) -> object:
        entities = client.entity_sets.Machines.get_entities().execute()
        for entity in entities:
            _all(entity)
        return entities

    return Outcome.of(compare(lambda: json.loads(session.get(URL).content), own, rounds=scale.rounds // 2))


def _pyslet(scale: Scale) -> Outcome:
    body = data.atom_feed(scale.peers)
    machines = _pyslet_set(body)

    def own(_: None) -> object:
        entities = list(machines.itervalues())
        assert len(entities) == scale.peers
        for entity in entities:
            for name in data.NAMES:
                _ = entity[name].value
        return entities

    return Outcome.of(compare(lambda: etree.fromstring(body), own, rounds=max(1, scale.rounds // 3)))


def _pyslet_set(body: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyslet.odata2 import client as pyslet
        from pyslet.rfc2396 import URI

    answers = {"": _SERVICE, "Machines": body}

    class InMemory(pyslet.Client):  # type: ignore[misc]
        def process_request(self, request: Any, *_: Any, **__: Any) -> None:
            request.status, request.res_body = 200, answers[request.request_uri.rpartition("/")[2]]

    client = InMemory()
    with TemporaryDirectory() as folder:  # it reads metadata from an address only, and finds the root in the document
        file = Path(folder, "metadata.xml")
        file.write_bytes(data.metadata(version="2.0").replace(b"<edmx:Edmx", b'<edmx:Edmx xml:base="%s"' % data.ROOT.encode()))
        client.load_service(data.ROOT, URI.from_path(str(file)))
    return client.feeds["Machines"].open()


_SERVICE = (
    f'<service xml:base="{data.ROOT}" xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom"><workspace>'
    '<atom:title>Default</atom:title><collection href="Machines"><atom:title>Machines</atom:title></collection></workspace>'
    "</service>"
).encode()


def _line(package: str, title: str, floor: str, measure: Callable[[Scale], Outcome]) -> tuple[Figure, ...]:
    """The line of a peer, where it is installed."""
    return (Figure(package, title, floor, None, None, measure),) if find_spec(package) is not None else ()


FIGURES = (
    *_line("pyodata", "pyodata: JSON feed of version 2, all 60 properties read", "requests + json.loads", _pyodata),
    *_line("pyslet", "pyslet: Atom feed, all 60 properties read", "lxml fromstring", _pyslet),
)
