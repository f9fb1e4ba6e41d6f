"""A pseudo-terminal with a command in it: what a person sees, types and interrupts.

with Terminal("odata3", "query", url, width=60) as terminal:
    terminal.until("Password")
    terminal.type("s3cret\\n")
    assert terminal.end() == 0
    terminal.shown
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import struct
import subprocess
import sys
import threading

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SECONDS = 40


class Terminal:
    """A process whose standard streams are a terminal; ``stdout`` may be a pipe or file instead."""

    def __init__(self, package, *arguments, width=80, stdout=None, **environment):
        import fcntl
        import pty
        import termios

        def at_home():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            # Where the suite runs in the background of a shell, it is deaf to Control-C, and so would be its children.
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", package, *map(str, arguments)],
            stdin=theirs,
            stdout=theirs if stdout is None else stdout,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "", **environment},
            start_new_session=True,
            preexec_fn=at_home,
        )
        os.close(theirs)
        self._stop = threading.Timer(_SECONDS, self._process.kill)
        self._stop.start()
        self.raw = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stop.cancel()
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)

    @property
    def stdout(self):
        """The pipe that was asked for."""
        return self._process.stdout

    @property
    def shown(self):
        """The text without the terminal's commands."""
        return _ESCAPE.sub("", self.raw).replace("\r\n", "\n")

    def until(self, text):
        """Wait for a text to appear."""
        while text not in self.shown:
            assert self._read(), f"it ended without {text!r}: {self.raw!r}"

    def type(self, text):
        os.write(self._ours, text.encode())

    def end(self):
        """Read to the end; the exit code."""
        while self._read():
            pass
        return self._process.wait()

    def _read(self):
        ready, _, _ = select.select([self._ours], [], [], _SECONDS)
        data = b""
        if ready:
            with contextlib.suppress(OSError):  # EIO: the other side is closed
                data = os.read(self._ours, 65536)
        self.raw += data.decode("utf-8", "replace")
        return bool(data)
