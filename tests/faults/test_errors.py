"""R51, R55, P105 and the rest of the process, as a user of a context meets them over sockets."""

from __future__ import annotations

import traceback

import pytest
from faults.server import FaultServer, answer, then_reset
from faults.test_context import context, entry, feed, light

from odata3 import DataServiceRequestException, ODataError


@pytest.mark.parametrize(
    ("item", "status", "code", "words"),
    [
        (light(b'{"odata.error":{"code":"E1","message":{"value":"no"}}}', "400 Bad Request"), 400, "E1", "no"),
        (answer(b"<html>gateway</html>", "502 Bad Gateway", Content_Type="text/html"), 502, "", ""),
        (answer(b"", "412 Precondition Failed"), 412, "", ""),
    ],
)
def test_r51_a_refusal_says_what_was_asked_and_what_came(item, status, code, words):
    with FaultServer(item) as server:
        with pytest.raises(ODataError) as caught:
            context(server, auth=("user", "s3cret")).Products.to_list()
        cause = caught.value.__cause__
        assert (cause.method, cause.url, cause.status_code) == ("GET", f"{server.url}Products", status)
        assert cause.code == code and words in cause.message and cause.headers["Content-Type"]


def test_r51_a_lost_connection_names_the_request_and_keeps_its_cause():
    with FaultServer(then_reset()) as server:
        with pytest.raises(ODataError) as caught:
            context(server).Products.to_list()
        assert (caught.value.method, caught.value.url) == ("GET", f"{server.url}Products")
        assert caught.value.__cause__ is not None


def test_p105_no_error_of_a_save_shows_a_credential():
    echo = answer(b"Authorization: Basic dXNlcjpzM2NyZXQ= X", "401 Unauthorized", Content_Type="text/plain")
    with FaultServer(light(entry()), then_reset(), echo) as server:
        ctx = context(server, auth=("user", "s3cret"))
        product = ctx.Products.by_key(1).first()
        product.Name = "new"
        ctx.update_object(product)
        for _ in range(2):
            with pytest.raises(DataServiceRequestException) as caught:
                ctx.save_changes()
            shown = "".join(traceback.format_exception(caught.value))
            assert "s3cret" not in shown and "dXNlcjpzM2NyZXQ" not in shown
            assert "dXNlcjpzM2NyZXQ" not in getattr(caught.value.__cause__, "body", "")


def test_r20_a_value_is_no_entity_and_null_no_list():
    value = light(b'{"odata.metadata":"http://x/$metadata#Edm.Int32","value":7}')
    null = light(b'{"odata.metadata":"http://x/$metadata#Edm.Null","odata.null":true}')
    for item in (value, null):
        with FaultServer(item) as server, pytest.raises(ODataError):
            context(server).Products.to_list()
    with FaultServer(light(feed(1))) as server:
        assert len(context(server).Products.to_list()) == 1
