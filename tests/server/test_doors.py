"""Doors before a service, over real sockets: Basic, NTLM, client certificates; with our client, and with requests alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from faults.doors import Authority
from server.lab import MODEL

import spf_vmm
from odata3 import ArgumentError, AuthorizationError, DataServiceContext, DataServiceTransportException
from odata3.server import Basic, Ntlm, Service, Store, seed, serve
from spf_vmm import emulator


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service(MODEL, Store(MODEL))
    seed(made, {"Benches": [{"Code": "N"}]})
    yield made
    made.close()


def insert(url: str, **keywords: Any) -> requests.Response:
    return requests.post(f"{url}Benches", json={"Code": "new"}, timeout=10, headers={"DataServiceVersion": "3.0"}, **keywords)


def test_basic(service: Service) -> None:
    with serve(service, door=Basic({"user": "s3cret:ö", "other": "x"}, realm="Lab")) as server:
        refused = insert(server.url)
        assert refused.status_code == 401 and refused.headers["WWW-Authenticate"] == 'Basic realm="Lab"'
        assert "s3cret" not in refused.text
        for wrong in (("user", "s3cret"), ("nobody", "s3cret:ö"), ("other", "s3cret:ö")):
            with pytest.raises(AuthorizationError):
                _ = DataServiceContext(server.url, auth=wrong).model
        assert requests.get(server.url, headers={"Authorization": "Basic ???"}, timeout=10).status_code == 401
        for auth in (("user", "s3cret:ö"), ("user", "s3cret:ö".encode()), ("other", "x")):
            answer = requests.get(f"{server.url}Benches/$count", auth=auth, timeout=10)
            assert answer.text == "1", "what was refused was not done"


def ntlm(user: str, password: str) -> Any:
    return pytest.importorskip("requests_ntlm").HttpNtlmAuth(user, password)


@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
def test_ntlm_belongs_to_a_connection(service: Service, scheme: str) -> None:
    auth = ntlm("CONTOSO\\admin", "s3cret")
    environment = dict(os.environ)
    with serve(service, door=Ntlm({"CONTOSO\\admin": "s3cret"}, scheme)) as server:
        with DataServiceContext(server.url, auth=auth) as ctx:
            ctx.add_object("Benches", ctx.types.Bench(Code="new"))
            ctx.save_changes()
            assert sorted(bench.Code for bench in ctx.Benches) == ["N", "new"]
        with requests.Session() as session:
            session.auth = auth
            assert session.get(f"{server.url}Benches/$count", timeout=10).text == "2"
            session.auth = None
            assert session.get(f"{server.url}Benches/$count", timeout=10).text == "2", "the same connection"
            refused = requests.get(f"{server.url}Benches", timeout=10)
            assert refused.status_code == 401 and refused.headers["WWW-Authenticate"] == scheme, "another connection"
    assert dict(os.environ) == environment


@pytest.mark.parametrize("user", ["CONTOSO\\admin", "CONTOSO\\nobody", "FABRIKAM\\admin"])
def test_ntlm_with_what_is_wrong(service: Service, user: str) -> None:
    auth = ntlm(user, "wrong" if user == "CONTOSO\\admin" else "s3cret")
    with serve(service, door=Ntlm({"CONTOSO\\admin": "s3cret"})) as server:
        with pytest.raises(AuthorizationError) as caught:
            _ = DataServiceContext(server.url, auth=auth).model
        assert caught.value.status_code == 401
        for given in ("NTLM", "NTLM ???", "NTLM TlRMTVNTUAAB", "Basic dTpw", "NTLM " + "A" * 400):
            answer = requests.get(server.url, headers={"Authorization": given}, timeout=10)
            assert answer.status_code == 401


def test_ntlm_takes_what_its_acceptor_takes() -> None:
    pytest.importorskip("spnego")
    for users in ({"a:b": "x"}, {"a": "x:y"}, {"a": "x\ny"}):
        with pytest.raises(ArgumentError, match="no colon"):
            Ntlm(users)


def test_client_certificates(service: Service, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other").issue("stranger")
    tls = authority.issue("server", host="127.0.0.1")
    with serve(service, tls=tls, client_authority=authority.path) as server:
        assert server.url.startswith("https://")
        with DataServiceContext(server.url, verify=authority.path, cert=authority.issue("admin")) as ctx:
            assert [bench.Code for bench in ctx.Benches] == ["N"]
        for cert in (None, stranger):
            with pytest.raises(DataServiceTransportException):
                _ = DataServiceContext(server.url, verify=authority.path, cert=cert, retry=None).model
        with DataServiceContext(server.url, verify=authority.path, cert=authority.issue("second")) as ctx:
            assert ctx.Benches.count() == 1, "it goes on"
    with pytest.raises(ArgumentError, match="client_authority needs tls"):
        serve(service, client_authority=authority.path)
    (tmp_path / "garbage.pem").write_text("garbage")
    with pytest.raises(OSError):
        serve(service, tls=tls, client_authority=tmp_path / "missing.pem")
    with pytest.raises(ArgumentError, match=r"garbage\.pem holds no certificate of an authority"):
        serve(service, tls=tls, client_authority=tmp_path / "garbage.pem")
    with pytest.raises(ArgumentError, match=r"are no certificate and its key in PEM files"):
        serve(service, tls=(tmp_path / "garbage.pem", tls[1]))


def test_an_emulator_behind_doors(tmp_path: Path) -> None:
    authority, auth = Authority(tmp_path), ntlm("CONTOSO\\admin", "s3cret")
    tls = authority.issue("server", host="127.0.0.1")
    door = Ntlm({"CONTOSO\\admin": "s3cret"})
    with emulator.run(tls=tls, client_authority=authority.path, door=door) as server:
        known = {"verify": authority.path, "cert": authority.issue("tenant"), "principal_id": server.principal_id}
        with spf_vmm.connect(server.url, auth=auth, **known) as vmm:
            vmm.restore_checkpoint(server.checkpoint_id, wait=True, interval=0)
        with pytest.raises(AuthorizationError), spf_vmm.connect(server.url, **known) as vmm:
            vmm.VirtualMachines.count()
