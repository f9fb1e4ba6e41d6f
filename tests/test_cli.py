"""``odata3``: metadata, query, stubs and serve, against a service of our own."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from console.shop import MODEL, run, serving, write_files
from faults.server import FaultServer, answer, chunked, then_close

from odata3.console import output


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write_files(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def root():
    with serving() as url:
        yield url


def rows(*arguments):
    code, out, err = run("query", *arguments, "--format", "json")
    assert code == 0, err
    return json.loads(out)


@pytest.mark.parametrize("source", ["url", "$metadata", "file"])
def test_metadata(source, root, files):
    where = {"url": root, "$metadata": f"{root}$metadata", "file": files / "shop.edmx"}[source]
    code, out, _ = run("metadata", where)
    assert code == 0
    assert "Products" in out and "Shop.Product" in out and "2 entity types, 1 complex types" in out
    code, out, _ = run("metadata", where, "--tree")
    assert code == 0 and "Price: Edm.Decimal" in out and "Products -> Shop.Product*" in out
    code, out, _ = run("metadata", where, "--json")
    assert json.loads(out)["types"]["Shop.Product"]["navigation"] == {"Category": "Shop.Category"}


@pytest.mark.parametrize("name", ["Product", "Shop.Product"])
def test_one_type_in_detail(files, name):
    code, out, _ = run("metadata", files / "shop.edmx", "--type", name)
    assert code == 0 and "Edm.Decimal" in out and "key" in out
    code, out, _ = run("metadata", files / "shop.edmx", "--type", name, "--json")
    assert json.loads(out)["name"] == "Shop.Product"
    assert run("metadata", files / "shop.edmx", "--type", "Prodct")[0] == 2


def test_the_sets_of_a_root(root):
    assert rows(root) == [{"Set": "Products", "Type": "Shop.Product"}, {"Set": "Categories", "Type": "Shop.Category"}]


def test_query_follows_pages(root):
    assert [row["ID"] for row in rows(f"{root}Products")] == [1, 2, 3]


def test_query_options(root):
    products = f"{root}Products"
    assert [r["Name"] for r in rows(products, "--filter", "Price lt 1")] == ["Rolls"]
    assert [r["ID"] for r in rows(products, "--orderby", "ID desc", "--top", 2)] == [3, 2]
    assert [r["ID"] for r in rows(products, "--skip", 2)] == [3]
    assert list(rows(products, "--select", "Name,ID")[0]) == ["Name", "ID"]
    assert rows(products, "--expand", "Category", "--top", 1)[0]["Category"]["Name"] == "Bakery"
    assert len(rows(f"{root}Categories", "--expand", "Products")[0]["Products"]) == 3
    assert run("query", products, "--count")[1] == "3\n"
    assert run("query", products, "--count", "--filter", "Price gt 1")[1] == "1\n"
    assert rows(f"{root}Products(2)")[0]["Name"] == "Rolls"


def test_values_come_out_exactly(root):
    row = rows(f"{root}Products(1)")[0]
    assert row["Price"] == "2.50"
    assert row["Made"] == "2026-01-02T03:04:05.1234567"
    assert row["Size"] == {"Width": 1.5}


def test_any_path_below_the_root(root):
    assert [row["ID"] for row in rows(f"{root}Categories(1)/Products")] == [1, 2, 3]
    assert rows(f"{root}Products(1)/Category")[0]["Name"] == "Bakery"
    assert [row["ID"] for row in rows(f"{root}Categories(1)/Products", "--filter", "Price lt 1", "--select", "ID")] == [2]


def test_filters_in_python(root):
    products = f"{root}Products"
    assert [r["ID"] for r in rows(products, "--filter", "lambda p: p.Price < 1 or p.Name == None")] == [2, 3]
    assert [r["ID"] for r in rows(products, "--filter", "lambda p: p.Category.Name == 'Bakery' and 'R' in p.Name")] == [2]
    assert run("query", products, "--count", "--filter", "lambda p: p.Made.year == 2026")[1] == "1\n"
    path = f"{root}Categories(1)/Products"
    assert [r["ID"] for r in rows(path, "--filter", "lambda p: p.Price > Decimal('2')")] == [1]
    for text, says in (
        ("lambda p: open('x')", "open"),
        ("lambda p: p.Nmae == 1", "did you mean 'Name'"),
        ("lambda p: (", "Python"),
    ):
        code, out, err = run("query", products, "--filter", text)
        assert (code, out) == (2, "") and says in err and err.count("\n") == 1


def test_options_in_the_url(root):
    assert [r["ID"] for r in rows(f"{root}Products?$filter=Price%20lt%201")] == [2]
    assert rows(f"{root}Products?$orderby=ID desc&$top=1&$select=Name") == [{"Name": None}]
    assert [r["ID"] for r in rows(f"{root}Products?$top=1", "--top", 2)] == [1, 2], "what an option says counts"
    assert run("query", f"{root}Products?$top=x")[0] == run("query", f"{root}Products?$top=\u00b2")[0] == 2
    assert run("query", f"{root}Products", "--timeout", "0")[0] == 2
    assert run("query", root, "--top", 1)[0] == 2, "a root has no rows"


def test_what_is_no_entity(root):
    assert rows(f"{root}Products(1)/Name") == [{"value": "Bread, white"}]
    assert rows(f"{root}Products(1)/Size") == [{"Width": 1.5}]
    assert run("query", f"{root}Products(1)/Nothing")[0] == 1


def test_parquet(root, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra arrow is not installed")
    file = tmp_path / "out.parquet"
    code, out, _ = run("query", f"{root}Products", "--format", "parquet", "-o", file)
    assert (code, out) == (0, "")
    table = parquet.read_table(file)
    assert table.column_names == ["ID", "Name", "Price", "Made", "Size.Width"]
    assert table["Price"].to_pylist() == [Decimal("2.50"), Decimal("0.40"), None]
    done = subprocess.run(
        [sys.executable, "-m", "odata3", "query", f"{root}Products", "--select", "Name", "--format", "parquet"],
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert parquet.read_table(io.BytesIO(done.stdout))["Name"].to_pylist() == ["Bread, white", "Rolls", None]
    assert run("query", root, "--format", "parquet")[0] == 2


def test_a_file_is_whole_or_as_it_was(root, tmp_path):
    page = b'{"odata.metadata":"http://x/$metadata#Products","value":[{"ID":1,"Size":null}],"odata.nextLink":"Products?page=2"}'
    script = (answer(MODEL.encode(), Content_Type="application/xml"), answer(page, Content_Type="application/json;odata=light"),
              answer(b"", "500 Oops"))  # fmt: skip
    for form in ("table", "json", "jsonl", "csv", "parquet"):
        file = tmp_path / form
        file.write_text("before")
        with FaultServer(*script) as server:
            code, _, err = run("query", f"{server.url}Products", "--root", server.url, "--format", form, "-o", file)
        assert code == 1 and "500" in err and file.read_text() == "before", form
    assert len(list(tmp_path.iterdir())) == 5


def test_long_tables_come_in_pieces(monkeypatch, tmp_path):
    monkeypatch.setattr(output, "_MEASURED", 2)
    some = [{"Name": name} for name in ("a", "bb", "c", "longer than all", "d")]
    assert output.write_rows(iter(some), "table", ["Name"], tmp_path / "out") == 5
    lines = (tmp_path / "out").read_text("utf-8").splitlines()
    assert lines[0] == "Name" and lines[2:] == ["a", "bb", "c", "longer than all", "d"]


def test_the_doctor(root, tmp_path):
    file = tmp_path / "profile.json"
    code, out, err = run("doctor", root, "-o", file)
    assert code == 0 and "light JSON, verbose JSON, Atom" in out and "profile: format='json'" in out and str(file) in err
    assert json.loads(file.read_text())["format"] == "json"
    assert rows(f"{root}Products", "--profile", file, "--top", 1)[0]["ID"] == 1
    code, out, _ = run("doctor", root, "--json")
    told = json.loads(out)
    assert code == 0 and {finding["topic"] for finding in told["found"]} >= {"version", "formats", "paging", "$count"}
    code, out, err = run("doctor", "http://127.0.0.1:1/")
    assert code == 1 and out.splitlines()[1].startswith(
        "problem connection  GET http://127.0.0.1:1/$metadata: connection refused"
    )
    assert run("doctor")[0] == run("doctor", "shop.edmx")[0] == 2


def test_the_doctor_names_the_extra():
    with FaultServer(answer(b"", "401 Unauthorized", WWW_Authenticate="NTLM")) as server:
        code, out, _ = run("doctor", server.url)
    assert code == 1 and "pip install 'odata3[ntlm]'" in out


@pytest.mark.filterwarnings("always:Unverified HTTPS request")
def test_warnings_are_lines_said_once():
    with FaultServer(answer(b"", "404 Not Found"), tls=True) as server:
        code, _, err = run("doctor", server.url, "--insecure")
    assert code == 1 and err.startswith("warning: Unverified HTTPS request") and err.count("\n") == 1


def test_a_diagram(root, files, tmp_path):
    code, out, _ = run("diagram", files / "shop.edmx")
    assert code == 0 and out.startswith("<svg ") and ">Product<" in out
    code, out, err = run("diagram", root, "-o", tmp_path / "shop.mmd")
    assert (code, out) == (0, "") and "2 types, 1 lines" in err
    assert (tmp_path / "shop.mmd").read_text("utf-8").startswith("erDiagram\n")
    assert ">Size<" in run("diagram", files / "shop.edmx", "--complex", "--types", "Size,Product")[1]
    assert "<title>Shop.Category<" not in run("diagram", files / "shop.edmx", "--around", "Product", "--depth", 0)[1]
    assert run("diagram", files / "shop.edmx", "--around", "Prodct")[0] == 2


def test_forms(root, tmp_path):
    code, out, _ = run("query", f"{root}Products")
    assert code == 0 and "Bread, white" in out and "\x1b" not in out
    code, out, _ = run("query", f"{root}Products", "--format", "csv")
    assert [row["Name"] for row in csv.DictReader(io.StringIO(out))] == ["Bread, white", "Rolls", ""]
    code, out, _ = run("query", f"{root}Products", "--format", "jsonl")
    assert len(out.splitlines()) == 3
    code, out, _ = run("query", f"{root}Products", "--format", "csv", "-o", tmp_path / "out.csv")
    assert (code, out) == (0, "") and (tmp_path / "out.csv").read_text("utf-8").startswith("ID,Name")


def test_nothing_found(root):
    code, out, err = run("query", f"{root}Products", "--filter", "ID eq 99", "--format", "json")
    assert (code, out) == (0, "[]\n") and "nothing" in err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("query", "{root}Prodcts"), 2, "Prodcts"),
        (("query", "{root}Products", "--filter", "Nme eq 1"), 1, "400"),
        (("query", "{root}Products", "--select", "Nmae"), 1, "did you mean 'Name'?\n"),
        (("query", "{root}Products(77)"), 1, "404"),
        (("query", "ftp://host/x"), 2, "ftp"),
        (("query", "http://127.0.0.1:1/Products"), 1, "connection refused"),
        (("query", "{root}Products", "--root", "http://other/"), 2, "below the root"),
        (("query", "{root}Products", "--top", "-1"), 2, "-1"),
        (("metadata", "nowhere.edmx"), 2, "nowhere.edmx"),
        (("stubs", "http://127.0.0.1:1/"), 1, "connection refused"),
        (("query", "{root}Products", "-o", "/nowhere/out"), 1, "/nowhere/out"),
        (("serve", "nowhere.edmx"), 2, "nowhere.edmx"),
    ],
)
def test_what_goes_wrong_is_one_line(root, arguments, code, says):
    ended, _, err = run(*(a.format(root=root) for a in arguments))
    assert ended == code, err
    assert says in err and "Traceback" not in err


def test_a_page_that_fails_is_an_error_not_a_short_list():
    page = b'{"odata.metadata":"http://x/$metadata#Products","value":[{"ID":1,"Size":null}],"odata.nextLink":"Products?page=2"}'
    metadata = answer(MODEL.encode(), Content_Type="application/xml")
    light = "application/json;odata=minimalmetadata"
    with FaultServer(metadata, answer(page, Content_Type=light), then_close(chunked(b"{", end=b"zz"))) as server:
        code, out, err = run("query", f"{server.url}Products", "--format", "jsonl", "--root", server.url)
    assert code == 1 and len(out.splitlines()) == 1 and err.count("\n") == 1


def test_stubs(files, tmp_path):
    code, out, _ = run("stubs", files / "shop.edmx")
    assert code == 0 and "class Product(Entity):" in out
    run("stubs", files / "shop.edmx", "-o", tmp_path / "shop.pyi")
    assert (tmp_path / "shop.pyi").read_text("utf-8") == out


def test_serving_any_model(files, tmp_path):
    arguments = ["serve", "shop.edmx", "--data", "shop.json", "--port", "0", "--database", str(tmp_path / "shop.db")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(
        [sys.executable, "-m", "odata3", *arguments],
        cwd=files,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    stop = threading.Timer(50, process.kill)
    stop.start()
    try:
        url = process.stdout.readline().strip()
        assert [row["Name"] for row in rows(f"{url}Products")] == ["Bread, white", "Rolls", None]
        assert rows(f"{url}Products(1)")[0]["Size"] == {"Width": 1.5}
    finally:
        process.send_signal(2)
        _, err = process.communicate(timeout=20)
        stop.cancel()
    assert process.returncode == 0 and "ended" in err and "Traceback" not in err


def test_data_that_does_not_fit_is_named(files, tmp_path):
    for text, says in [
        ('{"Products":[{"ID":"x"}]}', "Products[0]"),
        ("[1]", "data.json"),
        ("{", "data.json"),
        ('{"Nothing":[{}]}', "Nothing[0]"),
    ]:
        (tmp_path / "data.json").write_text(text)
        code, _, err = run("serve", files / "shop.edmx", "--data", tmp_path / "data.json", "--port", "0")
        assert code == 2 and says in err, err


def test_credentials_come_from_the_environment():
    with FaultServer(answer(b"no", "401 Unauthorized")) as server:
        code, _, err = run("metadata", server.url, "--user", "me", ODATA3_PASSWORD="s3cret")
    assert code == 1 and "401" in err and "s3cret" not in err
    assert server.requests[0].headers["authorization"].startswith("Basic ")
