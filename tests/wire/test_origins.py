"""Origins, credentials in URLs, and what of a URL may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.errors import ArgumentError
from odata3.secrecy import masked
from odata3.wire.origins import has_credentials, origin_of, split_credentials


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("http://host/a", "http://host:80/b?c", True),
        ("https://host", "https://HOST:443/", True),
        ("https://host.", "https://host/", True),
        ("https://user:pw@host/", "https://host/", True),
        ("http://[::1]:8080/", "http://[::1]:8080/x", True),
        ("http://host/", "https://host/", False),
        ("http://host:81/", "http://host/", False),
        ("http://host/", "http://host.example/", False),
        ("http://127.0.0.1/", "http://localhost/", False),
    ],
)
def test_same_origin(left, right, same):
    assert (origin_of(left) == origin_of(right)) is same


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host",
        "/path",
        "//host/",
        "ftp://host/",
        "http://",
        "http:///x",
        "http://h:99999/",
        "http://h:x/",
        "http://a\\@b/",
        "http://a b/",
    ],
)
def test_what_is_no_origin(url):
    with pytest.raises(ArgumentError):
        origin_of(url)


def test_an_origin_reads_as_a_url():
    assert str(origin_of("HTTPS://Host:443/x")) == "https://host"
    assert str(origin_of("http://[::1]:8080/")) == "http://[::1]:8080"


def test_credentials_are_taken_out():
    assert split_credentials("https://me%40x:p%3Aq@host:1/a?b#c") == ("https://host:1/a?b#c", ("me@x", "p:q"))
    assert split_credentials("https://me@host/") == ("https://host/", ("me", ""))
    assert split_credentials("https://host/x@y") == ("https://host/x@y", None)
    assert has_credentials("https://me@host/") and not has_credentials("https://host/x@y")


PLAIN = st.text("abcXYZ019!$-_.~", min_size=6, max_size=12)


@given(PLAIN, PLAIN)
def test_r7_masked_texts_hold_no_user_information(user, password):
    url = f"https://{user}:{password}@host.example/path?x=1"
    for text in (url, f"could not ask {url} today", f"{url} or {url}"):
        assert password not in masked(text).replace("host.example/path?x=1", "")
        assert "host.example/path?x=1" in masked(text)


def test_addresses_in_queries_are_no_user_information():
    assert masked("https://host/x?mail=a@b.example") == "https://host/x?mail=a@b.example"
