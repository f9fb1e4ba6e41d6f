"""Authentication against servers that demand it, over real sockets: who comes in, how often he shows who he is, and to whom."""

from __future__ import annotations

import base64
import io
import logging
from contextlib import closing

import pytest
from faults.doors import Authority, Basic, Bearer, Csrf, Ntlm, Open, guarded, in_front_of, refused
from faults.server import FaultServer, answer

import spf_vmm
from odata3 import (
    AuthorizationError,
    DataServiceContext,
    DataServiceQueryException,
    DataServiceRequestException,
    DataServiceTransportException,
    MergeOption,
    ODataError,
    SaveChangesOptions,
)
from odata3.wire.messages import Headers, Request
from odata3.wire.transport import RequestsTransport
from spf_vmm.emulator import Emulator, Settings
from spf_vmm.emulator.seed import CHECKPOINT, SUBSCRIPTION

PASSWORD = "s3cr3t-Pässword"


def work(ctx):
    """All that one does with a service: its metadata, reads, changes of every kind, a batch, a stream."""
    assert len(ctx.Rows.to_list()) == 5
    row = ctx.Rows.by_key(1).first()
    row.Name = "changed"
    ctx.update_object(row)
    ctx.delete_object(ctx.Rows.by_key(2).first())
    new = ctx.types.Row(ID=6, Name="new")
    ctx.add_object("Rows", new)
    ctx.add_related_object(new, "Parts", ctx.types.Part(ID=1))
    ctx.save_changes()
    row.Name = "again"
    ctx.update_object(row)
    ctx.add_object("Rows", ctx.types.Row(ID=7, Name="in a batch"))
    ctx.save_changes(SaveChangesOptions.BATCH)
    assert ctx.execute_batch(ctx.Rows.take(1)).batch_status_code == 202
    ctx.merge_option = MergeOption.NO_TRACKING
    assert [(r.ID, r.Name) for r in ctx.Rows][-2:] == [(6, "new"), (7, "in a batch")]
    with pytest.raises(DataServiceQueryException):
        ctx.Rows.by_key(99).first()
    assert ctx.Rows.count() == 6


def shown(error):
    chain = [error, error.__cause__]
    return "\n".join(f"{e} {e!r}" for e in chain if e is not None)


def test_basic():
    with guarded(Basic("user", PASSWORD)) as server:
        with DataServiceContext(server.url, auth=("user", PASSWORD)) as ctx:
            work(ctx)
        assert server.opened == 1 and all("authorization" in seen.headers for seen in server.requests)
        wrong = DataServiceContext(server.url, auth=("user", "wr0ng-one"))
        with pytest.raises(AuthorizationError, match=r"takes Basic: auth=\(user, password\)") as caught:
            _ = wrong.model
        assert caught.value.status_code == 401 and "wr0ng" not in shown(caught.value)


def test_user_information_of_the_root_comes_in_too():
    with guarded(Basic("user", "p@ss")) as server:
        work(DataServiceContext(server.url.replace("//", "//user:p%40ss@")))


def test_bearer_tokens_of_a_callable_are_asked_for_each_time():
    door = Bearer(uses=2)

    def fresh(request):
        request.headers["Authorization"] = f"Bearer {door.issue()}"
        return request

    with guarded(door) as server:
        work(DataServiceContext(server.url, auth=fresh))
        assert door.handshakes == len(server.requests) and server.opened == 1
        stale = DataServiceContext(server.url, headers={"Authorization": "Bearer token.0.old"})
        with pytest.raises(AuthorizationError, match="takes Bearer: auth=a function") as caught:
            _ = stale.model
        assert "token.0" not in shown(caught.value)


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        (lambda request: None, "auth gave a NoneType"),
        (lambda request: (_ for _ in ()).throw(KeyError("t0ken-of-mine")), "the credentials could not be had: KeyError"),
    ],
)
def test_r51_a_callable_that_fails_sends_nothing(auth, words):
    with guarded(Open()) as server:
        ctx = DataServiceContext(server.url, auth=auth)
        with pytest.raises(DataServiceTransportException, match=words) as caught:
            _ = ctx.model
        assert not caught.value.outcome_unknown and "t0ken" not in str(caught.value) and server.requests == []


def test_a_client_certificate(tmp_path):
    authority = Authority(tmp_path)
    with guarded(Open(), tls=authority.server()) as server:
        with DataServiceContext(server.url, verify=authority.path, cert=authority.issue("admin")) as ctx:
            work(ctx)
        assert server.opened == 1
        server.requests.clear()
        (tmp_path / "other").mkdir()
        stranger = Authority(tmp_path / "other").issue("stranger")
        for cert, words in ((None, "wants a client certificate.* as cert="), (stranger, "TLS failed|was reset")):
            ctx = DataServiceContext(server.url, verify=authority.path, cert=cert, retry=None)
            with pytest.raises(DataServiceTransportException, match=words):
                _ = ctx.model
        assert server.requests == []


@pytest.fixture
def users(tmp_path, monkeypatch):
    monkeypatch.setenv("NTLM_USER_FILE", "")
    path = tmp_path / "users"
    path.write_text(f"CONTOSO:admin:{PASSWORD}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
def test_ntlm_shows_who_one_is_once_for_each_connection(users, scheme):
    ntlm = pytest.importorskip("requests_ntlm")
    door = Ntlm(users, scheme)
    with guarded(door) as server:
        with DataServiceContext(server.url, auth=ntlm.HttpNtlmAuth("CONTOSO\\admin", PASSWORD)) as ctx:
            work(ctx)
        assert set(door.principals.values()) == {"CONTOSO\\admin"}
        assert (door.handshakes, server.opened) == (1, 1)
        assert sum("authorization" in seen.headers for seen in server.requests) == 2
        assert all(PASSWORD not in str(seen.headers) for seen in server.requests)


@pytest.mark.parametrize("way", ["basic", "ntlm"])
def test_the_emulator_behind_a_door_restores_a_checkpoint(users, way):
    emulator = Emulator(None, Settings(job_reads=1))
    door = Ntlm(users) if way == "ntlm" else Basic("CONTOSO\\admin", PASSWORD)
    auth = ("CONTOSO\\admin", PASSWORD)
    if way == "ntlm":
        auth = pytest.importorskip("requests_ntlm").HttpNtlmAuth(*auth)
    with closing(emulator), in_front_of(emulator, door) as server:
        root = f"{server.url}{SUBSCRIPTION}/services/systemcenter/vmm/"
        with spf_vmm.VMM(root, principal_id="user@contoso.com", auth=auth) as vmm:
            vmm.restore_checkpoint(CHECKPOINT, wait=True, interval=0)
        assert (server.opened, door.handshakes) == (1, 1 if way == "ntlm" else 0)
        with pytest.raises(AuthorizationError, match="the service takes"):
            spf_vmm.VMM(root, principal_id="user@contoso.com").VirtualMachines.count()


def test_the_emulators_own_door():
    with spf_vmm.emulator.run(credentials=("user", "s3cret")) as server:
        keywords = {"principal_id": server.principal_id}
        assert spf_vmm.connect(server.url, auth=("user", "s3cret"), **keywords).VirtualMachines.count() > 0
        with pytest.raises(AuthorizationError, match="takes Basic"):
            spf_vmm.connect(server.url, auth=("user", "wr0ng"), **keywords).VirtualMachines.count()


def test_ntlm_sends_a_change_as_it_stands_after_the_handshake(users):
    ntlm = pytest.importorskip("requests_ntlm")
    with guarded(Ntlm(users)) as server:
        ctx = DataServiceContext(server.url, auth=ntlm.HttpNtlmAuth("CONTOSO\\admin", PASSWORD), metadata=_model())
        ctx.add_object("Rows", ctx.types.Row(ID=8, Name="first"))
        ctx.save_changes()
        assert [seen.method for seen in server.requests] == ["POST"] * 3
        assert server.requests[2].body == server.requests[0].body != b""
        assert ctx.Rows.where("ID eq 8").count() == 1, "once, however often it was sent"


class Pipe:
    """A file that has nothing but ``read``."""

    def __init__(self, data):
        self._data = io.BytesIO(data)

    def read(self, size=-1):
        return self._data.read(size)


ROW = b'{"ID":9,"Name":"in pieces","Tags":[]}'
KINDS = {"Content-Type": "application/json", "Accept": "application/json"}
FILES = {
    "a file": (lambda: io.BytesIO(ROW), {}),
    "a pipe": (lambda: Pipe(ROW), {}),
    "a pipe of known length": (lambda: Pipe(ROW), {"Content-Length": str(len(ROW))}),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("is_known", [True, False])
def test_r17_a_stream_is_never_sent_empty_after_a_handshake(users, kind, is_known):
    """The body goes with each of the three messages. What cannot be read again is an error, and not an empty body."""
    ntlm = pytest.importorskip("requests_ntlm")
    make, length = FILES[kind]
    with guarded(Ntlm(users)) as server:
        auth = ntlm.HttpNtlmAuth("CONTOSO\\admin", PASSWORD)
        transport = RequestsTransport(server.url, auth=auth, timeout=(2, 2), retry=None)
        if is_known:
            transport.send(Request("GET", f"{server.url}Rows"))
        request = Request("POST", f"{server.url}Rows", Headers(KINDS | length), make())
        if is_known or kind == "a file":
            assert transport.send(request).status == 201
            assert {seen.body for seen in server.requests if seen.method == "POST"} == {ROW}
        else:
            with pytest.raises(DataServiceTransportException, match="cannot be read again") as caught:
                transport.send(request)
            assert not caught.value.outcome_unknown
            assert [seen.body for seen in server.requests if seen.method == "POST"] == [ROW]
        transport.close()


def test_r17_a_file_starts_over_where_it_began(users, tmp_path):
    ntlm = pytest.importorskip("requests_ntlm")
    path = tmp_path / "row.json"
    path.write_bytes(b"skipped" + ROW)
    with guarded(Ntlm(users)) as server, path.open("rb") as file:
        file.seek(7)
        transport = RequestsTransport(server.url, auth=ntlm.HttpNtlmAuth("CONTOSO\\admin", PASSWORD))
        assert transport.send(Request("POST", f"{server.url}Rows", Headers(KINDS), file)).status == 201
        assert [seen.body for seen in server.requests] == [ROW] * 3
        transport.close()


def _model():
    from faults.fuzz import MODEL

    from odata3 import parse_metadata

    return parse_metadata(MODEL)


def test_ntlm_with_a_wrong_password_or_none(users):
    ntlm = pytest.importorskip("requests_ntlm")
    with guarded(Ntlm(users)) as server:
        wrong = DataServiceContext(server.url, auth=ntlm.HttpNtlmAuth("CONTOSO\\admin", "wr0ng-one"))
        with pytest.raises(AuthorizationError, match="takes NTLM") as caught:
            _ = wrong.model
        assert "wr0ng" not in shown(caught.value)
        nobody = DataServiceContext(server.url)
        with pytest.raises(AuthorizationError, match=r"HttpNtlmAuth.*pip install 'odata3\[ntlm\]'"):
            _ = nobody.model


@pytest.mark.parametrize(
    "second",
    [
        refused("NTLM !!!"),
        refused("NTLM TlRMTVNTUAAC"),
        refused("Basic realm=x"),
        answer(b"", "401 Unauthorized"),
        answer(b"{}"),
    ],
)
def test_r51_a_handshake_that_goes_wrong_is_an_error_of_ours(second):
    ntlm = pytest.importorskip("requests_ntlm")
    with FaultServer(refused("NTLM"), second, answer(b"", "500 Oops")) as server:
        ctx = DataServiceContext(server.url, auth=ntlm.HttpNtlmAuth("u", "s3cret"), metadata=_model())
        ctx.add_object("Rows", ctx.types.Row(ID=1))
        with pytest.raises(DataServiceRequestException) as caught:
            ctx.save_changes()
        assert isinstance(caught.value.__cause__, ODataError) and "s3cret" not in shown(caught.value)
        assert len(ctx.pending_changes()) == 1


def test_r1_no_challenge_of_another_origin_is_answered(users):
    ntlm = pytest.importorskip("requests_ntlm")
    door = Ntlm(users)
    challenges = (refused("NTLM", "Negotiate", 'Basic realm="x"'),)
    with guarded(door) as server, FaultServer(*challenges) as stranger:
        for auth in (ntlm.HttpNtlmAuth("CONTOSO\\admin", PASSWORD), ("CONTOSO\\admin", PASSWORD)):
            ctx = DataServiceContext(server.url, auth=auth, trusted_origins=[stranger.url], metadata=_model())
            with pytest.raises(ODataError):
                ctx.execute(f"{stranger.url}Rows")
        assert len(stranger.requests) == 2
        assert all("authorization" not in seen.headers and "cookie" not in seen.headers for seen in stranger.requests)


@pytest.mark.parametrize(("uses", "fetched"), [(1_000, 1), (2, None)])
def test_p106_a_token_is_fetched_when_a_change_needs_it_and_again_when_it_is_used_up(uses, fetched):
    door = Csrf(uses)
    with guarded(door) as server:
        work(DataServiceContext(server.url))
        assert server.opened == 1
        reads = [seen for seen in server.requests if seen.method == "GET" and seen.headers.get("x-csrf-token") == "Fetch"]
        assert len(reads) == door.handshakes == (fetched or len(reads)) and len(reads) >= 1
        others = [seen for seen in server.requests if seen.method == "GET" and seen not in reads]
        assert all("x-csrf-token" not in seen.headers for seen in others)


def test_p106_a_service_that_demands_a_token_and_gives_none_is_asked_once():
    demand = answer(b"", "403 Forbidden", X_CSRF_Token="Required")
    with FaultServer(demand, answer(b"{}"), demand) as server:
        ctx = DataServiceContext(server.url, metadata=_model())
        ctx.add_object("Rows", ctx.types.Row(ID=1))
        with pytest.raises(DataServiceRequestException):
            ctx.save_changes()
        assert [seen.method for seen in server.requests] == ["POST", "GET"]


@pytest.mark.parametrize(
    ("schemes", "words"),
    [
        (('Basic realm="x"',), r"takes Basic: auth=\(user, password\)"),
        (("NTLM",), r"takes NTLM: .*HttpNtlmAuth\(r'DOMAIN\\user', password\) .*odata3\[ntlm\]"),
        (("Negotiate",), r"takes Negotiate: .*HTTPKerberosAuth.*odata3\[kerberos\].*odata3\[ntlm\]"),
        (("Negotiate", "NTLM"), "takes Negotiate or NTLM"),
        (('Digest realm="x", nonce="abc=="',), r"takes Digest: auth=requests.auth.HTTPDigestAuth\(user, password\)"),
        (('Bearer error="invalid_token"',), "takes Bearer"),
        (("Hawk",), "takes Hawk"),
        ((), "Check the credentials given as auth"),
        (("=?=", "   ", ",,,"), "Check the credentials given as auth"),
    ],
)
def test_a_401_names_what_the_service_takes_and_what_to_install(schemes, words):
    with FaultServer(refused(*schemes)) as server, pytest.raises(AuthorizationError, match=words) as caught:
        _ = DataServiceContext(server.url).model
    assert "Check the credentials given as auth" in str(caught.value) and "abc==" not in str(caught.value)


def test_r7_nothing_of_a_handshake_is_logged(users, caplog):
    ntlm = pytest.importorskip("requests_ntlm")
    with guarded(Ntlm(users)) as server:
        ctx = DataServiceContext(server.url, auth=ntlm.HttpNtlmAuth("CONTOSO\\admin", PASSWORD))
        with caplog.at_level(logging.DEBUG):
            assert ctx.Rows.count() == 5
        sent = [seen.headers["authorization"].split()[1] for seen in server.requests if "authorization" in seen.headers]
        ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("odata3"))
        assert sent and not any(token[:24] in ours for token in sent) and PASSWORD not in ours
        assert base64.b64encode(PASSWORD.encode()).decode() not in ours
