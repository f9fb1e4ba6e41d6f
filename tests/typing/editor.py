"""An editor, as pyright's language server sees one: it opens files, asks what is wrong in them, and what may stand at a place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

_ERROR = 1  # of DiagnosticSeverity (Language Server Protocol 3.17)
_CAPABILITIES = {"textDocument": {"diagnostic": {}}}
_COMMAND = "from pyright.langserver import entrypoint; entrypoint()"


class Editor:
    """A folder that is open in an editor. ``OSError`` or ``ValueError`` where the server does not run (no node, no network)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = 0
        self._server = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},  # else it asks the net for a newer version
        )
        root = {"uri": folder.as_uri(), "name": folder.name}
        try:
            self._ask("initialize", processId=None, rootUri=root["uri"], workspaceFolders=[root], capabilities=_CAPABILITIES)
        except (OSError, ValueError):
            self._server.kill()
            self._server.communicate()
            raise
        self._say("initialized")

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self._ask("shutdown")
            self._say("exit")
        except (OSError, ValueError):
            self._server.kill()
        self._server.communicate()

    def open(self, path: Path, text: str | None = None) -> None:
        """Open a file, as it stands or with another text."""
        text = path.read_text("utf-8") if text is None else text
        self._say("textDocument/didOpen", textDocument={"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text})

    def errors(self, path: Path) -> list[tuple[int, str]]:
        """Line and rule of everything that is wrong in a file that was opened."""
        found = self._ask("textDocument/diagnostic", textDocument={"uri": path.as_uri()})["items"]
        return [
            (each["range"]["start"]["line"] + 1, str(each.get("code", "syntax"))) for each in found if each["severity"] == _ERROR
        ]

    def completions(self, text: str) -> set[str]:
        """What the editor offers at the end of a program."""
        path = self._folder / f"typed_{self._last}.py"
        self.open(path, text)
        lines = text.split("\n")
        place = {"line": len(lines) - 1, "character": len(lines[-1])}
        found = self._ask("textDocument/completion", textDocument={"uri": path.as_uri()}, position=place)
        return {item["label"] for item in (found["items"] if isinstance(found, dict) else found)}

    # -- JSON-RPC over two pipes

    def _say(self, method: str, **parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._last += 1
        self._send({"id": self._last, "method": method, "params": parameters or None})
        while True:
            message = self._receive()
            if message.get("id") == self._last and "method" not in message:
                return message.get("result")
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        """What the server says of itself; its questions are about settings, of which there are none."""
        if "method" in message and "id" in message:
            items = (message.get("params") or {}).get("items")
            self._send({"id": message["id"], "result": None if items is None else [{} for _ in items]})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._server.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        length = 0
        while line := self._server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        if not length:
            raise ValueError("the language server ended")
        found: dict[str, Any] = json.loads(self._server.stdout.read(length))
        return found
