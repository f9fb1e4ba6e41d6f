"""What goes wrong first, made to go wrong: the messages, whole, are those of ``docs/first-mistakes.md``.

Each heading of the third level there is one mistake, the block of text below it its message, in which ``…`` stands for what
depends on place and time. Here is the program that makes the mistake, over real sockets where HTTP is involved.
``python -m tests.test_first_mistakes`` prints every message as it is.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from faults.server import FaultServer, answer, redirect, then_silence

import spf_vmm
from odata3 import DataServiceContext
from odata3.edm.csdl import parse_metadata

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "first-mistakes.md"
BAKERY = (Path(__file__).parent / "contract" / "bakery.edmx").read_bytes()
MODEL = parse_metadata(BAKERY)
JSON = "application/json;odata=minimalmetadata"

METADATA = answer(BAKERY, Content_Type="application/xml")
SIGN_IN = answer(b"<!DOCTYPE html><html><title>Sign in</title></html>", Content_Type="text/html")
V4 = (
    b'<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
    b'<Schema Namespace="N" xmlns="http://docs.oasis-open.org/odata/ns/edm"/></edmx:DataServices></edmx:Edmx>'
)

MISTAKES: dict[str, Callable[[], object]] = {}


def mistake(title: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """A mistake by its heading; what it raises is the message, or else the text that it gives."""

    def note(function: Callable[[], object]) -> Callable[[], object]:
        assert title not in MISTAKES
        MISTAKES[title] = function
        return function

    return note


@contextlib.contextmanager
def service(*script: Any, path: str = "", **keywords: Any) -> Iterator[DataServiceContext]:
    """A context over a server that answers by a script."""
    with (
        FaultServer(*script, tls=bool(keywords.pop("tls", False))) as server,
        DataServiceContext(server.url + path, **keywords) as ctx,
    ):
        yield ctx


def nowhere(**keywords: Any) -> DataServiceContext:
    """A context for what needs no service."""
    return DataServiceContext("http://127.0.0.1:1/", metadata=MODEL, **keywords)


def product(**values: Any) -> bytes:
    body = {"odata.metadata": "http://x/$metadata#Products", "value": [{"ID": 1, "Name": "Rye bread"} | values]}
    return answer(json.dumps(body).encode(), Content_Type=JSON)


# -- where the service is


@mistake("The address is not that of a service")
def _() -> None:
    with service(answer(b"", "404 Not Found"), path="Bakery.svc") as ctx:
        print(ctx.Products)


@mistake("The address of a set in place of the root's")
def _() -> None:
    with service(answer(b"", "404 Not Found"), path="Bakery.svc/Products") as ctx:
        print(ctx.Products)


@mistake("The address of the metadata in place of the root's")
def _() -> None:
    DataServiceContext("https://services.example/Bakery.svc/$metadata")


@mistake("A query in the root")
def _() -> None:
    DataServiceContext("https://services.example/Bakery.svc/?$top=10")


@mistake("A file in place of the root")
def _() -> None:
    DataServiceContext("bakery.edmx")


@mistake("A URL as metadata")
def _() -> None:
    DataServiceContext("https://services.example/Bakery.svc/", metadata="https://services.example/Bakery.svc/$metadata")


@mistake("A web page answers")
def _() -> None:
    with service(SIGN_IN) as ctx:
        print(ctx.Products)


@mistake("A sign-in page answers later on")
def _() -> None:
    with service(SIGN_IN, metadata=MODEL) as ctx:
        ctx.Products.to_list()


@mistake("A redirect to a sign-in elsewhere")
def _() -> None:
    with service(redirect("https://login.example/?return=Bakery.svc")) as ctx:
        print(ctx.Products)


@mistake("A save is redirected to a sign-in")
def _() -> None:
    with service(redirect("/login"), metadata=MODEL) as ctx:
        ctx.add_to_Products(ctx.types.Product(ID=7))
        ctx.save_changes()


@mistake("There is no such host")
def _() -> None:
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    with mock.patch("socket.getaddrinfo", side_effect=unknown):  # nobody outside is asked
        DataServiceContext("http://no-such-host.invalid/Bakery.svc/", retry=None, proxies={"no_proxy": "*"}).Products.first()


@mistake("The wrong port, or a service that is not running")
def _() -> None:
    DataServiceContext("http://127.0.0.1:1/Bakery.svc/", retry=None).Products.first()


@mistake("http where the service speaks https")
def _() -> None:
    with FaultServer(METADATA, tls=True) as server, DataServiceContext(server.url.replace("https:", "http:"), retry=None) as ctx:
        print(ctx.Products)


@contextlib.contextmanager
def speaking_http() -> Iterator[int]:
    """The port of a server that refuses the hello of TLS as soon as it comes. (One that waits for the end of a line first may
    wait for ever: there is one in most hellos, by chance.)"""

    def refuse() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        refusing = threading.Thread(target=refuse)
        refusing.start()
        yield listener.getsockname()[1]
        refusing.join()


@mistake("https where the service speaks http")
def _() -> None:
    with speaking_http() as port, DataServiceContext(f"https://127.0.0.1:{port}/", retry=None) as ctx:
        print(ctx.Products)


@mistake("A certificate that Python does not trust")
def _() -> None:
    with service(METADATA, tls=True, retry=None) as ctx:
        print(ctx.Products)


@mistake("A service that takes its time")
def _() -> None:
    with service(then_silence(b""), timeout=(5, 0.05)) as ctx:
        print(ctx.Products)


@mistake("A proxy that is not there")
def _() -> None:
    DataServiceContext("http://services.example/Bakery.svc/", proxies={"http": "http://127.0.0.1:1"}, retry=None).Products.first()


@mistake("A proxy that wants credentials")
def _() -> None:
    with FaultServer(answer(b"", "407 Proxy Authentication Required", Proxy_Authenticate="Basic")) as proxy:
        DataServiceContext("http://services.example/Bakery.svc/", proxies={"http": proxy.url}).Products.first()


@mistake("An OData V4 service")
def _() -> None:
    with service(answer(V4, Content_Type="application/xml")) as ctx:
        print(ctx.Products)


@mistake("A V4 service that says so in its headers")
def _() -> None:
    with service(answer(V4, Content_Type="application/xml", OData_Version="4.0")) as ctx:
        print(ctx.Products)


# -- who asks


@mistake("A wrong password")
def _() -> None:
    with service(answer(b"", "401 Unauthorized", WWW_Authenticate='Basic realm="x"'), auth=("user", "mistyped")) as ctx:
        print(ctx.Products)


@mistake("NTLM is needed")
def _() -> None:
    with service(answer(b"", "401 Unauthorized", WWW_Authenticate="NTLM"), auth=("user", "secret")) as ctx:
        print(ctx.Products)


@mistake("Negotiate (Kerberos) is needed")
def _() -> None:
    with service(answer(b"", "401 Unauthorized", WWW_Authenticate="Negotiate")) as ctx:
        print(ctx.Products)


@mistake("Credentials that are known, and not enough")
def _() -> None:
    with service(answer(b"", "403 Forbidden"), metadata=MODEL, auth=("user", "secret")) as ctx:
        ctx.Products.first()


@mistake("Credentials as a list")
def _() -> None:
    nowhere(auth=["user", "secret"])


@mistake("SPF without the principal")
def _() -> None:
    spf_vmm.connect("https://wapserver:30006", subscription_id="ba4146fa-fb41-41b6-a7c0-2b4ff4c3f7e3")


@mistake("SPF misses the header")
def _() -> None:
    words = b'{"error":{"code":"","message":{"lang":"en-US","value":"The header x-ms-principal-id is missing."}}}'
    with FaultServer(answer(words, "400 Bad Request")) as server:
        spf_vmm.connect(f"{server.url}SC2012R2/VMM/Microsoft.Management.Odata.svc/").Clouds.to_list()


# -- names


@mistake("A set that is misspelt")
def _() -> None:
    nowhere().Prodcuts.first()


@mistake("A property that is misspelt in a query")
def _() -> None:
    nowhere().Products.where(lambda p: p.Nmae == "Rye bread")


@mistake("A property that is misspelt on assignment")
def _() -> None:
    nowhere().types.Product(ID=1).Nmae = "Rye bread"


@mistake("A property that is misspelt when it is read")
def _() -> object:
    """Python itself adds the name that is meant, where it prints the error (before 3.12 only there)."""
    printed = io.StringIO()
    try:
        print(nowhere().types.Product(ID=1).Id)
    except AttributeError as error:
        with contextlib.redirect_stderr(printed):
            sys.__excepthook__(AttributeError, error, None)
    return printed.getvalue().splitlines()[-1]


@mistake(".NET's names on a context")
def _() -> None:
    nowhere().SaveChanges()


@mistake(".NET's names on a query")
def _() -> None:
    nowhere().Products.FirstOrDefault()


@mistake("Other libraries' names on a query")
def _() -> None:
    nowhere().Products.filter(Name="Rye bread")


@mistake("A context's settings after it was made")
def _() -> None:
    nowhere().Timeout = 30


# -- queries


@mistake("`is None` in a condition")
def _() -> None:
    nowhere().Products.where(lambda p: p.Name is None)


@mistake("`and` outside of a lambda")
def _() -> None:
    product = nowhere().types.Product
    print(product.Name == "Rye bread" and product.Rating > 3)


@mistake("A comparison that Python made already")
def _() -> None:
    ctx = nowhere()
    ctx.Products.where(ctx.types.Product.Name is None)


@mistake("A text as a condition")
def _() -> None:
    nowhere().Products.where(lambda p: p.Name)


@mistake("The truth of a query")
def _() -> None:
    if nowhere().Products:
        pass


@mistake("The length of a query")
def _() -> None:
    len(nowhere().Products)


@mistake("An item of a query")
def _() -> None:
    nowhere().Products[0]


@mistake("A part of a key")
def _() -> None:
    nowhere().Lines.by_key(7)


@mistake("A number for a text")
def _() -> None:
    nowhere().Products.where(lambda p: p.Name == 5)


@mistake("A moment without offset in a query")
def _() -> None:
    nowhere().Products.where(lambda p: p.Changed > datetime.datetime(2013, 8, 2))


@mistake("$format by hand")
def _() -> None:
    nowhere().Products.add_query_option("$format", "json")


# -- changes


@mistake("A number for a text on assignment")
def _() -> None:
    nowhere().types.Product(Name=5)


@mistake("A float for a decimal")
def _() -> None:
    nowhere().types.Product(Price=2.5)


@mistake("A moment without offset on assignment")
def _() -> None:
    nowhere().types.Product(Changed=datetime.datetime(2013, 8, 2))


@mistake("update_object forgotten")
def _() -> object:
    with service(product(), metadata=MODEL) as ctx:
        ctx.Products.first().Name = "Spelt bread"
        return ctx.pending_changes()


@mistake("An entity that no context tracks")
def _() -> None:
    ctx = nowhere()
    ctx.update_object(ctx.types.Product(ID=1))


@mistake("An entity of another context")
def _() -> None:
    with service(product(), metadata=MODEL) as ctx:
        nowhere().update_object(ctx.Products.first())


@mistake("An entity in the wrong set")
def _() -> None:
    ctx = nowhere()
    ctx.add_object("Categories", ctx.types.Product(ID=1))


@mistake("A dictionary in place of an entity")
def _() -> None:
    nowhere().add_object("Products", {"ID": 1})


@mistake("The entity was changed by somebody else")
def _() -> None:
    with service(product(), answer(b"", "412 Precondition Failed"), metadata=MODEL) as ctx:
        found = ctx.Products.first()
        found.Name = "Spelt bread"
        ctx.update_object(found)
        ctx.save_changes()


# -- what is not installed


@contextlib.contextmanager
def without(*packages: str) -> Iterator[None]:
    """As if packages were not installed."""
    hidden = [name for name in sys.modules if name.partition(".")[0] in packages]
    kept = {name: sys.modules.pop(name) for name in hidden}
    sys.modules.update(dict.fromkeys(packages))  # type: ignore[arg-type]  # None: not to be found
    try:
        yield
    finally:
        for name in packages:
            del sys.modules[name]
        sys.modules.update(kept)


@mistake("pandas is not installed")
def _() -> None:
    with without("pandas"):
        nowhere().Products.to_dataframe()


@mistake("The server's packages are not installed")
def _() -> None:
    emulator = sys.modules.pop("spf_vmm.emulator", None)
    face = vars(spf_vmm).pop("emulator", None)
    try:
        with without("sqlalchemy", "cheroot"):
            rooms = {n: sys.modules.pop(n) for n in list(sys.modules) if n.startswith(("spf_vmm.emulator.", "odata3.server"))}
            try:
                print(spf_vmm.emulator)
            finally:
                sys.modules.update(rooms)
    finally:
        if emulator is not None:
            sys.modules["spf_vmm.emulator"] = emulator
        if face is not None:
            spf_vmm.emulator = face  # type: ignore[attr-defined]


@mistake("The command's packages are not installed")
def _() -> object:
    program = (
        "import sys, runpy; sys.modules['click'] = None; sys.argv = ['odata3']; runpy.run_module('odata3', run_name='__main__')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment).stderr


# -- the page


def message(title: str) -> str:
    """What the mistake says, on one line."""
    try:
        told = MISTAKES[title]()
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
    return " ".join(str(told).split())


def sections() -> dict[str, str]:
    """The mistakes of the page: headings, and the text below each."""
    parts = re.split(r"^### (.+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_page_has_every_mistake() -> None:
    assert list(sections()) == list(MISTAKES)


@pytest.mark.parametrize("title", MISTAKES)
def test_the_message_is_that_of_the_page(title: str) -> None:
    block = re.search(r"^```text\n(.*?)\n```$", sections()[title], re.MULTILINE | re.DOTALL)
    assert block is not None
    pattern = re.escape(" ".join(block[1].split())).replace("…", ".+?")
    told = message(title)
    assert re.fullmatch(pattern, told), told
    assert "secret" not in told and "mistyped" not in told  # the passwords above


@pytest.mark.parametrize("title", MISTAKES)
def test_the_page_says_what_it_means_and_what_to_do(title: str) -> None:
    told = re.sub(r"^```.*?^```$", "", sections()[title], flags=re.MULTILINE | re.DOTALL)
    paragraphs = [paragraph for paragraph in told.split("\n\n") if paragraph.strip() and not paragraph.strip().startswith("##")]
    assert len(paragraphs) == 1 and len(re.findall(r"[.:!?](?:\s|$)", paragraphs[0])) >= 2


if __name__ == "__main__":
    for name in MISTAKES:
        print(f"### {name}\n\n```text\n{message(name)}\n```\n")
