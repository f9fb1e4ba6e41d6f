"""Content codings: whatever the pieces, the body comes back; whatever is missing, it is noticed."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.wire.codings import CodingError, unpacked

BODIES = st.binary(max_size=5_000)


def cut(data, size):
    return [data[i : i + size] for i in range(0, len(data), size)] or [b""]


@given(BODIES, st.integers(1, 200), st.sampled_from(["gzip", "deflate", "GZIP", " gzip , identity", "deflate, gzip", ""]))
def test_every_body_comes_back(body, size, coding):
    packed = body
    for name in (part.strip().lower() for part in coding.split(",")):
        packed = {"gzip": gzip.compress, "deflate": zlib.compress}.get(name, bytes)(packed)
    assert b"".join(unpacked(cut(packed, size), coding)) == body


@given(BODIES, st.data())
def test_r12_every_cut_is_noticed(body, data):
    packed = gzip.compress(body)
    end = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(CodingError):
        list(unpacked([packed[:end]], "gzip"))


@given(BODIES, st.integers(1, 100))
def test_several_members_are_one_body(body, size):
    packed = gzip.compress(body[:size]) + gzip.compress(b"") + gzip.compress(body[size:])
    assert b"".join(unpacked(cut(packed, 7), "gzip")) == body


def test_nothing_is_whole_whatever_the_header():
    assert list(unpacked([], "gzip")) == [] and b"".join(unpacked([b"", b""], "deflate")) == b""


def test_a_piece_never_grows_beyond_a_step():
    packed = gzip.compress(b"\0" * 10_000_000)
    assert max(map(len, unpacked([packed], "gzip"))) <= 256 * 1024
