"""A thousand updates saved in one change set: built, posted, the answer taken apart and accepted."""

from __future__ import annotations

import json
from typing import Any

import requests

from benchmarks import data, service
from benchmarks.feeds import URL
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import Comparison, compare
from odata3.client.options import SaveChangesOptions
from odata3.edm.model import Model
from odata3.wire.batch import encode_responses
from odata3.wire.messages import Headers, Response

_BATCH = f"{data.ROOT}$batch"
_HEAD = (
    "\r\n--changeset_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {number}\r\n\r\n"
    "MERGE {url} HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nAccept-Charset: UTF-8\r\n"
    "Content-Type: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0;NetFx\r\n"
    "MaxDataServiceVersion: 3.0;NetFx\r\n"
    "Content-ID: {number}\r\nContent-Length: {length}\r\n\r\n{body}"
)
_TAIL = "\r\n--changeset_1--\r\n--batch_1--\r\n"


def _changed(session: requests.Session, known: Model) -> Any:
    """A context all of whose entities have one text assigned."""
    context: Any = service.context(session, known)
    for number, machine in enumerate(context.Machines.to_list()):
        machine.String1 = f"changed {number}"
        context.update_object(machine)
    return context


def _by_hand(session: requests.Session, urls: list[str]) -> list[bytes]:
    """The same parts, written by ``json.dumps`` and one template, and the answer split at its boundary."""
    parts = []
    for number, url in enumerate(urls):
        body = json.dumps({"odata.type": "Fleet.Machine", "String1": f"changed {number}"})
        parts.append(_HEAD.format(number=number + 1, url=url, length=len(body), body=body))
    text = "".join(("--batch_1\r\nContent-Type: multipart/mixed; boundary=changeset_1\r\n", *parts, _TAIL))
    answer = session.post(_BATCH, data=text.encode(), headers={"Content-Type": "multipart/mixed; boundary=batch_1"})
    return answer.content.split(b"--changesetresponse_")


def against_floor(updates: int, rounds: int) -> Comparison:
    names = range(updates + 1, 2 * updates + 1)  # a Content-ID is the number of the change; reading counted to ``updates``
    fields = (Headers({"Content-ID": str(name), "DataServiceVersion": "1.0;"}) for name in names)
    content_type, body = encode_responses([tuple(Response(204, each) for each in fields)])
    session = service.session(
        {
            URL: service.Answer(data.light_feed(updates, names=data.NAMES[:9]), service.LIGHT),
            _BATCH: service.Answer(body, content_type, status=202),
        }
    )
    known = service.model()
    urls = [data.ROOT + data.path_of(number) for number in range(updates)]
    return compare(
        lambda: _by_hand(session, urls),
        lambda context: context.save_changes(SaveChangesOptions.BATCH),
        rounds=rounds,
        prepare=lambda: _changed(session, known),
    )


def _save(scale: Scale) -> Outcome:
    return Outcome.of(against_floor(scale.parts, scale.rounds))


FIGURES = (Figure("save", "save 1,000 updates in one change set", "json.dumps + post + split", 6, 3, _save),)
