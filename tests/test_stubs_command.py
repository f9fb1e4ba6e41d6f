"""``odata3 stubs``: the pair of files runs and completes, ``--check`` tells what became of it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from faults.server import FaultServer, answer

from odata3.cli import command

ROOT = Path(__file__).parents[1]
SHOP = (Path(__file__).parent / "entities" / "shop.edmx").read_bytes()
CHANGED = (
    SHOP.replace(b'<Property Name="Note" Type="Edm.String"/>', b"")
    .replace(b'Name="Stock" Type="Edm.Int32"', b'Name="Stock" Type="Edm.Int64"')
    .replace(b'<EntitySet Name="Odds"', b'<EntitySet Name="More" EntityType="Shop.Odd"/><EntitySet Name="Odds"')
)


def run(*arguments: object, cwd: Path) -> tuple[int, str, str]:
    """The command in this process, as its users meet it: exit code, stdout, stderr."""
    with contextlib.chdir(cwd):
        ended = CliRunner(env={"COLUMNS": "200"}).invoke(command, list(map(str, arguments)))
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.exit_code, ended.stdout, ended.stderr


def process(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{cwd}"}
    return subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=60, env=environment
    )


@pytest.fixture
def service() -> Iterator[str]:
    """A service whose metadata is the shop's."""
    with FaultServer(answer(SHOP, Content_Type="application/xml")) as server:
        yield server.url


def test_a_stub_and_its_module_are_written_and_run(service: str, tmp_path: Path) -> None:
    written = process("-m", "odata3", "stubs", service, "-o", "shop.pyi", "--context", "Shop", cwd=tmp_path)
    err = written.stderr
    assert (written.returncode, written.stdout) == (0, "") and err.splitlines()[:2] == ["wrote shop.pyi", "wrote shop.py"]
    assert "from shop import Shop" in err
    program = (
        "from shop import Shop, Product, Colour\n"
        "ctx = Shop('http://127.0.0.1:1/')\n"
        "print(ctx.Products.where(lambda p: (p.Stock > 3) & (p.Colour == Colour.Red)).url)\n"
        "print(Product(Name='Bolt').Name, ctx.types.Product is Product, 'Product' in dir(__import__('shop')))\n"
    )
    told = process("-c", program, cwd=tmp_path)
    assert told.stderr == ""
    url, rest = told.stdout.splitlines()
    assert url == "http://127.0.0.1:1/Products?$filter=Stock%20gt%203%20and%20Colour%20eq%20Shop.Colour'Red'"
    assert rest == "Bolt True True"


def test_check_of_what_is_still_so(service: str, tmp_path: Path) -> None:
    run("stubs", service, "-o", "shop.pyi", cwd=tmp_path)
    (tmp_path / "shop.edmx").write_bytes(SHOP)
    for file in ("shop.pyi", "shop.py", "shop.edmx"):
        assert run("stubs", "--check", file, service, cwd=tmp_path) == (0, "", f"{file} is what the service is\n")
    code, out, _ = run("stubs", "--check", "shop.pyi", service, "--json", cwd=tmp_path)
    assert code == 0 and json.loads(out) == {"file": "shop.pyi", "breaks": False, "differences": []}


def test_check_of_what_has_changed(service: str, tmp_path: Path) -> None:
    run("stubs", service, "-o", "shop.pyi", cwd=tmp_path)
    with FaultServer(answer(CHANGED, Content_Type="application/xml")) as later:
        code, out, err = run("stubs", "--check", "shop.pyi", later.url, cwd=tmp_path)
        told = json.loads(run("stubs", "--check", "shop.pyi", later.url, "--json", cwd=tmp_path)[1])
    assert code == 1 and err == "3 differences, 1 of which may break callers\n"
    head, _, gone, wider, new = out.splitlines()
    assert head.split() == ["Breaks", "Change", "What", "Where", "Before", "After", "Effect"]
    assert gone.split()[:5] == ["yes", "removed", "property", "Shop.Product.Note", "Edm.String"]
    assert wider.split() == ["changed", "property", "Shop.Product.Stock", "Edm.Int32", "Edm.Int64"]
    assert new.split() == ["added", "entity", "set", "More"]
    assert told["breaks"] is True and [d["where"] for d in told["differences"]] == [
        "Shop.Product.Note",
        "Shop.Product.Stock",
        "More",
    ]


def test_check_of_files_that_were_edited(service: str, tmp_path: Path) -> None:
    """Or written by another version: the model counts, and that they should be written anew is said."""
    run("stubs", service, "-o", "shop.pyi", cwd=tmp_path)
    with (tmp_path / "shop.pyi").open("a") as file:
        file.write("x: int\n")
    code, out, err = run("stubs", "--check", "shop.pyi", service, cwd=tmp_path)
    assert (code, out) == (0, "") and err.splitlines() == [
        "shop.pyi is not what this version of odata3 writes of its model: write it anew with -o shop.pyi",
        "shop.pyi is what the service is",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("shop.edmx", "-o", "my-shop.pyi"), 2, "'my-shop' cannot be the name of a module"),
        (("shop.edmx", "-o", "shop.txt"), 2, "-o names the stub, NAME.pyi"),
        (("shop.edmx", "--context", "Product"), 2, "Product is a type of the model"),
        (("shop.edmx", "--json"), 2, "--json goes with --check"),
        (("--check", "lone.pyi", "shop.edmx"), 1, "lone.py is missing"),
        (("--check", "other.py", "shop.edmx"), 1, "was not written by odata3 stubs"),
        (("--check", "shop.edmx", "shop.edmx", "-o", "x.pyi"), 2, "--check writes nothing"),
    ],
)
def test_what_cannot_be(arguments: tuple[str, ...], code: int, says: str, tmp_path: Path) -> None:
    (tmp_path / "shop.edmx").write_bytes(SHOP)
    (tmp_path / "lone.pyi").write_text("class Product: ...")
    (tmp_path / "other.py").write_text("_METADATA = open('written', 'w').write('x')")
    ended, _, err = run("stubs", *arguments, cwd=tmp_path)
    assert ended == code and says in " ".join(err.split())
    assert not (tmp_path / "written").exists()
