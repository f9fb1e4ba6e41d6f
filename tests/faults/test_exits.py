"""R30: a value that is none of its type leaves by no exit: attribute, item, dictionary, pickle, copy's dictionary, body."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from faults.fuzz import MODEL, ROOT, Answers
from hypothesis import given
from hypothesis import strategies as st

from odata3 import DataServiceContext, ODataError, parse_metadata
from odata3.wire.messages import Headers, Response

_MODEL = parse_metadata(MODEL)
_NAMES = ("Made", "Seen", "Long", "Price", "Weight", "Big", "Mark", "Data", "Size", "Tags", "Spot")
_WRONG = st.one_of(
    st.booleans(), st.sampled_from(["", "x", "1_000", "٣", "yes", "0x1", "{}", "nan", "infinity", "24:00"]), st.just([[1]])
)


def read(name, raw, dialect):
    row = {"ID": 1, name: raw}
    if dialect == "verbose":
        kind, body = "application/json;odata=verbose", {"d": {"__metadata": {"uri": f"{ROOT}Rows(1)", "type": "NS.Row"}, **row}}
    else:
        kind, body = "application/json;odata=minimalmetadata", {"odata.metadata": f"{ROOT}$metadata#Rows/@Element", **row}
    transport = Answers()
    transport.queue = [Response(200, Headers({"Content-Type": kind}), json.dumps(body).encode())]
    ctx = DataServiceContext(ROOT, metadata=_MODEL, transport=transport)
    return ctx, ctx.Rows.by_key(1).first()


def exits(ctx, row, name):
    yield lambda: getattr(row, name)
    yield lambda: row[name]
    yield lambda: row.to_dict()
    yield lambda: copy.deepcopy(row).to_dict()
    yield lambda: pickle.dumps(row)
    ctx.update_object(row)
    yield lambda: ctx.pending_changes()[0].body


@pytest.mark.parametrize("dialect", ["light", "verbose"])
@given(name=st.sampled_from(_NAMES), raw=_WRONG)
def test_r30_what_is_none_of_its_type_leaves_by_no_exit(dialect, name, raw):
    try:
        ctx, row = read(name, raw, dialect)
    except ODataError:
        return
    outcomes = []
    for leave in exits(ctx, row, name):
        try:
            outcomes.append(leave())
        except ODataError:
            outcomes.append(None)
    value = outcomes[0]
    assert value is None or type(value) is not type(raw) or (name, raw) in {("Data", ""), ("Tags", "")}, (name, raw, value)
    if value is None:
        assert all(outcome is None for outcome in outcomes), (name, raw, outcomes)
