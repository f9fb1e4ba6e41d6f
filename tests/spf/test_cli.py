"""``spf-vmm``: what it prints, how it ends, and that nothing secret is shown."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import threading
from types import SimpleNamespace
from uuid import UUID

import pytest
from click.testing import CliRunner
from faults.doors import Authority
from faults.server import FaultServer, answer, then_silence

import spf_vmm
from spf_vmm.cli import command
from spf_vmm.commands import server as server_of_commands
from spf_vmm.emulator.seed import CHECKPOINT, fixed


def run(*arguments, **environment):
    """(exit code, stdout, stderr) of the command, in process."""
    result = CliRunner().invoke(
        command, [str(a) for a in arguments], env={name: str(value) for name, value in environment.items()}
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def spf(server):
    """The command, pointed at an emulator."""
    where = {"SPF_VMM_SERVER": server.url, "SPF_VMM_PRINCIPAL": server.principal_id}
    return lambda *arguments: run(*arguments, **where)


def test_the_demonstration_restores(tmp_path):
    transcript = tmp_path / "transcript.txt"
    code, out, err = run("demo", "--save-transcript", transcript)
    assert code == 0, err
    assert "Broken by an update" in out
    assert "MERGE /ba4146fa-fb41-41b6-a7c0-2b4ff4c3f7e3/services/systemcenter/vmm/VMCheckPoints(" in out
    assert '{"odata.type":"VMM.VMCheckPoint","VMCheckPointAction":"Restore"}' in out
    assert "HTTP/1.1 204 No Content" in out
    assert "100 % (Completed)" in out
    assert "\x1b" not in out, "plain text where stdout is no terminal"
    last = out.rpartition("The virtual machines again")[2]
    assert "Web server, release 1.0" in last and "Broken" not in last and "<- restored last" in last
    kept = transcript.read_text("utf-8")
    assert kept.count("HTTP/1.1 20") > 10 and "x-ms-principal-id: user@contoso.com" in kept


def test_the_demonstration_against_a_server_asks_first(spf, server):
    code, out, err = spf("demo", "--checkpoint", CHECKPOINT)
    assert code == 1
    assert "Change the virtual machine web01" in err and "MERGE" not in out
    assert spf("demo")[0] == 2
    code, out, _ = spf("demo", "--checkpoint", CHECKPOINT, "--yes")
    assert code == 0 and "204 No Content" in out


def test_no_secret_is_shown(serving, tmp_path):
    file = tmp_path / "transcript.txt"
    with serving(credentials=("user", "s3cret")) as server:
        where = {"SPF_VMM_SERVER": server.url, "SPF_VMM_PRINCIPAL": "x", "SPF_VMM_USER": "user", "SPF_VMM_PASSWORD": "s3cret"}
        code, out, err = run("demo", "--checkpoint", CHECKPOINT, "--yes", "--save-transcript", file, **where)
        shown = out + err + file.read_text("utf-8")
        assert code == 0 and "Authorization: ***" in shown
        assert "s3cret" not in shown and "dXNlcjpzM2NyZXQ=" not in shown
        code, out, err = run("vms", "list", **{**where, "SPF_VMM_PASSWORD": "wrong-one"})
        assert code == 1 and "401" in err and "wrong-one" not in out + err


def test_listing_checkpoints(spf):
    code, out, _ = spf("checkpoints", "list")
    assert code == 0 and "Before updates" in out and "web01" in out
    code, out, _ = spf("checkpoints", "list", "--vm", "db01", "--format", "json")
    assert [row["Name"] for row in json.loads(out)] == ["Empty"]
    code, out, _ = spf("checkpoints", "list", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["ID"] for row in rows if row["VM"] == "web01"} >= {str(CHECKPOINT)}
    code, out, _ = spf("checkpoints", "list", "--tree", "--vm", "web01")
    assert code == 0 and out.index("Fresh installation") < out.index("Before updates") < out.index("Updates installed")


def test_working_with_checkpoints(spf):
    code, out, _ = spf("checkpoints", "create", "web01", "evening", "--description", "in good order")
    assert code == 0
    made = UUID(out.strip())
    code, out, err = spf("checkpoints", "restore", made, "--yes")
    assert (code, out.strip()) == (0, "Completed"), err
    code, out, _ = spf("checkpoints", "restore", made, "--yes", "--no-wait")
    assert code == 0 and UUID(out.strip())
    assert spf("checkpoints", "restore", made)[0] == 1, "nobody said yes"
    code, out, _ = spf("checkpoints", "delete", made, "--yes")
    assert code == 0
    assert "evening" not in spf("checkpoints", "list")[1]


def test_working_with_machines(spf):
    code, out, _ = spf("vms", "list", "--format", "json")
    assert {row["Name"] for row in json.loads(out)} == {"web01", "db01", "build01", "archive01", "edge01", "failed01"}
    for operation in ("stop", "start", "suspend", "resume", "reset", "shutdown"):
        code, out, err = spf("vms", operation, "web01")
        assert (code, out.strip()) == (0, "Completed"), err
    assert spf("vms", "start", fixed("web01"), "--no-wait")[0] == 0


def test_lists_take_conditions_and_files(spf, tmp_path):
    file = tmp_path / "vms.csv"
    assert spf("vms", "list", "--filter", "lambda vm: vm.Name.startswith('web')", "--format", "csv", "-o", file)[0] == 0
    assert [row["Name"] for row in csv.DictReader(io.StringIO(file.read_text("utf-8")))] == ["web01"]
    assert [
        row["Name"] for row in json.loads(spf("checkpoints", "list", "--filter", "Name eq 'Empty'", "--format", "json")[1])
    ] == ["Empty"]
    assert spf("vms", "list", "--filter", "lambda vm: exit()")[0] == 2


def test_all_jobs_that_run_are_watched(spf):
    assert spf("jobs", "watch") == (0, "", "no job runs\n")
    started = {spf("vms", "stop", "web01", "--no-wait")[1].strip(), spf("vms", "start", "db01", "--no-wait")[1].strip()}
    code, out, _ = spf("jobs", "watch")
    assert code == 0 and {line.partition(" ")[0] for line in out.splitlines()} == started
    assert all(line.endswith("Completed") for line in out.splitlines())


def test_words_of_the_service_move_no_cursor(monkeypatch, capsys):
    monkeypatch.setattr(server_of_commands, "watch", lambda *_, **__: SimpleNamespace(StatusString="Completed\x1b[2J"))
    server_of_commands.finish(None, CHECKPOINT, wait=True, within=1)
    assert capsys.readouterr().out == "Completed\\x1b[2J\n"


def test_waiting_has_an_end(spf):
    code, out, err = spf("vms", "stop", "web01", "--within", "0")
    assert (code, out) == (1, "") and "not done within 0 seconds" in err


def test_jobs(spf):
    job = spf("vms", "stop", "web01", "--no-wait")[1].strip()
    code, out, _ = spf("jobs", "list", "--running", "--format", "jsonl")
    assert [json.loads(line)["ID"] for line in out.splitlines()] == [job]
    code, out, _ = spf("jobs", "watch", job)
    assert (code, out.strip()) == (0, "Completed")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("vms", "start", "nobody"), 1, "no virtual machine 'nobody'"),
        (("vms", "suspend", "db01"), 1, "Stopped"),
        (("checkpoints", "restore", UUID(int=1), "--yes"), 1, "no entity"),
        (("checkpoints", "restore", "x", "--yes"), 2, "no id"),
        (("jobs", "watch", UUID(int=1), "--within", "0"), 1, "has not appeared"),
        (("demo", "--checkpoint", UUID(int=1), "--yes"), 1, "no checkpoint"),
        (("nonsense",), 2, "nonsense"),
        (("vms", "list", "--format", "xml"), 2, "xml"),
        (("vms", "list", "--header", "nonsense"), 2, "NAME:VALUE"),
    ],
)
def test_what_goes_wrong_is_one_line(spf, arguments, code, says):
    ended, out, err = spf(*arguments)
    assert ended == code, err
    assert says in err and "Traceback" not in err
    assert out == "" or "demo" in arguments


def test_where_is_the_server():
    assert run("vms", "list")[0] == 2
    code, _, err = run("vms", "list", "--server", "wapserver")
    assert code == 2 and "wapserver" in err
    code, _, err = run("vms", "list", "--server", "http://127.0.0.1:1/", "--subscription", UUID(int=1))
    assert code == 2 and "principal_id" in err
    code, _, err = run("vms", "list", "--server", "http://127.0.0.1:1/")
    assert code == 1 and "connection refused" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (answer(b"<html><body>Sign in</body></html>", Content_Type="text/html"), "text/html"),
        (answer(b"<html>gone</html>", "404 Not Found", Content_Type="text/html"), "404"),
        (answer(b"{}"), ""),
        (then_silence(b""), "no answer within"),
    ],
)
def test_a_server_that_is_no_odata_service(item, says):
    with FaultServer(item) as server:
        code, out, err = run("vms", "list", "--server", server.url, "--timeout", "0.2")
    assert code == 1 and says in err and err.count("\n") == 1
    assert out == ""


def process(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "spf_vmm", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def test_a_real_process():
    done = process("--version")
    assert done.returncode == 0 and "odata3" in done.stdout
    done = process("vms", "list", "--server", "http://127.0.0.1:1/")
    assert done.returncode == 1 and done.stderr.startswith("spf-vmm: ") and "Traceback" not in done.stderr


def test_without_click_it_says_what_to_install(tmp_path):
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError(\"No module named 'click'\", name='click')\n")
    done = process("demo", env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.getcwd()}"})
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "pip install" in done.stderr


def test_a_closed_pipe_ends_quietly(server):
    command_line = f"{sys.executable} -m spf_vmm vms list --server {server.url} --principal x --format jsonl | true"
    done = subprocess.run(["sh", "-c", command_line], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


def test_the_demonstration_in_an_encoding_without_lines():
    done = process("demo", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr


def test_the_emulator_as_a_command(tmp_path):
    arguments = [
        sys.executable,
        "-m",
        "spf_vmm",
        "emulator",
        "--port",
        "0",
        "--database",
        str(tmp_path / "vmm.db"),
        "--user",
        "me",
    ]
    authority = Authority(tmp_path)
    for status, tls in (("PowerOff", []), ("Running", ["--tls", *authority.issue("server", host="127.0.0.1")])):
        box = subprocess.Popen(
            [*arguments, *tls],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "SPF_VMM_PASSWORD": "s3cret"},
        )
        stop = threading.Timer(50, box.kill)
        stop.start()
        try:
            url = box.stdout.readline().strip()
            assert url.startswith("https://" if tls else "http://")
            with spf_vmm.connect(url, principal_id="x", auth=("me", "s3cret"), verify=authority.path) as vmm:
                vm = vmm.VirtualMachines.where(lambda vm: vm.Name == "db01").first()
                assert vm.Status == status
                vmm.start(vm)
        finally:
            box.send_signal(2)
            out, err = box.communicate(timeout=20)
            stop.cancel()
        assert box.returncode == 0 and "Traceback" not in err and "s3cret" not in out + err
