"""What is logged: one line per exchange, and never a secret (R7)."""

from __future__ import annotations

import logging

import pytest
from faults.server import FaultServer, answer, then_reset
from faults.test_context import context, entry, light

from odata3 import DataServiceRequestException, ODataError


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
