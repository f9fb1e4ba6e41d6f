"""R39: what is looked for in texts of others is found, or not, in time that grows with the text. Broken, these never end."""

from __future__ import annotations

import pytest
from client.shop import METADATA
from faults.test_exits import open_context

from odata3 import PayloadError, parse_metadata
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.uri.options import QueryOptions
from odata3.wire.messages import Headers, Request

MODEL = parse_metadata(METADATA)


@pytest.mark.parametrize("text", ["0" * 200_000 + "!", "0" * 200_000 + " ", "1." * 50_000, "1e" * 50_000, "-" * 200_000])
def test_r39_a_coordinate_of_many_digits(text):
    gml = f'<Point xmlns="http://www.opengis.net/gml"><pos>{text}</pos></Point>'
    ctx = open_context("atom", "AGeographyPoint", "@here@")
    transport = ctx._channel.transport
    (answer,) = transport.queue
    transport.queue = [type(answer)(200, answer.headers, answer.body.replace(b"@here@", gml.encode()))]
    (row,) = ctx.Samples.to_list()
    with pytest.raises(PayloadError, match="AGeographyPoint"):
        _ = row.AGeographyPoint


@pytest.mark.parametrize("count", [61, 1_001])
@pytest.mark.parametrize("path", ["Products({})", "Seats(Row={},Number=1L)", "ByRating(rating={})"])
def test_r39_a_key_of_many_quotes(path, count):
    service = Service(MODEL, Store(MODEL))
    url = f"http://h/{path.format(chr(39) * count)}"
    answer = service.send(Request("GET", url, Headers({"Accept": "application/json"})))
    assert answer.status in (400, 404)


@pytest.mark.parametrize("piece", ["a", "a.", "a_", "'", "/", "a/"])
def test_r39_a_filter_of_the_users_own(piece):
    options = QueryOptions().with_custom("$filter", piece * (300_000 // len(piece)))
    assert not options.needs_version_3
    assert QueryOptions().with_custom("$filter", "x" * 1000 + " NS.Type/Name eq 1").needs_version_3
    assert QueryOptions().with_custom("$filter", "A.B.C/Name eq 1").needs_version_3
    assert not QueryOptions().with_custom("$filter", "Price gt 1.5").needs_version_3
