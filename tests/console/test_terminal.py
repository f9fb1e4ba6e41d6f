"""The commands in real processes, before a terminal and without one: colour, width, progress, questions, interruptions."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest
from console.shop import MODEL, run
from console.terminals import Terminal
from faults.server import FaultServer, answer

from odata3.console.output import write_entities, write_rows
from odata3.console.terminal import visible
from odata3.tabular.columns import Cells
from odata3.uri.translation import Column
from spf_vmm import emulator

terminals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of POSIX")
QUIET = "\x1b[?25l"  # the cursor is hidden while a bar moves


def process(package, *arguments, **options):
    """A process without a terminal."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", package, *map(str, arguments)],
        capture_output=True,
        timeout=60,
        check=False,
        **options,
    )


@terminals
def test_a_table_fits_the_terminal_and_says_what_does_not(root):
    with Terminal("odata3", "query", f"{root}Products", width=34) as terminal:
        assert terminal.end() == 0
    lines = [line.rstrip() for line in terminal.shown.split("\n")]
    assert all(len(line.rpartition("\r")[2]) <= 34 for line in lines if "more columns" not in line)
    assert "1 more columns do not fit" in terminal.shown
    assert "\x1b[1m" in terminal.raw, "heads are bold"
    assert QUIET in terminal.raw and terminal.raw.index("3/3") < terminal.raw.index("Bread"), "the bar is gone before the table"


@terminals
def test_progress_is_shown_where_the_rows_go_elsewhere(root, home):
    with Terminal("odata3", "query", f"{root}Products", "--format", "csv", "-o", home / "out.csv") as terminal:
        assert terminal.end() == 0
    assert "Product" in terminal.shown and "0/3" in terminal.shown and "3/3" in terminal.shown
    assert (home / "out.csv").read_text("utf-8").count("\n") == 4
    with Terminal("odata3", "query", f"{root}Products", "--format", "jsonl", stdout=subprocess.PIPE) as terminal:
        with terminal.stdout as lines:
            rows = [json.loads(line) for line in lines]
        assert terminal.end() == 0
    assert [row["ID"] for row in rows] == [1, 2, 3] and "3/3" in terminal.shown


def test_without_a_terminal_there_is_neither_colour_nor_progress(root):
    done = process("odata3", "query", f"{root}Products")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout and "Bread, white" in done.stdout.decode()


@terminals
@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}], ids=["colour", "no colour"])
def test_colour(environment):
    with Terminal("odata3", "doctor", "http://127.0.0.1:1/", **environment) as terminal:
        assert terminal.end() == 1
    assert ("\x1b[31mproblem" in terminal.raw) is not bool(environment)
    assert "connection refused" in terminal.shown


@terminals
def test_a_password_is_asked_for_and_not_shown():
    with (
        FaultServer(answer(MODEL.encode(), Content_Type="application/xml")) as server,
        Terminal(
            "odata3", "metadata", server.url, "--user", "me", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring"
        ) as asked,
    ):
        asked.until("Password of me: ")
        asked.type("s3cret\n")
        assert asked.end() == 0
    assert "s3cret" not in asked.raw and "Products" in asked.shown
    assert server.requests[0].headers["authorization"] == "Basic bWU6czNjcmV0"


@terminals
def test_control_c_at_a_question():
    with (
        FaultServer(answer(b"{}")) as server,
        Terminal(
            "odata3", "metadata", server.url, "--user", "me", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring"
        ) as asked,
    ):
        asked.until("Password of me: ")
        asked.type("\x03")
        assert asked.end() == 130 and server.requests == []
    assert "Traceback" not in asked.shown and "Abort" not in asked.shown


@terminals
def test_control_c_while_a_job_is_waited_for():
    with (
        emulator.run(job_reads=1000) as box,
        Terminal("spf_vmm", "vms", "stop", "web01", "--server", box.url, "--principal", "x") as waiting,
    ):
        waiting.until("%")
        waiting.type("\x03")
        assert waiting.end() == 130
    assert "goes on; spf-vmm jobs watch" in waiting.shown and "Traceback" not in waiting.shown


NASTY = "a\x1b[2Jb\x9b31mc\x07\u202ed"


class Screen(io.StringIO):
    """stdout, if it were a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_what_a_service_says_does_not_command_the_terminal(form, monkeypatch):
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("NO_COLOR", "1")
    write_rows([{"Name": NASTY}], form, ["Name"])
    write_entities(iter([{"Name": NASTY}]), form, [Cells(Column("Name"), ("Name",))], None, chosen=True)
    shown = screen.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert not set("\x1b\x9b\x07\u202e") & set(shown) and shown.count("[2Jb") == 2


def test_files_and_pipes_get_it_as_it_is(tmp_path, capsys):
    """They are no terminal: CSV keeps every character."""
    write_rows([{"Name": NASTY}], "csv", ["Name"])
    write_rows([{"Name": NASTY}], "csv", ["Name"], tmp_path / "out.csv")
    assert NASTY in capsys.readouterr().out and NASTY in (tmp_path / "out.csv").read_text("utf-8")


def test_an_error_of_a_service_does_not_either():
    told = json.dumps({"odata.error": {"code": "", "message": {"lang": "", "value": NASTY}}}).encode()
    with FaultServer(answer(told, "500 Internal Server Error")) as server:
        code, _, err = run("metadata", server.url)
    assert code == 1 and "500" in err and not set("\x1b\x9b\x07\u202e") & set(err)


def test_visible():
    assert visible("plain \u00e9 \U0001f600 text") == "plain \u00e9 \U0001f600 text"
    assert visible("\x00\t\n\x1b\x7f\x85\u2028\u202e\ufeff") == r"\x00\t\n\x1b\x7f\x85\u2028\u202e\ufeff"


@pytest.mark.skipif(sys.platform == "win32", reason="the line is run by a shell of POSIX, which Windows has not")
def test_a_closed_pipe_ends_quietly(root):
    line = f'"{sys.executable}" -W error -m odata3 query {root}Products --format jsonl | head -n 0'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


def test_without_the_extra_it_says_what_to_install(tmp_path):
    (tmp_path / "platformdirs.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'platformdirs'\", name='platformdirs')\n"
    )
    done = process("odata3", "--version", env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.getcwd()}"})
    assert done.returncode == 2 and done.stdout == b""
    assert done.stderr.count(b"\n") == 1 and b"platformdirs" in done.stderr and b"pip install 'odata3[cli" in done.stderr
