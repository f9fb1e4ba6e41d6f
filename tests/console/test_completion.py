"""What shells complete, without a service being there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from click.shell_completion import get_completion_class
from console.shop import MODEL, run

from odata3.cli import command
from odata3.console.completion import SHELLS
from odata3.console.connections import Connection, add, metadata_path
from spf_vmm.cli import command as spf_vmm


@pytest.fixture
def known(home):
    """A connection whose service was asked once, and is gone."""
    add(Connection("shop", "http://127.0.0.1:1/"))
    path = metadata_path("shop")
    path.parent.mkdir(parents=True)
    path.write_text(MODEL)
    (home / "other.edmx").write_text(MODEL)
    return home


def completed(line, monkeypatch, program=command):
    """What bash is told for a line whose end is being typed."""
    monkeypatch.setenv("COMP_LINE", line)
    monkeypatch.setenv("COMP_POINT", str(len(line.encode())))
    shell = get_completion_class("bash")(program, {}, line.split()[0], "_X_COMPLETE")
    return [told.partition(",")[2] for told in shell.complete().splitlines() if not told.startswith("file,")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("odata3 qu", ["query"]),
        ("odata3 query sh", ["shop:"]),
        ("odata3 query shop:", ["Products", "Categories"]),
        ("odata3 query shop:Pro", ["Products"]),
        ("odata3 query shop:Products --select N", ["Name"]),
        ("odata3 query shop:Products --select Name,P", ["Name,Price"]),
        ("odata3 query shop:Products --select=N", ["Name"]),
        ("odata3 query shop:Products --expand ", ["Category"]),
        ("odata3 query 'shop:Categories(1)/Products' --orderby M", ["Made"]),
        ("odata3 query shop:Products --format p", ["parquet"]),
        ("odata3 query --connection s", ["shop"]),
        ("odata3 query --connection shop C", ["Categories"]),
        ("odata3 metadata shop: --type P", ["Product"]),
        ("odata3 metadata shop: --type Shop.C", ["Shop.Category"]),
        ("odata3 metadata other.edmx --type Pr", ["Product"]),
        ("odata3 diagram shop: --around C", ["Category"]),
        ("odata3 connections show s", ["shop"]),
        ("odata3 query nobody:", []),
        ("odata3 metadata gone.edmx --type P", []),
        ("odata3 query 'shop:Pro", ["Products"]),
    ],
)
def test_what_is_completed(line, words, known, monkeypatch):
    monkeypatch.chdir(known)
    assert completed(line, monkeypatch) == words


def test_spf_vmm(known, monkeypatch):
    assert completed("spf-vmm checkpoints re", monkeypatch, spf_vmm) == ["restore"]
    assert completed("spf-vmm vms list --connection ", monkeypatch, spf_vmm) == ["shop"]


def test_a_broken_configuration_completes_nothing(known, monkeypatch):
    (known / "connections.toml").write_text("[")
    assert completed("odata3 query --connection ", monkeypatch) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts(shell):
    code, out, _ = run("completion", shell)
    assert code == 0 and f"{shell}_complete" in out and "%" not in out.replace("%%,", "").replace("%s", "")


def test_a_real_process_completes(known):
    line = "odata3 query shop:Pro"
    environment = {**os.environ, "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ODATA3_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "odata3"], capture_output=True, text=True, timeout=60, check=True, env=environment
    )
    assert (done.stdout, done.stderr) == ("plain,Products\n", "")


def test_the_script_in_a_bash():
    """The script itself, fed with lines as our program would print them."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed, and the completion is run in a real one")
    script = run("completion", "bash")[1]
    program = "printf 'plain,shop:\\nplain,a b\\nfile,\\n'"
    typed = f"""
        {script}
        command() {{ {program}; }}
        env() {{ {program}; }}
        compopt() {{ echo "compopt $*"; }}
        COMP_LINE="command query sh"; COMP_POINT=${{#COMP_LINE}}
        _command_completion command
        printf '<%s>' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run([bash, "-c", typed], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "compopt -o nospace\ncompopt -o default\n<shop:><a b>" and done.stderr == ""
