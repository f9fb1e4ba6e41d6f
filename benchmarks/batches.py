"""The answer to a batch taken apart, against the standard library's reader of multiparts."""

from __future__ import annotations

import json
from email.parser import BytesParser

from benchmarks import data
from benchmarks.figures import Figure, Outcome, Scale
from benchmarks.measuring import Comparison, compare
from odata3.wire.batch import decode_responses, encode_responses
from odata3.wire.messages import Headers, Response

_FIELDS = Headers(
    {
        "Content-Type": "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
        "DataServiceVersion": "3.0;",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }
)


def against_floor(parts: int, rounds: int) -> Comparison:
    """A batch of reads, each answered with an entity of ten properties."""
    bodies = (json.dumps(data.light_row(number, data.NAMES[:10])).encode() for number in range(parts))
    content_type, body = encode_responses([Response(200, _FIELDS, each) for each in bodies])
    message = f"Content-Type: {content_type}\r\n\r\n".encode() + body

    return compare(lambda: BytesParser().parsebytes(message), lambda _: decode_responses(content_type, body), rounds=rounds)


def _batch(scale: Scale) -> Outcome:
    return Outcome.of(against_floor(scale.parts, scale.rounds * 2))


FIGURES = (Figure("batch", "batch answer of 1,000 parts", "email.parser", 0.5, 0.15, _batch),)
