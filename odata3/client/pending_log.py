"""The file of pending changes while they are saved: a log that tells another process what this one had sent when it died.

Before a request leaves, a line says so and is brought to the disk; after its answer a line says how things stand. Who loads the
file then knows what was done, what was not, and what is in doubt::

    {"kind":"odata3 pending changes", ... "entities":[...],"links":[...]}
    {"sent":{"entities":[3],"links":[]}}
    {"now":{"entities":{"3":{"state":"UNCHANGED", ...}},"links":{"0":null}}}
    {"sent":{"entities":[4],"links":[]}}                                            killed here: the fourth is in doubt

When the save has ended the file is written anew, with what is left pending and no lines behind.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from odata3.client.channel import Channel
from odata3.client.descriptors import Descriptor
from odata3.client.pending_file import PendingWriter, put_whole
from odata3.client.tracker import EntityTracker
from odata3.errors import InvalidOperationError, ODataError

_log = logging.getLogger("odata3.client")


class PendingLog:
    """A file that a context wrote its pending changes to, or loaded them from, kept up to date by its saves."""

    def __init__(self, channel: Channel, tracker: EntityTracker, path: str | PathLike[str]) -> None:
        self._channel, self._tracker = channel, tracker
        self.path = Path(path).absolute()
        self._writer: PendingWriter | None = None
        self._file: BinaryIO | None = None

    def write(self) -> None:
        """Put what is pending now into the file, in place of what is there.

        ``InvalidOperationError`` for a pending stream and for links with credentials in them, ``ArgumentError`` where the file
        cannot be written or a value is none of its type.
        """
        self._writer = PendingWriter(self._channel, self._tracker)
        put_whole(self.path, self._writer.document())

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While a save is under way: the file follows it. A file that was taken away is not made again.

        ``InvalidOperationError`` where it cannot be written, or cannot hold what is pending, before anything is sent.
        """
        if not self.path.exists():
            yield
            return
        try:
            self.write()
        except ODataError as error:
            raise InvalidOperationError(
                f"{error}. A save keeps the file of pending changes up to date: take {str(self.path)!r} away to save without it"
            ) from error
        try:
            with self.path.open("ab") as self._file:
                yield
        finally:
            self._file = None
            try:
                self.write()
            except ODataError as error:
                # What was saved is saved. The lines behind the document say so.
                _log.warning("the file of pending changes stays as it is: %s", error)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left of the work in the file."""
        return not self._tracker.pending()

    def sent(self, descriptors: Collection[Descriptor]) -> None:
        """Note what is about to leave; ``InvalidOperationError`` where that fails, and it must not leave then."""
        if self._file is None or self._writer is None:
            return
        try:
            self._file.write(self._writer.sent(descriptors))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise InvalidOperationError(
                f"{str(self.path)!r} cannot take a note of what is sent, so nothing was: {error.strerror or error}"
            ) from error

    def answered(self, descriptor: Descriptor) -> None:
        """Note how things stand after an answer."""
        if self._file is None or self._writer is None:
            return
        try:
            self._file.write(self._writer.now(descriptor))
            self._file.flush()
        except (OSError, ODataError) as error:
            _log.warning("the file of pending changes does not know of an answer: %s", error)
