"""Connections by name: the file, what may stand in it, where passwords come from, and how commands take a name for a URL."""

from __future__ import annotations

import json
import os
import stat
from typing import ClassVar

import pytest
from console.shop import run
from faults.server import FaultServer, answer

from odata3.console import access
from odata3.console.connections import Connection, add, config_path, connection, connections, metadata_path, named_in, remove
from odata3.errors import ArgumentError
from spf_vmm.cli import command as spf_vmm


def write(text):
    config_path().write_text(text, encoding="utf-8")


def test_no_file_names_none():
    assert connections() == {}
    code, out, err = run("connections", "list", "--format", "json")
    assert (code, json.loads(out)) == (0, []) and "odata3 connections add" in err


def test_added_shown_and_removed():
    added = run(
        "connections", "add", "shop", "https://shop.example/Shop.svc", "--user", "me", "--auth", "ntlm",
        "--header", "x-client: reports \u00e9", "--timeout", "5", "--principal", "p",
    )  # fmt: skip
    assert added[0] == 0, added
    assert connection("shop") == Connection(
        "shop", "https://shop.example/Shop.svc", "me", "ntlm", timeout=5.0, principal="p", headers={"x-client": "reports \u00e9"}
    )
    assert connection("shop").root == "https://shop.example/Shop.svc/"
    assert json.loads(run("connections", "show", "shop", "--json")[1])["headers"] == {"x-client": "reports \u00e9"}
    assert "url = https://shop.example/Shop.svc" in run("connections", "show", "shop")[1]
    assert run("connections", "add", "shop", "https://other.example/")[0] == 2
    assert run("connections", "add", "shop", "https://other.example/", "--replace")[0] == 0
    assert connection("shop") == Connection("shop", "https://other.example/")
    assert run("connections", "remove", "shop")[0] == 0 and connections() == {}
    assert run("connections", "remove", "shop")[0] == 2


def test_what_cannot_be_removed_is_not_called_removed():
    write('[connections]\nshop = { url = "http://shop.example/" }\n')
    code, _, err = run("connections", "remove", "shop")
    assert code == 2 and "by hand" in err
    assert list(connections()) == ["shop"]


@pytest.mark.parametrize("arguments", [("connections", "add", "it", "http://h.example/"), ("metadata", "http://127.0.0.1:1/")])
def test_a_header_without_a_colon_is_not_shown(arguments):
    code, _, err = run(*arguments, "--header", "Authorization=Bearer s3cretT0ken")
    assert code == 2 and "NAME:VALUE" in err and "s3cret" not in err


def test_what_else_stands_in_the_file_stays():
    write('# mine\n[connections.one]\nurl = "http://one.example/"  # kept\n\n[connections.two]\nurl = "http://two.example/"\n')
    add(Connection("three", "http://three.example/", headers={'a"b': "\\x"}))
    remove("two")
    assert config_path().read_text("utf-8").startswith('# mine\n[connections.one]\nurl = "http://one.example/"  # kept\n')
    assert list(connections()) == ["one", "three"]
    if os.name == "posix":
        assert stat.S_IMODE(config_path().stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[connections.shop]\nurl = "http://h/"\npassword = "s3cret"', "holds a secret (password)"),
        ('[connections.shop]\nurl = "http://h/"\ntoken = "s3cret"', "holds a secret (token)"),
        ('[connections.shop]\nurl = "http://me:s3cret@h/"', "holds a secret (url)"),
        ('[connections.shop]\nurl = "http://h/?sig=s3cret"', "holds a secret (url)"),
        ('[connections.shop]\nurl = "http://h/"\nheaders = { Authorization = "Basic s3cret" }', "headers.Authorization"),
        ('[connections.shop]\nurl = "http://h/"\nheaders = { x-api-key = "s3cret" }', "headers.x-api-key"),
        ('[connections.shop]\nurl = "http://h/"\nusr = "me"', "no setting 'usr'"),
        ('[connections.shop]\nurl = "http://h/"\ntimeout = true', "timeout cannot be True"),
        ('[connections.shop]\nurl = "http://h/"\nauth = "magic"', "basic, ntlm, negotiate, bearer"),
        ('[connections.shop]\nurl = "h"', "no absolute http"),
        ('[connections.shop]\nuser = "me"', "has no url"),
        ('[connections.http]\nurl = "http://h/"', "no scheme"),
        ('[connections."a b"]\nurl = "http://h/"', "a name is a letter"),
        ("[connections.shop]\nurl = ", "connections.toml"),
        ('other = "x"', "nothing else"),
    ],
)
def test_what_may_not_stand_in_it(text, says):
    write(text)
    for arguments in (("connections", "list"), ("metadata", "shop:"), ("query", "shop:Products")):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "") and says in err and "s3cret" not in err, err


def test_a_secret_is_not_written_either():
    code, _, err = run("connections", "add", "shop", "http://me:s3cret@h/")
    assert code == 2 and "odata3 connections password shop" in err and "s3cret" not in err
    assert not config_path().exists()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("shop:", ("shop", "")),
        ("shop:Products(1)/Category", ("shop", "Products(1)/Category")),
        ("shop:/Products", ("shop", "Products")),
        ("http://host/", None),
        ("https:x", None),
        (r"C:\data\shop.edmx", None),
        ("c:shop.edmx", None),
        ("shop.edmx", None),
    ],
)
def test_which_names_a_connection(source, found):
    assert named_in(source) == found


def test_a_name_in_place_of_a_url(root):
    add(Connection("shop", root.rstrip("/"), headers={"x-client": "reports"}))
    assert "2 entity types" in run("metadata", "shop:")[1]
    assert run("query", "shop:Products", "--count")[1] == "3\n"
    assert run("query", "Products", "--connection", "shop", "--count")[1] == "3\n"
    assert run("query", "Products", "--count", ODATA3_CONNECTION="shop")[1] == "3\n"
    assert json.loads(run("query", "shop:", "--format", "json")[1])[0]["Set"] == "Products"
    assert run("query", f"{root}Products", "--connection", "shop")[0] == 2
    code, _, err = run("query", "nobody:Products")
    assert code == 2 and "there are shop" in err
    assert b'Type="Shop.Product"' in metadata_path("shop").read_bytes()


def test_what_it_says_goes_out_and_options_count_more():
    with FaultServer(answer(b"", "404 Not Found")) as server:
        add(Connection("it", server.url, user="me", headers={"x-client": "reports", "x-other": "1"}))
        run("metadata", "it:", "--header", "x-client:mine", ODATA3_PASSWORD="s3cret")
        sent = server.requests[0].headers
        assert (sent["x-client"], sent["x-other"]) == ("mine", "1") and sent["authorization"] == "Basic bWU6czNjcmV0"
        run("metadata", "it:", "--user", "you", ODATA3_PASSWORD="s3cret")
        assert server.requests[-1].headers["authorization"] == "Basic eW91OnMzY3JldA=="
        add(Connection("spf", server.url, principal="user@contoso.com"))
        run("metadata", "spf:")
        assert server.requests[-1].headers["x-ms-principal-id"] == "user@contoso.com"
        run("metadata", "it:", "--auth", "bearer", ODATA3_PASSWORD="t0ken")
        assert server.requests[-1].headers["authorization"] == "Bearer t0ken"


def test_passwords_come_from_environment_keyring_or_a_question(monkeypatch):
    with FaultServer(answer(b"", "404 Not Found")) as server:
        code, _, err = run("metadata", server.url, "--user", "me")
        assert code == 2 and "ODATA3_PASSWORD" in err and server.requests == [], "nobody is there to be asked"
        kept = {(server.url.rstrip("/"), "me"): "from the ring"}
        monkeypatch.setattr(access, "_kept", lambda url, user: kept.get((url.rstrip("/"), user)))
        run("metadata", server.url, "--user", "me")
        run("metadata", server.url, "--user", "me", ODATA3_PASSWORD="given")
    assert [r.headers["authorization"] for r in server.requests] == ["Basic bWU6ZnJvbSB0aGUgcmluZw==", "Basic bWU6Z2l2ZW4="]


def test_the_keyring_has_passwords_by_origin(monkeypatch):
    keyring = pytest.importorskip("keyring", reason="the extra keyring is not installed")

    class Ring(keyring.backend.KeyringBackend):
        priority = 1
        held: ClassVar = {}

        def get_password(self, service, username):
            return self.held.get((service, username))

        def set_password(self, service, username, password):
            self.held[service, username] = password

        def delete_password(self, service, username):
            if self.held.pop((service, username), None) is None:
                raise keyring.errors.PasswordDeleteError("not there")

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        access.keep_secret("https://shop.example:444/Shop.svc/", "me", "s3cret")
        assert Ring.held == {("odata3 https://shop.example:444", "me"): "s3cret"}
        add(Connection("shop", "https://shop.example:444/Shop.svc/", user="me"))
        assert run("connections", "password", "shop", "--delete")[0] == 0 and Ring.held == {}
        code, _, err = run("connections", "password", "shop", "--delete")
        assert code == 2 and "not there" in err
        add(Connection("other", "https://shop.example/"))
        assert run("connections", "password", "other")[0] == 2, "without a user there is nobody to keep it for"
    finally:
        keyring.set_keyring(before)


def test_spf_vmm_takes_them_too():
    with FaultServer(answer(b"", "404 Not Found")) as server:
        tenant = "ba4146fa-fb41-41b6-a7c0-2b4ff4c3f7e3"
        add(Connection("wap", server.url, principal="user@contoso.com", subscription=tenant))
        for arguments in (("--connection", "wap"), ("--server", "wap:")):
            assert run("vms", "list", *arguments, command=spf_vmm)[0] == 1
            assert server.requests[-1].target.startswith(f"/{tenant}/services/systemcenter/vmm/VirtualMachines")
            assert server.requests[-1].headers["x-ms-principal-id"] == "user@contoso.com"
        run("vms", "list", "--server", "wap:", "--principal", "me", command=spf_vmm)
        assert server.requests[-1].headers["x-ms-principal-id"] == "me"
    assert run("vms", "list", "--connection", "nobody", command=spf_vmm)[0] == 2


def test_a_file_that_cannot_be_read_is_named():
    config_path().mkdir()
    with pytest.raises(ArgumentError, match=r"connections\.toml"):
        connections()
