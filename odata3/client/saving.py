"""``save_changes``: what is pending, one request after the other, or all of it in one batch.

Both ways use the same changes. What is sent goes in the order of the calls that made it pending, entities, links and streams
interleaved. A success is applied at once, so that what succeeded is never sent again, whatever happens after it; a failure
leaves its descriptor as it was, to be sent again by the next save.

Source: WCF Data Services client, 4.1 to 4.5 of our description (its marked defects are not copied).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import islice

from odata3.client.addresses import edit_link_of, reference_of
from odata3.client.batching import Part, part_error, send_batch, write_batch
from odata3.client.changes import Change, SaveLog, Work
from odata3.client.channel import Channel
from odata3.client.descriptors import Descriptor, EntityDescriptor, StreamDescriptor
from odata3.client.link_changes import LinkChange
from odata3.client.options import EntityStates, SaveChangesOptions
from odata3.client.outcomes import check_repeatable, current, evidence, under_way
from odata3.client.planning import plan
from odata3.client.refusals import asked, refusal
from odata3.client.responses import UNANSWERED, ChangeOperationResponse, DataServiceResponse
from odata3.client.tracker import EntityTracker
from odata3.entities.entity import type_of
from odata3.errors import (
    ConcurrencyError,
    DataServiceClientException,
    DataServiceRequestException,
    InvalidOperationError,
    ODataError,
    PayloadError,
)
from odata3.secrecy import masked
from odata3.wire.batch import ResponsePart
from odata3.wire.messages import Headers, Request, Response

_BATCH, _INDEPENDENT = SaveChangesOptions.BATCH, SaveChangesOptions.BATCH_WITH_INDEPENDENT_OPERATIONS
#: What a change raises when it cannot be written or its answer cannot be taken over.
_FAILURES = (ODataError, TypeError, ValueError)


def is_batch(options: SaveChangesOptions) -> bool:
    return bool(options & (_BATCH | _INDEPENDENT))


def work_for(channel: Channel, tracker: EntityTracker, options: SaveChangesOptions) -> Work:
    """How the changes of a real save name each other: only one change set knows entities whose insert is not answered."""
    return Work(channel, tracker, options, reference_of if _BATCH in options else edit_link_of, lambda descriptor: False)


def save(
    channel: Channel, tracker: EntityTracker, options: SaveChangesOptions, log: SaveLog | None = None
) -> DataServiceResponse:
    """Send what is pending; ``log`` is told of every change that leaves, and how it stands after the answer.

    ``DataServiceRequestException`` where anything of it failed; ``InvalidOperationError`` where it cannot be sent as asked,
    before anything was.
    """
    work = work_for(channel, tracker, options)
    work.log = log
    return _save_batch(work) if is_batch(options) else _save_each(work)


# -- one by one


def _save_each(work: Work) -> DataServiceResponse:
    operations: list[ChangeOperationResponse] = []
    covered: set[Descriptor] = set()
    failures: dict[int, Exception] = {}
    goes_on = SaveChangesOptions.CONTINUE_ON_ERROR in work.options
    for changes in plan(work):
        if changes[0].descriptor in covered:
            continue
        for change in changes:
            operation = _attempt(change, failures)
            operations.append(operation)
            if work.log is not None:
                work.log.answered(change.descriptor)
            covered.update(change.covered())  # by an insert that failed as well: it takes them along again
            if operation.error is not None:
                failures[id(change.descriptor)] = operation.error
                break
        if failures and not goes_on:
            break
    response = DataServiceResponse(operations)
    _let_reread(work.channel, operations)
    _raise_failures(response, operations)
    return response


def _attempt(change: Change, failures: dict[int, Exception]) -> ChangeOperationResponse:
    descriptor = change.descriptor
    try:
        request = _prepared(change, failures)
    except _FAILURES as error:
        return ChangeOperationResponse(descriptor, UNANSWERED, _unsent(error))
    was_in_doubt = descriptor.is_in_doubt
    try:
        with under_way((descriptor,), change.work.log):
            response = change.channel.transmit(request, descriptor)
            if not 200 <= response.status < 300:
                raise refusal(request, response)
            change.channel.check_inside(response)
        if "html" in response.headers.get("Content-Type", "").lower():
            # A gateway's page, or a sign-in: nothing says that the change arrived, so it stays pending.
            page = PayloadError(f"{asked(request)} was answered with a web page: does the service want a sign-in?")
            return ChangeOperationResponse(descriptor, response, page)
    except DataServiceClientException as error:
        arrived = evidence(change, error) if was_in_doubt else None
        if arrived is None:
            return ChangeOperationResponse(descriptor, Response(error.status_code, Headers(error.headers)), error)
        response = arrived
    except _FAILURES as error:
        return ChangeOperationResponse(descriptor, UNANSWERED, error)
    return _applied(change, request, response)


def _prepared(change: Change, failures: dict[int, Exception]) -> Request:
    """The request, ready to leave."""
    if isinstance(change, LinkChange):
        _check_ends(change, failures)
    request = change.written(change.channel.tunnelled(change.head()))
    check_repeatable(change)
    change.ready()
    return request


def _unsent(error: Exception) -> DataServiceClientException:
    """What kept a change from being sent, as .NET tells it: a ``DataServiceClientException`` of status 500, caused by that."""
    if isinstance(error, DataServiceClientException):
        return error
    told = DataServiceClientException(str(error), status_code=500)
    told.__cause__ = error
    return told


def _applied(change: Change, request: Request, response: Response) -> ChangeOperationResponse:
    error: Exception | None = None
    try:
        change.channel.check_version(request, response)
    except ODataError as failure:
        # It happened on the service all the same: the head is taken over, the body cannot be understood.
        error, response = failure, Response(response.status, response.headers, b"", response.url)
    change.descriptor.make_certain()
    try:
        change.apply(response)
    except _FAILURES as failure:
        error = error or failure
    return ChangeOperationResponse(change.descriptor, response, error)


def _check_ends(change: LinkChange, failures: dict[int, Exception]) -> None:
    for end in (change.source, change.target):
        if end is not None and end.edit_link is None:
            raise DataServiceClientException(
                f"{end.entity!r}, one of the link's resources, failed to insert: the link cannot be saved", status_code=500
            ) from failures.get(id(end))


# -- all at once


def _save_batch(work: Work) -> DataServiceResponse:
    pending = work.tracker.pending()
    for descriptor in pending:
        check_batchable(descriptor)
    settled: list[ChangeOperationResponse] = []
    if any(descriptor.is_in_doubt for descriptor in pending):
        settled.extend(_settled(work))
    changes = list(_batched(work))
    if not changes:
        return DataServiceResponse(settled, batch_status_code=0, is_batch_response=True)
    parts: Iterator[Part] = (partial(change.written, head, is_batch_part=True) for change, head in changes)
    independent = _INDEPENDENT in work.options
    request = write_batch(work.channel, ((part,) for part in parts) if independent else (parts,))
    try:
        with under_way([change.descriptor for change, _ in changes], work.log):
            batch = send_batch(work.channel, request)
    except _FAILURES as error:
        status = error.status_code if isinstance(error, DataServiceClientException) else 500
        headers = Headers(error.headers) if isinstance(error, DataServiceClientException) else UNANSWERED.headers
        failed = DataServiceResponse(batch_headers=headers, batch_status_code=status, is_batch_response=True)
        raise DataServiceRequestException(
            f"the batch failed, and nothing of it was taken over: {error}", response=failed, status_code=status, errors=[error]
        ) from error
    operations = list(_independent(changes, batch.parts)) if independent else _together(changes, batch.parts)
    operations = [*settled, *operations]
    _let_reread(work.channel, operations)
    response = DataServiceResponse(
        operations, batch_headers=batch.response.headers, batch_status_code=batch.response.status, is_batch_response=True
    )
    if not independent:
        _raise_failures(response, operations)
    return response


def _settled(work: Work) -> Iterator[ChangeOperationResponse]:
    """What is in doubt, and is on the service as it was to be: done, so that the change set does not fail for it."""
    for changes in plan(work):
        for change in changes:
            if not change.descriptor.is_in_doubt or isinstance(change.descriptor, StreamDescriptor):
                continue
            request = change.head()
            arrived = evidence(change)
            if arrived is None:
                check_repeatable(change)
            else:
                yield _applied(change, request, arrived)


def _batched(work: Work) -> Iterator[tuple[Change, Request]]:
    """The changes with the heads of their requests, as parts of a batch."""
    covered: set[Descriptor] = set()
    for changes in plan(work):
        for change in changes:
            if change.descriptor in covered:
                continue
            head = change.head()
            covered.update(change.covered())
            yield change, head


def check_batchable(descriptor: Descriptor) -> None:
    """``InvalidOperationError`` for a descriptor that cannot be saved in a batch (.NET: NotSupported)."""
    is_stream = isinstance(descriptor, StreamDescriptor)
    if isinstance(descriptor, EntityDescriptor):
        is_new_media = descriptor.state is EntityStates.ADDED and type_of(descriptor.entity).has_stream
        is_stream = is_new_media or descriptor.pending_media is not None
    if is_stream:
        raise InvalidOperationError(
            f"{descriptor!r}: streams cannot be saved in a batch; save them without SaveChangesOptions.BATCH"
        )


def _together(changes: list[tuple[Change, Request]], parts: list[ResponsePart]) -> list[ChangeOperationResponse]:
    """The outcome of one change set: all of it, or one refusal for all of it."""
    if len(parts) != 1:
        return _unusable(changes, f"the batch was answered with {len(parts)} parts, and one change set was sent")
    answers = (parts[0],) if isinstance(parts[0], Response) else parts[0]
    # One refusal stands for all: as a part of its own, or (WCF) inside the change set's answer.
    if len(answers) == 1 and (answers[0].status >= 300 or (len(changes) > 1 and answers[0] is parts[0])):
        return [_failed_set(changes, answers[0])]
    try:
        ordered = _matched(changes, answers)
    except InvalidOperationError as error:
        return _unusable(changes, str(error))
    refused = [
        (change, response, refusal)
        for (change, request), response in zip(changes, ordered, strict=True)
        if (refusal := part_error(change.channel, request, response, change.descriptor)) is not None
    ]
    if refused:  # a change set succeeds or fails as a whole
        return [ChangeOperationResponse(change.descriptor, response, refusal) for change, response, refusal in refused]
    return [
        _applied(change, request, response) for (change, request), response in zip(changes, _based(changes, ordered), strict=True)
    ]


def _independent(changes: list[tuple[Change, Request]], parts: list[ResponsePart]) -> Iterator[ChangeOperationResponse]:
    """The outcome of one change set per change; what was not answered has an error."""
    for place, (change, request) in enumerate(changes):
        part = parts[place] if place < len(parts) else None
        answers = part if isinstance(part, tuple) else () if part is None else (part,)
        if len(answers) != 1:
            missing = InvalidOperationError(f"the batch holds no answer for {request.method} {masked(request.url)}")
            change.descriptor.outcome_unknown = True
            yield ChangeOperationResponse(change.descriptor, UNANSWERED, missing)
            continue
        response = answers[0]
        refusal = part_error(change.channel, request, response, change.descriptor)
        if refusal is not None:
            yield ChangeOperationResponse(change.descriptor, response, refusal)
        else:
            yield _applied(change, request, _based([(change, request)], [response])[0])


def _matched(changes: list[tuple[Change, Request]], answers: Iterable[Response]) -> list[Response]:
    """The answers in the order of the changes: by Content-ID where the service echoes it, else as they came."""
    given = list(answers)
    if len(given) != len(changes):
        raise InvalidOperationError(f"not all requests had a response: {len(changes)} were sent, {len(given)} were answered")
    named = {name: response for response in given if (name := response.headers.get("Content-ID")) is not None}
    if not named:
        return given
    wanted = [change.content_id for change, _ in changes]
    if named.keys() != set(wanted):
        raise InvalidOperationError(f"the answers have the Content-IDs {_few(named)}, and {_few(wanted)} were sent")
    return [named[content_id] for content_id in wanted]


def _few(texts: Collection[str]) -> str:
    """The first of many."""
    return ", ".join(islice(texts, 5)) + (f" and {len(texts) - 5} more" if len(texts) > 5 else "")


def _based(changes: list[tuple[Change, Request]], responses: list[Response]) -> list[Response]:
    """The responses with the URL that relative links in them start from."""
    root = changes[0][0].channel.root
    return [
        Response(r.status, r.headers, r.body, root) if not r.url and (r.body or "Location" in r.headers) else r for r in responses
    ]


def _failed_set(changes: list[tuple[Change, Request]], response: Response) -> ChangeOperationResponse:
    """The one answer in the place of a change set that failed: for the change whose Content-ID it bears, else for the first."""
    named = response.headers.get("Content-ID")
    change, request = next((pair for pair in changes if pair[0].content_id == named), changes[0])
    refusal = part_error(change.channel, request, response, change.descriptor)
    if refusal is None:
        _note_unknown(changes)
    lone = InvalidOperationError(f"the change set of {len(changes)} was answered with a single {response.status}")
    return ChangeOperationResponse(change.descriptor, response, refusal or lone)


def _unusable(changes: list[tuple[Change, Request]], text: str) -> list[ChangeOperationResponse]:
    """Nothing of a change set is taken over whose answer cannot be understood."""
    error = InvalidOperationError(text)
    _note_unknown(changes)
    return [ChangeOperationResponse(change.descriptor, UNANSWERED, error) for change, _ in changes]


def _note_unknown(changes: list[tuple[Change, Request]]) -> None:
    """An answer came that does not say what became of these."""
    for change, _ in changes:
        change.descriptor.outcome_unknown = True


def _let_reread(channel: Channel, operations: list[ChangeOperationResponse]) -> None:
    """Let conflicts show what the service has now."""
    for operation in operations:
        if isinstance(operation.error, ConcurrencyError) and isinstance(operation.descriptor, EntityDescriptor):
            operation.error.reread = partial(current, channel, operation.descriptor)


def _raise_failures(response: DataServiceResponse, operations: list[ChangeOperationResponse]) -> None:
    failed = [operation for operation in operations if operation.error is not None]
    if not failed:
        return
    first = failed[0]
    errors = [operation.error for operation in failed if operation.error is not None]
    status = first.status_code if not 200 <= first.status_code < 300 else 500
    more = f" ({len(failed)} of {len(operations)} operations failed)" if len(operations) > 1 else ""
    raise DataServiceRequestException(
        f"saving the changes failed{more}: {first.error}", response=response, status_code=status, errors=errors
    ) from first.error
