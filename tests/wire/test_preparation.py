"""Requests leave as ``requests.Session.request`` would send them, and sessions with ways of their own are asked in those ways."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from requests.auth import AuthBase
from urllib3 import HTTPResponse

from odata3.wire.messages import Request
from odata3.wire.preparation import exchange
from odata3.wire.transport import RequestsTransport


class _Seen(BaseAdapter):
    """Keeps what would go onto the wire."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Any] = []

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:  # type: ignore[override]
        fields = [(str(name), value) for name, value in request.headers.items()]
        self.sent.append((request.method, request.url, fields, request.body, sorted(settings.items())))
        response = requests.Response()
        response.status_code, response.request, response.url = 204, request, request.url or ""
        response.raw = HTTPResponse(status=204, preload_content=False)
        return response

    def close(self) -> None:
        """Nothing is held."""


class _Signed(AuthBase):
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-Signed"] = f"{request.method} {request.url} {sorted(request.headers)}"
        return request


def _session(settings: dict[str, Any]) -> tuple[requests.Session, _Seen]:
    session, adapter = requests.Session(), _Seen()
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    for name, domain, value in settings["cookies"]:
        session.cookies.set(name, value, domain=domain)
    session.headers.update(settings["headers"])
    session.auth, session.trust_env = settings["auth"], settings["trust_env"]
    session.verify, session.proxies = settings["verify"], dict(settings["proxies"])
    return session, adapter


def _outcome(ask: Any, seen: _Seen) -> Any:
    try:
        ask()
    except (requests.RequestException, UnicodeError) as error:
        return type(error)
    return seen.sent


_hosts = st.sampled_from(["h", "h.example", "H.example", "127.0.0.1", "[::1]", "bücher.example", "h..example", ".h", "a_b"])
_ports = st.sampled_from(["", ":", ":80", ":443", ":08", ":0", ":65535", ":65536", ":70000"])
_pieces = st.sampled_from(
    [
        *"/?.;=&$'()*+,!:@~-_ aZ9ü|^\"<>[]{}\\",
        "..",
        "/../",
        "/.",
        "//",
        "%",
        "%2F",
        "%2f",
        "%41",
        "%7E",
        "%20",
        "%25",
        "%C3%BC",
        "%zz",
    ]
)
_places = st.one_of(st.just(""), st.lists(_pieces).map("".join).map("/{}".format))
_urls = st.builds("{}://{}{}{}".format, st.sampled_from(["http", "https", "HTTP"]), _hosts, _ports, _places)
_names = st.sampled_from(["Accept", "accept", "User-Agent", "X-One", "x-one", "Cookie", "Authorization"])
_values = st.sampled_from(["", "v", "a b", "caf\xe9", "\xa0x", "*/*", "a\tb"])
_auths = st.sampled_from([None, ("user", "secret"), _Signed()])
_sessions = st.fixed_dictionaries(
    {
        "cookies": st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["h.example", "", "other"]), st.sampled_from("12"))),
        "headers": st.dictionaries(_names, st.one_of(st.none(), _values, st.just(b"bytes")), max_size=3),
        "auth": _auths,
        "trust_env": st.booleans(),
        "verify": st.sampled_from([True, False, "bundle.pem"]),
        "proxies": st.sampled_from([{}, {"http": "http://proxy:1"}]),
    }
)
_asked = st.fixed_dictionaries(
    {
        "headers": st.dictionaries(_names, _values, max_size=3),
        "data": st.sampled_from([None, b"", b"body"]),
        "auth": _auths,
        "timeout": st.sampled_from([None, 1.0, (1.0, 2.0)]),
        "verify": st.sampled_from([None, True, False, "own.pem"]),
        "cert": st.sampled_from([None, "own.pem", ("a", "b")]),
        "proxies": st.sampled_from([None, {"https": "http://other:2"}]),
    }
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment with something of everything that ``requests`` looks for there."""
    known = tmp_path_factory.mktemp("home") / "netrc"
    known.write_text("machine h.example\nlogin somebody\npassword known\n", encoding="utf-8")
    told = {"NETRC": str(known), "HTTPS_PROXY": "http://proxy:3", "NO_PROXY": "127.0.0.1", "REQUESTS_CA_BUNDLE": "of-all.pem"}
    with mock.patch.dict("os.environ", told):
        yield known


@pytest.mark.usefixtures("environment")
@given(st.sampled_from(["GET", "MERGE", "post"]), _urls, _asked, _sessions)
@example(
    "GET",
    "http://h/a/..",
    {"headers": {}, **dict.fromkeys(("data", "auth", "timeout", "verify", "cert", "proxies"))},
    {"cookies": [], "headers": {}, "auth": None, "trust_env": True, "verify": True, "proxies": {}},
)
def test_what_leaves_is_what_requests_would_send(method: str, url: str, asked: dict[str, Any], settings: dict[str, Any]) -> None:
    session, theirs = _session(settings)
    common = {**asked, "proxies": dict(asked["proxies"] or {})}
    hook = mock.Mock(return_value=None)
    expected = _outcome(
        lambda: session.request(method, url, allow_redirects=False, stream=True, hooks={"response": [hook]}, **common), theirs
    )
    again, ours = _session(settings)
    heard = mock.Mock(return_value=None)
    assert _outcome(lambda: exchange(again, method, url, hook=heard, **asked), ours) == expected
    assert heard.call_count == hook.call_count


def _answering(session: requests.Session) -> _Seen:
    seen = _Seen()
    session.mount("http://", seen)
    return seen


def _send(session: requests.Session) -> None:
    RequestsTransport("http://h/svc/", session=session).send(Request("GET", "http://h/svc/Set?$top=1"))


class _Slow(requests.Session):
    def request(self, method: str, url: Any, **settings: Any) -> requests.Response:  # type: ignore[override]
        settings["headers"] = {**settings["headers"], "X-Own": "request"}
        return super().request(method, url, **settings)


class _Preparing(requests.Session):
    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        prepared = super().prepare_request(request)
        prepared.headers["X-Own"] = "prepare_request"
        return prepared


class _Sending(requests.Session):
    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        request.headers["X-Own"] = "send"
        return super().send(request, **settings)


class _Environment(requests.Session):
    def merge_environment_settings(self, *settings: Any) -> Any:
        self.headers["X-Later"] = "merge_environment_settings"
        return super().merge_environment_settings(*settings)


@pytest.mark.parametrize(("kind", "way"), [(_Slow, "request"), (_Preparing, "prepare_request"), (_Sending, "send")])
def test_a_subclass_has_its_way(kind: type[requests.Session], way: str) -> None:
    session = kind()
    seen = _answering(session)
    _send(session)
    assert ("X-Own", way) in seen.sent[0][2]


def test_settings_of_the_environment_are_asked_of_the_session() -> None:
    session = _Environment()
    _answering(session)
    _send(session)
    assert session.headers["X-Later"] == "merge_environment_settings"


def test_parameters_of_a_session_go_along() -> None:
    session = requests.Session()
    session.params = {"api-key": "k"}
    seen = _answering(session)
    _send(session)
    assert seen.sent[0][1] == "http://h/svc/Set?$top=1&api-key=k"


def test_a_method_put_onto_the_session_is_called() -> None:
    session = requests.Session()
    seen = _answering(session)
    session.request = partial(session.request, cookies={"c": "1"})  # type: ignore[method-assign]
    _send(session)
    assert ("Cookie", "c=1") in seen.sent[0][2]


@pytest.mark.parametrize("name", ["request", "prepare_request", "send"])
def test_an_instrumented_class_sees_every_request(name: str) -> None:
    session = requests.Session()
    _answering(session)
    with mock.patch.object(requests.Session, name, autospec=True, side_effect=getattr(requests.Session, name)) as instrument:
        _send(session)
    assert instrument.call_count == 1
