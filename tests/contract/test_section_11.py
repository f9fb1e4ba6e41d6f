"""Section 11: the commands."""

from __future__ import annotations

import csv
import io
import json
import sys
from importlib import import_module

import pytest
from click.testing import CliRunner
from faults.server import FaultServer, answer, then_silence

from odata3.cli import command as odata3_command
from spf_vmm.cli import command as spf_command

MISSING = "00000000-0000-0000-0000-000000000005"


def run(command, *arguments, **environment):
    """(exit code, stdout, stderr); what is no exit is raised."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], env=environment)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(("package", "says"), [("odata3", "metadata"), ("spf_vmm", "demo")])
def test_python_m_is_the_same(monkeypatch, capsys, package, says):
    monkeypatch.setattr(sys, "argv", [package, "--help"])
    with pytest.raises(SystemExit) as ended:
        import_module(f"{package}.__main__").main()
    assert not ended.value.code and says in capsys.readouterr().out


def test_metadata(url):
    code, out, err = run(odata3_command, "metadata", url)
    assert (code, err) == (0, "") and "Products" in out
    assert json.loads(run(odata3_command, "metadata", url, "--json")[1])["version"] == "3.0"
    assert json.loads(run(odata3_command, "metadata", url, "--format", "json")[1])["version"] == "3.0"
    assert run(odata3_command, "metadata", url, "--format", "csv")[1].splitlines()[:2] == [
        "Set,Type,Key,Properties,Leads to",
        "Products,Bakery.Product,ID,23,Category",
    ]
    one = run(odata3_command, "metadata", url, "--type", "Line", "--format", "csv")
    assert one[0] == 0 and one[1].splitlines()[1] == "OrderID,Edm.Int32,,key,"
    code, out, err = run(odata3_command, "metadata", url, "--tree", "--format", "csv")
    assert (code, out) == (2, "") and "CSV" in err


def test_query_formats(url):
    code, out, err = run(odata3_command, "query", f"{url}Products", "--select", "ID,Name", "--top", "2", "--format", "json")
    assert (code, err) == (0, "") and json.loads(out) == [{"ID": 1, "Name": "Rye bread"}, {"ID": 2, "Name": "Roll"}]
    out = run(odata3_command, "query", f"{url}Products", "--filter", "Rating eq 3", "--format", "csv", "--select", "ID,Name")[1]
    assert list(csv.reader(io.StringIO(out))) == [["ID", "Name"], ["2", "Roll"], ["5", "Sponge"]]
    assert "Rye bread" in run(odata3_command, "query", f"{url}Products", "--format", "table")[1]
    assert run(odata3_command, "query", f"{url}Products", "--count")[1] == "5\n"


def test_stubs(url):
    code, out, _ = run(odata3_command, "stubs", url)
    compile(out, "stub.pyi", "exec")
    assert code == 0 and "class Product" in out


def test_checkpoints(box):
    where = {"SPF_VMM_SERVER": box.url, "SPF_VMM_PRINCIPAL": "user@contoso.com"}
    code, out, err = run(spf_command, "checkpoints", "list", "--format", "json", **where)
    assert (code, err) == (0, "") and {"ID", "VM", "Name"} <= set(json.loads(out)[0])
    assert run(spf_command, "checkpoints", "restore", box.checkpoint_id, "--yes", **where)[0] == 0


@pytest.fixture(scope="module")
def places():
    """Servers that are no service: a web page, JSON of something else, silence."""
    page = answer(b"<!DOCTYPE html><html>Welcome</html>", Content_Type="text/html")
    with FaultServer(page) as html, FaultServer(answer(b'{"a":1}')) as other, FaultServer(then_silence(b"")) as silent:
        yield {"html": html.url, "other": other.url, "silent": silent.url, "nobody": "http://127.0.0.1:1/"}


@pytest.mark.parametrize(
    ("place", "code", "says"),
    [
        ("html", 1, "web page"),
        ("other", 1, "XML"),
        ("silent", 1, "0.2 seconds"),
        ("nobody", 1, "connection refused"),
        ("nonsense", 2, "nonsense"),
    ],
)
def test_odata3_where_no_service_is(places, place, code, says):
    where = places.get(place, place)
    ended, out, err = run(odata3_command, "query", f"{where}", "--timeout", "0.2")
    assert (ended, out) == (code, "") and says in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--filter", "Nmae eq 1"), 1, "Nmae"),
        (("--select", "Nmae"), 1, "Nmae"),
        (("--format", "xml"), 2, "xml"),
        (("--top", "-1"), 2, "-1"),
    ],
)
def test_odata3_query_refused(url, arguments, code, says):
    ended, out, err = run(odata3_command, "query", f"{url}Products", *arguments)
    assert (ended, out) == (code, "") and says in err and "Traceback" not in err


def test_an_unknown_set_is_told_what_there_is(url):
    ended, out, err = run(odata3_command, "query", f"{url}Prodcts")
    assert ended != 0 and out == "" and "Products" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("place", "says"),
    [("html", "text/html"), ("other", ""), ("silent", "0.2 seconds"), ("nobody", "connection refused")],
)
def test_spf_where_no_service_is(places, place, says):
    where = f"{places[place]}vmm/"
    ended, out, err = run(spf_command, "checkpoints", "list", "--server", where, "--principal", "x", "--timeout", "0.2")
    assert (ended, out) == (1, "") and says in err and err.count("\n") == 1


def test_spf_wrong_usage_and_unknown_things(box):
    where = {"SPF_VMM_SERVER": box.url, "SPF_VMM_PRINCIPAL": "x"}
    for arguments, codes, says in (
        (("checkpoints", "restore", MISSING, "--yes"), (1,), MISSING),
        (("checkpoints", "restore", "zz", "--yes"), (2,), "zz"),
        (("vms", "start", "nobody"), (1,), "nobody"),
        (("nonsense",), (2,), "nonsense"),
    ):
        ended, out, err = run(spf_command, *arguments, **where)
        assert ended in codes and out == "" and says in err and "Traceback" not in err
    code, _, err = run(spf_command, "checkpoints", "list", "--server", box.url)
    assert code == 2 and "principal" in err
    assert run(spf_command, "checkpoints", "list")[0] == 2
