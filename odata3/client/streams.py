"""Media resources and named streams: bytes that pass through in pieces, down from the service and up to it.

Source: OData V3 digest section 8 (media); WCF Data Services client 9.3.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import TracebackType
from typing import Any, BinaryIO

from odata3.client.channel import Channel
from odata3.client.descriptors import SaveStream, StreamDescriptor
from odata3.client.options import EntityStates
from odata3.client.tracker import EntityTracker
from odata3.entities.entity import type_of
from odata3.entities.names import hint
from odata3.errors import ArgumentError, DataServiceClientException, InvalidOperationError
from odata3.spellings import Spelled
from odata3.wire.messages import Headers, StreamedResponse


class _Body(io.RawIOBase):
    """A streamed answer's body as a file."""

    def __init__(self, response: StreamedResponse) -> None:
        self._response = response

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._response.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._response.close()
        super().close()


class DataServiceStreamResponse(Spelled):
    """The bytes of a media resource, still on the wire: read ``stream`` in pieces, then close it (or use ``with``).

    ``status_code`` and ``headers`` are those of the ``response`` that it is made of.
    """

    def __init__(self, response: StreamedResponse) -> None:
        self.headers: Headers = response.headers
        self.status_code = response.status
        self.stream = io.BufferedReader(_Body(response))

    @property
    def content_type(self) -> str | None:
        """The media type of the bytes, as the service names it; None where it does not."""
        return self.headers.get("Content-Type")

    @property
    def content_disposition(self) -> str | None:
        """The ``Content-Disposition`` header (RFC 6266), which may name a file; None where there is none."""
        return self.headers.get("Content-Disposition")

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes, all that is left for -1; empty at the end. ``DataServiceTransportException`` for a body that is
        cut."""
        return self.stream.read(size)

    def close(self) -> None:
        """Give the connection back, whether or not everything was read; also called ``dispose``, as in .NET."""
        self.stream.close()

    dispose = close

    def __enter__(self) -> DataServiceStreamResponse:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Streams:
    """What a context does with streams."""

    def __init__(self, channel: Channel, tracker: EntityTracker) -> None:
        self._channel = channel
        self._tracker = tracker

    def read_uri(self, entity: Any, name: str | None = None) -> str | None:
        """The URL that the bytes are read from; None where no payload gave one."""
        stream = self._find(entity, name)
        link = stream.stream_link
        found = link.self_link if name is None else link.self_link or link.edit_link
        return None if found is None else self._channel.absolute(found)

    def read(
        self, entity: Any, name: str | None = None, *, accept: str = "*/*", headers: Mapping[str, str] | None = None
    ) -> DataServiceStreamResponse:
        """Open a media resource or named stream for reading. ``ArgumentError`` where the service gave no link to it."""
        url = self.read_uri(entity, name)
        if url is None:
            what = "media resource" if name is None else f"stream {name}"
            raise ArgumentError(f"{entity!r} has no link to read its {what} from")
        request = self._channel.prepare("GET", url, version=None if name is None else "3.0", accept=accept, headers=headers)
        stream = self._find(entity, name)
        response = self._channel.open(request, stream)
        stream.stream_link.etag = response.headers.get("ETag", stream.stream_link.etag)
        stream.stream_link.content_type = response.headers.get("Content-Type", stream.stream_link.content_type)
        return DataServiceStreamResponse(response)

    def set_save_stream(
        self, entity: Any, name: str | None, stream: Any, close_stream: bool, headers: Mapping[str, str]
    ) -> StreamDescriptor:
        """Give a media resource or named stream new bytes, to be sent once by the next save."""
        if isinstance(stream, bytes | bytearray):
            stream = io.BytesIO(stream)
        if stream is None or not hasattr(stream, "read"):
            raise ArgumentError("a stream is a binary file, or bytes")
        for field, value in headers.items():
            if value is None or not isinstance(value, str):
                raise ArgumentError(f"{field} is a text, not {value!r}")
        if name is not None and not headers.get("Content-Type"):
            raise ArgumentError(f"the named stream {name} needs a content type")
        owner = self._tracker.tracked(entity)
        if owner.state is EntityStates.DELETED:
            raise DataServiceClientException(f"{entity!r} is deleted: its stream cannot be saved", status_code=500)
        found = self._find(entity, name)
        if name is not None and self._channel.max_version < "3.0":
            raise InvalidOperationError("named streams need max_protocol_version 3.0")
        if found.save_stream is not None and found.save_stream.stream is not stream:
            found.save_stream.release()
        found.save_stream = SaveStream(stream, close_stream, dict(headers), _position(stream))
        self._tracker.note_stream(found)
        return found

    def _find(self, entity: Any, name: str | None) -> StreamDescriptor:
        owner = self._tracker.tracked(entity)
        if name is None:
            return owner.media
        streams = [p.name for p in type_of(entity).properties if p.is_stream]
        if name not in streams:
            raise ArgumentError(f"{type_of(entity).full_name} has no stream {name}{hint(str(name), streams)}")
        return owner.stream(name)


def _position(stream: BinaryIO) -> int | None:
    """Where the bytes begin, so that a save that failed can be tried again; None where the file cannot go back."""
    try:
        return stream.tell() if stream.seekable() else None
    except (AttributeError, OSError, ValueError):
        return None


def save_stream_arguments(
    arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[str | None, Any, bool, Mapping[str, str]]:
    """``([name,] stream, close_stream, content_type, slug=None)`` as name, stream, close_stream and headers.

    A text in front, or None, is a stream's name (.NET's overloads); headers given as a mapping stand in place of content type
    and slug.
    """
    order: tuple[str, ...] = ("stream", "close_stream", "content_type", "slug")
    if len(arguments) > 1 and isinstance(arguments[0], str | None):
        order = ("name", *order)
    given = dict(zip(order, arguments, strict=False)) | dict(named)
    unknown = set(given) - {"name", *order}
    if len(arguments) > len(order) or unknown or "stream" not in given:
        raise ArgumentError("set_save_stream takes (entity, [name,] stream, close_stream, content_type, slug=None)")
    content_type, slug = given.get("content_type"), given.get("slug")
    name = given.get("name")
    if isinstance(content_type, Mapping):
        if not all(isinstance(field, str) for field in content_type):
            raise ArgumentError(f"names of headers are texts: {', '.join(map(repr, content_type))}")
        # What is accepted says nothing of an upload, and .NET leaves it out.
        headers = {
            ("Content-Type" if n.lower() == "content-type" else n): v for n, v in content_type.items() if n.lower() != "accept"
        }
    else:
        if content_type is None:
            raise ArgumentError("a stream needs a content type")
        headers = {"Content-Type": content_type}
        if slug is not None:
            headers["Slug"] = slug
    return name, given["stream"], bool(given.get("close_stream", True)), headers
