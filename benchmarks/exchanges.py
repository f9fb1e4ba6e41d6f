"""One small GET: what stands between a program and ``requests``."""

from __future__ import annotations

import json
from typing import Any

from benchmarks import data, service
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import compare

_NARROW = data.NAMES[:10]
_URL = data.ROOT + data.path_of(1)
#: What any OData client has to say of itself.
_FIELDS = {
    "Accept": "application/json;odata=minimalmetadata",
    "Accept-Charset": "UTF-8",
    "DataServiceVersion": "1.0;NetFx",
    "MaxDataServiceVersion": "3.0;NetFx",
}


def _get(scale: Scale) -> Outcome:
    row = {"odata.metadata": f"{data.ROOT}$metadata#Machines/@Element", **data.light_row(1, _NARROW)}
    session = service.session({_URL: service.Answer(json.dumps(row).encode(), service.LIGHT)})
    context: Any = service.context(session, service.model())
    query = context.Machines.by_key(data.guid(1))
    often = range(scale.loops // 250)

    def floor() -> None:
        for _ in often:
            json.loads(session.get(_URL, headers=_FIELDS).content)

    def own(_: None) -> None:
        for _each in often:
            query.first()

    return Outcome.of(compare(floor, own, rounds=scale.rounds * 2))


FIGURES = (Figure("get", "one small GET", "requests.Session.get + json.loads", 1.25, 1.15, _get),)
