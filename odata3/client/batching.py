"""One exchange for many requests: the outer request of a batch, its events, and the answers of its parts.

Source: OData V3 digest section 9; WCF Data Services client 4.4 and 9.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from odata3.client.channel import Channel
from odata3.client.events import ReceivingResponseArgs
from odata3.client.refusals import asked, described, refusal
from odata3.errors import DataServiceClientException, InvalidOperationError, PayloadError
from odata3.secrecy import on_one_line
from odata3.wire.batch import RequestPart, ResponsePart, decode_responses, encode_requests
from odata3.wire.messages import Request, Response


@dataclass(slots=True)
class Batch:
    """The answer to a batch: its own head, and its parts in order."""

    response: Response
    parts: list[ResponsePart]


#: What tells a part to the handlers of ``sending_request``, and writes it.
Part = Callable[[], Request]


def write_batch(channel: Channel, parts: Iterable[Part | Iterable[Part]]) -> Request:
    """The request that asks for all parts at once; an iterable among them is a change set.

    The batch itself is told to the handlers first, then every part, whose body is written after that (.NET's order).
    """
    outer = channel.prepare("POST", channel.root + "$batch", accept="multipart/mixed", content_type="multipart/mixed")
    outer = channel.announce(outer)
    written: list[RequestPart] = [part() if callable(part) else tuple(write() for write in part) for part in parts]
    for part in written:
        for request in (part,) if isinstance(part, Request) else part:
            if not channel.is_own(request.url):  # the service would ask it, or be asked to (R2)
                raise InvalidOperationError(f"{asked(request)} is part of a batch, which goes to {channel.root} alone")
    multipart = encode_requests(written)
    return replace(outer, headers=outer.headers.merged({"Content-Type": multipart.content_type}), body=multipart.body)


def send_batch(channel: Channel, request: Request) -> Batch:
    """Ask. Raises what ``Channel.send`` raises, and ``PayloadError`` where the answer is no batch."""
    response = channel.transmit(request)
    channel.check(request, response)
    try:
        return Batch(response, decode_responses(response.headers.get("Content-Type", ""), response.body))
    except PayloadError as error:
        text = str(error).removeprefix(f"{error.where}: ")
        raise PayloadError(on_one_line(f"{text}; {described(response)}"), where=error.where) from error


def part_error(
    channel: Channel, request: Request, response: Response, descriptor: object | None
) -> DataServiceClientException | None:
    """Announce a part's answer to the handlers; its error, where it is a refusal, or holds one (R22)."""
    failed = not 200 <= response.status < 300
    if channel.receiving_response:
        channel.receiving_response.fire(ReceivingResponseArgs(response, None if failed else descriptor, is_batch_part=True))
    if failed:
        return refusal(request, response)
    try:
        channel.check_inside(Response(response.status, response.headers, response.body, response.url or request.url))
    except DataServiceClientException as error:
        return error
    return None
