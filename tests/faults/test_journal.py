"""What is logged: one line per exchange, and never a secret (R7)."""

from __future__ import annotations

import json
import logging
from uuid import UUID

import pytest
from client.shop import METADATA
from faults.server import FaultServer, answer, then_reset
from faults.test_context import context, entry, light

from odata3 import DataServiceContext, DataServiceRequestException, ODataError, PayloadError


def lines(caplog, level):
    return [r.getMessage() for r in caplog.records if r.name == "odata3.client" and r.levelno == level]


def test_r7_one_line_per_exchange_and_bodies_only_at_debug(caplog):
    caplog.set_level("INFO", "odata3")
    with FaultServer(light(entry(), request_id="r-7"), then_reset()) as server:
        ctx = context(server)
        product = ctx.Products.by_key(1).first()
        product.Name = "new"
        ctx.update_object(product)
        with pytest.raises(DataServiceRequestException):
            ctx.save_changes()
        first, second = lines(caplog, logging.INFO)
        assert first.startswith(f"GET {server.url}Products(1) 200, ") and first.endswith(" ms, request id r-7")
        assert second.startswith(f"MERGE {server.url}Products(1) no answer, ")
    assert not lines(caplog, logging.DEBUG) and "new" not in caplog.text


def test_r7_bodies_at_debug_hold_no_secret(caplog):
    caplog.set_level("DEBUG")
    body = b'{"odata.error":{"code":"Basic dXNlcjpzM2NyZXQ=","message":{"value":"no"}},"AdminPassword":"s3cr\\"et","token":12345}'
    page = b"<d:LocalAdminPassword m:type='x'>s3cret</d:LocalAdminPassword>\r\nhttp://user:s3cret@h/?api_key=s3cret"
    refused = answer(body, "401 Unauthorized", Set_Cookie="sid=s3cret")
    with FaultServer(refused, answer(page, "500 Oops", Content_Type="text/plain")) as server:
        ctx = context(server, auth=("user", "s3cret"), headers={"X-Api-Key": "s3cret"})
        for _ in range(2):
            with pytest.raises(ODataError):
                ctx.Products.add_query_option("api_key", "s3cret").to_list()
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("odata3"))
    assert "AdminPassword" in ours and "LocalAdminPassword" in ours
    for secret in ("s3cr", "12345", "dXNlcjpzM2NyZXQ="):
        assert secret not in ours
    assert all("\n" not in r.getMessage() for r in caplog.records if r.name == "odata3.client")


def test_r54_the_library_has_one_handler_which_does_nothing():
    logger = logging.getLogger("odata3")
    assert [type(h) for h in logger.handlers] == [logging.NullHandler]
    assert logger.level == logging.NOTSET and logger.propagate


def test_r7_every_shape_of_a_secret_in_one_exchange(caplog):
    """As a user of SPF has them: in the URL, in header fields that were configured, in cookies, in bodies both ways."""
    caplog.set_level("DEBUG", "odata3")
    body = (
        b'{"odata.metadata":"$metadata#Products/@Element","ID":1,"LocalAdminPassword":"s3cret-1","RunAsAccount":{"UserName":"u","Password":"s3cret-2"},'
        b'"Tokens":["s3cret-3","s3cret-4"],"Note":"http://u:s3cret-5@h/?sig=s3cret-6","Link":"x?key=s3cret-7"}'
    )
    with FaultServer(
        answer(body, Set_Cookie="sid=s3cret-8", X_Api_Key="s3cret-9"),
        answer(b"", "204 No Content"),
        answer(b'{"value":"s3cret-0"}'),
    ) as server:
        ctx = context(
            server, auth=("user", "s3cret-a"), headers={"X-Api-Key": "s3cret-b", "x-ms-principal-id": "user@contoso.com"}
        )
        (product,) = ctx.execute(f"{server.url}Products(1)?token='s3cret-c'&x=1", element_type=ctx.types.Product)
        product.Name = "changed"
        ctx.update_object(product)
        ctx.save_changes()
        assert list(ctx.execute(f"{server.url}Products(1)/Password", element_type=str)) == ["s3cret-0"]
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("odata3")]
    assert not any("s3cret" in line for line in ours), ours
    told = lines(caplog, logging.INFO)
    assert len(told) == 3 and "Products(1)?token=***&x=1 200, " in told[0]
    assert any("changed" in line for line in lines(caplog, logging.DEBUG)), "what is no secret is told"


def test_r7_a_services_words_begin_no_line_and_command_no_terminal(caplog):
    caplog.set_level("DEBUG", "odata3")
    words = rb'{"odata.error":{"code":"a\nb","message":{"value":"\u001b[2J\r\nINFO forged\u2028x"}}}'
    with FaultServer(answer(words, "500 Oops", request_id="r\x0b1")) as server, pytest.raises(ODataError) as caught:
        context(server).Products.to_list()
    said = [str(caught.value), str(caught.value.__cause__), *lines(caplog, logging.INFO), *lines(caplog, logging.DEBUG)]
    assert not any(sign in text for text in said for sign in "\n\r\x0b\x1b\u2028")
    assert "forged" in said[0]


@pytest.mark.parametrize(("method", "line"), [("MERGE", "MERGE"), ("DELETE", "DELETE")])
def test_a_tunnelled_verb_is_logged_as_itself(caplog, method, line):
    caplog.set_level("INFO", "odata3")
    with FaultServer(light(entry()), answer(b"", "204 No Content")) as server:
        ctx = context(server)
        ctx.use_post_tunneling = True
        product = ctx.Products.by_key(1).first()
        product.Name = "x"
        (ctx.update_object if method == "MERGE" else ctx.delete_object)(product)
        ctx.save_changes()
        assert server.requests[1].method == "POST"
    assert lines(caplog, logging.INFO)[1].startswith(f"{line} ")


def test_r7_streams_are_logged_without_their_bytes(caplog):
    caplog.set_level("DEBUG", "odata3")
    with FaultServer(answer(b"s3cret", Content_Type="image/png")) as server:
        channel = context(server)._channel
        streamed = channel.open(channel.prepare("GET", f"{server.url}Products(1)/$value"))
        assert streamed.read() == b"s3cret"
        streamed.close()
    assert "s3cret" not in "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("odata3"))
    assert len(lines(caplog, logging.INFO)) == 1


def test_r7_an_answer_that_is_none_is_described_without_its_secrets():
    page = answer(b'{"Password":"s3cret","Note":"seen"} and password=s3cret', Content_Type="text/plain")
    with FaultServer(page) as server, pytest.raises(ODataError) as caught:
        context(server).Products.to_list()
    assert "s3cret" not in str(caught.value) and "seen" in str(caught.value)
    with FaultServer(answer(b"half <Password>s3cret</Password>", "500 Oops")) as server, pytest.raises(ODataError) as caught:
        context(server).execute(f"{server.url}Products(1)/Password")
    assert "s3cret" not in f"{caught.value} {caught.value.__cause__}"


def test_r7_a_key_that_is_a_secret_is_not_told_with_a_wrong_value():
    ref = b'<PropertyRef Name="ID"/>'
    own = b'<Property Name="ApiToken" Type="Edm.String" Nullable="false"/>'
    head = b'<EntityType Name="Tagged"><Key>' + ref
    metadata = METADATA.replace(head + b"</Key>", head + b'<PropertyRef Name="ApiToken"/></Key>' + own)
    row = {"ID": 1, "ApiToken": "s3cret", "Tags": 5}
    body = {"odata.metadata": "$metadata#TaggedSet", "value": [row]}
    with FaultServer(answer(json.dumps(body).encode())) as server:
        (one,) = DataServiceContext(server.url, metadata=metadata).TaggedSet.to_list()
        with pytest.raises(PayloadError, match=r"ID=1, ApiToken='\*\*\*'"):
            _ = one.Tags


def test_r7_a_wrong_value_of_a_secret_is_refused_without_it():
    import spf_vmm

    row = {"ID": str(UUID(int=1)), "StampId": str(UUID(int=2)), "LocalAdminPassword": ["s3cret"]}
    body = {"odata.metadata": "$metadata#VirtualMachines", "value": [row]}
    with FaultServer(answer(json.dumps(body).encode())) as server:
        (vm,) = spf_vmm.VMM(server.url).VirtualMachines.to_list()
        with pytest.raises(PayloadError, match=r"LocalAdminPassword: not an Edm.String \(of the entity") as caught:
            _ = vm.LocalAdminPassword
        assert caught.value.__cause__ is None and "s3cret" not in str(caught.value)
    for wrong in (12345, b"s3cret", ["s3cret"]):
        with pytest.raises((TypeError, ValueError), match="LocalAdminPassword") as refused:
            vm.LocalAdminPassword = wrong
        assert "s3cret" not in str(refused.value) and "12345" not in str(refused.value)
