"""R1 to R9: where requests and credentials go. A second server watches every promise: it must see nothing, or nothing secret."""

from __future__ import annotations

import base64
import logging
import traceback

import pytest
import requests
from faults.server import FaultServer, answer, redirect

from odata3.errors import ArgumentError, DataServiceTransportException, ODataError
from odata3.wire.messages import Headers, Request
from odata3.wire.transport import RequestsTransport

PASSWORD = "s3cret-Pa55"
SECRET_HEADERS = {"X-Api-Key": "configured-key", "x-ms-principal-id": "user@contoso.com"}


@pytest.fixture
def home():
    with FaultServer() as server:
        yield server


@pytest.fixture
def stranger():
    with FaultServer(answer(b'{"value":[]}', Set_Cookie="track=1")) as server:
        yield server


def transport_to(server, **keywords):
    keywords.setdefault("auth", ("user", PASSWORD))
    keywords.setdefault("headers", SECRET_HEADERS)
    keywords.setdefault("retry", None)
    return RequestsTransport(server.url, **keywords)


def test_r1_another_port_is_refused_before_a_request(home, stranger):
    with pytest.raises(DataServiceTransportException, match="another origin") as caught:
        transport_to(home).send(Request("GET", stranger.url + "page2"))
    assert stranger.requests == [] and stranger.opened == 0
    assert caught.value.outcome_unknown is False


@pytest.mark.parametrize(
    "url",
    [
        "http://user@127.0.0.1:{port}/x",
        "http://127.0.0.1:{port}@evil.example/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "//127.0.0.1/x",
        "x",
        "",
        "http://",
        "http://[::1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1\\@evil.example/",
        "javascript:alert(1)",
    ],
)
def test_r1_odd_urls_are_refused(home, url):
    with pytest.raises(DataServiceTransportException) as caught:
        transport_to(home).send(Request("GET", url.format(port=home.port)))
    assert home.requests == []
    assert "user@" not in str(caught.value)


def test_r1_the_hosts_name_in_capitals_is_the_same_origin(home):
    url = f"http://LOCALHOST:{home.port}/"
    transport = RequestsTransport(f"http://localhost:{home.port}/", retry=None)
    assert transport.send(Request("GET", url)).status == 200


def test_r1_a_trusted_origin_is_read_without_credentials(home, stranger):
    transport = transport_to(home, trusted_origins=[stranger.url])
    request = Request(
        "GET", stranger.url + "page2", Headers({"Accept": "application/json", "Authorization": "Bearer x", "X-Mine": "1"})
    )
    assert transport.send(request).status == 200
    (seen,) = stranger.requests
    assert seen.headers["accept"] == "application/json"
    assert not {"authorization", "cookie", "x-api-key", "x-ms-principal-id", "x-mine"} & seen.headers.keys()


def test_r2_a_change_never_goes_to_another_origin_even_a_trusted_one(home, stranger):
    transport = transport_to(home, trusted_origins=[stranger.url])
    with pytest.raises(DataServiceTransportException, match="own origin only"):
        transport.send(Request("MERGE", stranger.url + "Products(1)", body=b"{}"))
    assert stranger.requests == []


def test_r3_a_redirect_of_a_read_is_followed_on_the_same_origin():
    with FaultServer(redirect("/there?x=1#part"), answer(b"ok")) as server:
        response = transport_to(server).send(Request("GET", server.url + "here", Headers({"If-None-Match": "*"})))
    assert response.body == b"ok"
    assert response.url == server.url + "there?x=1"
    assert [seen.target for seen in server.requests] == ["/here", "/there?x=1"]
    assert all("authorization" in seen.headers and "x-api-key" in seen.headers for seen in server.requests)
    assert server.opened == 1, "the connection of a redirect serves again"


def test_r3_a_redirect_to_another_origin_is_an_error(stranger):
    with (
        FaultServer(redirect(stranger.url + "login")) as server,
        pytest.raises(DataServiceTransportException, match="service root"),
    ):
        transport_to(server).send(Request("GET", server.url))
    assert stranger.requests == []


def test_r3_a_redirect_to_a_trusted_origin_loses_all_that_is_secret(stranger):
    with FaultServer(answer(b"", Set_Cookie="sid=1"), redirect(stranger.url + "data")) as server:
        transport = transport_to(server, trusted_origins=[stranger.url])
        transport.send(Request("GET", server.url))
        assert transport.send(Request("GET", server.url)).url == stranger.url + "data"
        assert server.requests[1].headers["cookie"] == "sid=1"
    assert not {"authorization", "cookie", "x-api-key", "x-ms-principal-id"} & stranger.requests[0].headers.keys()


@pytest.mark.parametrize("hops", [10, 11])
def test_r3_ten_redirects_and_no_more(hops):
    with FaultServer(*(redirect(f"/{n}") for n in range(hops)), answer(b"end")) as server:
        transport = transport_to(server)
        if hops == 10:
            assert transport.send(Request("GET", server.url)).body == b"end"
        else:
            with pytest.raises(DataServiceTransportException, match="too many redirects"):
                transport.send(Request("GET", server.url))


def test_r3_a_circle_of_redirects_is_an_error():
    with FaultServer(redirect("/b"), redirect("/a"), redirect("/b")) as server:
        with pytest.raises(DataServiceTransportException, match="circle"):
            transport_to(server).send(Request("GET", server.url + "a"))
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other"])
@pytest.mark.parametrize("method", ["POST", "PUT", "MERGE", "PATCH", "DELETE"])
def test_r4_a_change_is_never_turned_into_a_get(method, status):
    with FaultServer(redirect("/elsewhere", status), answer(b"{}")) as server:
        with pytest.raises(DataServiceTransportException, match="redirects") as caught:
            transport_to(server).send(Request(method, server.url + "Products(1)", body=b"{}"))
        assert [seen.method for seen in server.requests] == [method]
    assert caught.value.outcome_unknown is status.startswith("303")


@pytest.mark.parametrize("status", ["307 Temporary Redirect", "308 Permanent Redirect"])
def test_r4_307_repeats_the_change_on_the_same_origin(status):
    with FaultServer(redirect("/v2/Products(1)", status), answer(status="204 No Content")) as server:
        response = transport_to(server).send(Request("MERGE", server.url + "Products(1)", body=b'{"a":1}'))
    assert response.status == 204
    assert [(s.method, s.target, s.body) for s in server.requests][1] == ("MERGE", "/v2/Products(1)", b'{"a":1}')


def test_r4_307_to_another_origin_is_an_error(stranger):
    moved = redirect(stranger.url, "307 Temporary Redirect")
    with FaultServer(moved) as server, pytest.raises(DataServiceTransportException, match="another origin"):
        transport_to(server, trusted_origins=[stranger.url]).send(Request("POST", server.url, body=b"{}"))
    assert stranger.requests == []


def test_r5_https_never_leads_to_http(stranger):
    from faults.server import CERTIFICATE

    authority = str(CERTIFICATE.with_name("authority.pem"))
    with FaultServer(redirect(stranger.url), tls=True) as server:
        transport = transport_to(server, trusted_origins=[stranger.url], verify=authority)
        for url in (server.url, stranger.url):
            with pytest.raises(DataServiceTransportException, match="leave https"):
                transport.send(Request("GET", url))
    assert stranger.requests == []


def netrc(tmp_path, monkeypatch, host="127.0.0.1"):
    file = tmp_path / "netrc"
    file.write_text(f"machine {host} login ambient password from-netrc\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_r6_netrc_serves_the_roots_origin(home, tmp_path, monkeypatch):
    netrc(tmp_path, monkeypatch)
    transport_to(home, auth=None).send(Request("GET", home.url))
    assert home.requests[0].headers["authorization"] == basic("ambient", "from-netrc")


def test_r6_netrc_never_serves_another_origin(home, stranger, tmp_path, monkeypatch):
    netrc(tmp_path, monkeypatch)
    transport_to(home, auth=None, trusted_origins=[stranger.url]).send(Request("GET", stranger.url))
    assert "authorization" not in stranger.requests[0].headers


@pytest.mark.parametrize("way", ["auth", "root", "headers", "request", "session auth", "session header", "session dict"])
def test_r6_what_was_given_wins_over_netrc(home, tmp_path, monkeypatch, way):
    netrc(tmp_path, monkeypatch)
    given, keywords, request, root = basic("me", "mine"), {}, Request("GET", home.url), home.url
    session = requests.Session()
    if way == "auth":
        keywords["auth"] = ("me", "mine")
    elif way == "root":
        root = home.url.replace("http://", "http://me:mine@")
    elif way == "headers":
        keywords["headers"] = {"authorization": given}
    elif way == "request":
        request = request.with_headers({"Authorization": given})
    elif way == "session auth":
        session.auth, keywords["session"] = ("me", "mine"), session
    elif way == "session header":
        session.headers["Authorization"], keywords["session"] = given, session
    else:
        session.headers, keywords["session"] = {"authorization": given}, session
    RequestsTransport(root, **keywords).send(request)
    session.close()
    assert home.requests[0].headers["authorization"] == given


def test_r6_user_information_of_the_root_is_taken_out(home):
    transport = RequestsTransport(home.url.replace("http://", "http://me%40there:p%3Aq@"))
    assert transport.root == home.url
    response = transport.send(Request("GET", home.url))
    assert response.url == home.url
    assert home.requests[0].headers["authorization"] == basic("me@there", "p:q")
    assert "p%3Aq" not in repr(transport)


def test_r7_no_secret_is_ever_shown(home, caplog):
    caplog.set_level(logging.DEBUG)
    root = home.url.replace("http://", f"http://user:{PASSWORD}@")
    texts = []
    with FaultServer(answer(b"no", "401 Unauthorized", Set_Cookie=f"s={PASSWORD}"), b"garbage\r\n\r\n") as server:
        transport = RequestsTransport(server.url, auth=("user", PASSWORD), headers={"Authorization": PASSWORD}, retry=None)
        response = transport.send(Request("GET", server.url))
        texts += [repr(response), repr(response.headers), repr(transport)]
        for url in (server.url, root, f"http://user:{PASSWORD}@evil.example/"):
            with pytest.raises(ODataError) as caught:
                transport.send(Request("GET", url))
            texts += ["".join(traceback.format_exception(caught.value)), repr(caught.value)]
    with pytest.raises(ArgumentError) as wrong:
        RequestsTransport(f"gopher://user:{PASSWORD}@host/")
    texts += [str(wrong.value), caplog.text]
    shown = "\n".join(texts)
    assert PASSWORD not in shown
    assert base64.b64encode(f"user:{PASSWORD}".encode()).decode() not in shown


def test_r8_cookies_come_back_to_their_origin_and_no_other(stranger):
    with FaultServer(answer(b"{}", Set_Cookie="sid=1; Path=/")) as server:
        transport = transport_to(server, trusted_origins=[stranger.url])
        transport.send(Request("GET", server.url))
        transport.send(Request("GET", stranger.url))
        transport.send(Request("GET", stranger.url))
        transport.send(Request("GET", server.url))
    assert server.requests[1].headers["cookie"] == "sid=1"
    assert all("cookie" not in seen.headers for seen in stranger.requests)


def test_r9_a_self_signed_certificate_fails_unless_it_is_given():
    from faults.server import CERTIFICATE

    with FaultServer(tls=True) as server:
        with pytest.raises(DataServiceTransportException, match=r"certificate is not trusted.*verify=") as caught:
            transport_to(server).send(Request("POST", server.url, body=b"{}"))
        assert caught.value.outcome_unknown is False
        trusting = transport_to(server, verify=str(CERTIFICATE.with_name("authority.pem")))
        assert trusting.send(Request("GET", server.url)).status == 200
        trusting.close()


def test_r41_header_injection_is_refused_and_nothing_sent(home):
    transport = transport_to(home)
    for name, value in [
        ("If-Match", 'W/"a"\r\nX: y'),
        ("Slug", "a\nb"),
        ("X", "a\0b"),
        ("X", "a\x0bb"),
        ("X", "a\x1bb"),
        ("X\r\nY", "z"),
        ("X Y", "z"),
        ("", "z"),
        ("X", "日本"),
    ]:
        with pytest.raises(ArgumentError, match="header"):
            transport.send(Request("MERGE", home.url, Headers([(name, value)]), b"{}"))
    with pytest.raises(ArgumentError):
        RequestsTransport(home.url, headers={"x-ms-principal-id": "a\r\nb"})
    assert home.requests == []


@pytest.mark.parametrize("inside", ["\r\nX: y", "\n", "\x00", "\x1b[2J"])
def test_r41_a_control_character_in_a_url_is_refused_and_begins_no_line(home, inside, caplog):
    caplog.set_level("DEBUG", "odata3")
    with pytest.raises(DataServiceTransportException, match="control character") as caught:
        transport_to(home).send(Request("GET", f"{home.url}a{inside}b"))
    assert not caught.value.outcome_unknown and home.requests == []
    assert not any(sign in str(caught.value) for sign in "\r\n\0\x1b")


def test_r7_a_long_or_loud_location_is_clipped():
    loud = "http://evil.example/" + "\x9b31m" + "x" * 5000
    with FaultServer(redirect(loud)) as server, pytest.raises(DataServiceTransportException) as caught:
        transport_to(server).send(Request("GET", server.url))
    assert len(str(caught.value)) < 5000 and "\x9b" not in str(caught.value)


def test_r8_a_trusted_origins_cookies_go_to_no_other_trusted_origin(home):
    setting = answer(b"{}", Set_Cookie="sid=of-the-first; Path=/")
    with FaultServer(setting) as first, FaultServer(setting) as second:
        transport = transport_to(home, trusted_origins=[first.url, second.url])
        for server in (first, second, home, first):
            transport.send(Request("GET", server.url))
        assert not any("cookie" in seen.headers for server in (first, second, home) for seen in server.requests)
