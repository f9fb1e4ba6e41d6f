"""R7: what is never shown, wherever it stands: names, header fields, URLs, bodies."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata3.secrecy import blanked, is_secret, is_secret_header, masked, on_one_line, without_credentials
from odata3.wire.messages import Headers, Request, Response

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    "name",
    [
        "Password",
        "LocalAdminPassword",
        "pwd",
        "PASSWD",
        "client_secret",
        "access_token",
        "ApiKey",
        "api-key",
        "AuthenticationKey",
        "DomainJoinCredential",
        "ProductKey",
        "AccountKey",
        "SubscriptionKey",
        "passphrase",
        "private_key",
    ],
)
def test_r7_names_of_secrets(name):
    assert is_secret(name)


@pytest.mark.parametrize("name", ["Name", "Key", "KeyCount", "Author", "Pass", "Monkey", "RunAsAccount", "UserName", "ID"])
def test_other_names(name):
    assert not is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "proxy-authorization",
        "Cookie",
        "SET-COOKIE",
        "X-CSRF-Token",
        "X-RequestDigest",
        "X-Api-Key",
        "Api-Key",
        "X-Auth",
        "x-ms-token-aad",
        "Ocp-Apim-Subscription-Key",
        "X-Amz-Signature",
        "X-Shared-Secret",
        "X-Key",
        "WWW-Authenticate",
    ],
)
def test_r7_header_fields_that_let_somebody_in(name):
    assert is_secret_header(name)
    assert SECRET not in repr(Headers({name: SECRET})) and "***" in repr(Headers({name: SECRET}))


@pytest.mark.parametrize(
    "name", ["Accept", "x-ms-principal-id", "Author", "X-Author", "If-Match", "Keyboard", "DataServiceVersion"]
)
def test_other_header_fields(name):
    assert not is_secret_header(name)


URLS = [
    "https://user:{}@host/a",
    "https://{}@host/a",
    "https://host/a?sig={}",
    "https://host/a?x=1&access_token={}&y=2",
    "https://host/a?api_key={}#end",
    "https://host/a?key={}",
    "https://host/a?password='{}'",
    "https://host/a?password=%27{}%27&x=1",
    "https://host/Login(user='u',password='{}')",
    "https://host/Login(token={},user='u')",
    "https://host/a?@secret='{}'",
    "https://host/a?token=guid'{}'",
    "https://host/a?password='it''s {}'",
    "https://host/Users?$filter=Password eq '{}'",
    "https://host/Users?$filter=Name%20eq%20%27a%27%20and%20Password%20eq%20%27{}%27",
    "https://host/Users?$filter=Account/Password+ne+'{}'",
    "a text (see https://u:{}@h/ and http://h/?token={}, twice)",
]


@pytest.mark.parametrize("url", URLS)
def test_r7_urls_show_no_secret(url):
    shown = masked(url.replace("{}", SECRET))
    assert SECRET not in shown and shown.startswith(url[:7])
    assert SECRET not in repr(Request("GET", url.replace("{}", SECRET)))
    assert SECRET not in repr(Response(200, url=url.replace("{}", SECRET)))
    assert masked(shown) == shown


@pytest.mark.parametrize(
    "url",
    [
        "https://host/a?$filter=Name eq 'x'",
        "https://host/Products(ID=1,Name='a')",
        "https://host/a?next=http://h/b",
        "plain",
        "",
        "https://host/a?$top=1&$skip=2",
        "https://host/a?$filter=Monkey eq 'x'",
    ],
)
def test_other_urls_stay_as_they_are(url):
    assert masked(url) == url


BODIES = [
    '{"Password":"{}"}',
    '{"a":1,"LocalAdminPassword" : "{}","b":"c"}',
    '{"AdminPassword":"x\\"{}"}',
    '{"Passwords":["a","{}"],"b":1}',
    '{"Credential":{"User":"u","Value":{"x":"{}"}},"b":1}',
    '{"token":12{}}',
    '{"\\u0050assword":"{}"}',
    '{"d":{"Password":"{}","__metadata":{}}}'.replace("{}}", "{ }}"),
    '{"Password":"{}',
    '{"Password":["{}',
    "<d:Password>{}</d:Password>",
    "<d:LocalAdminPassword m:type='Edm.String'>{}</d:LocalAdminPassword>",
    "<Password><![CDATA[{}]]></Password>",
    "<d:Passwords><d:element>a</d:element><d:element>{}</d:element></d:Passwords>",
    "<d:Password>{}",
    "user=u&password={}&x=1",
    "Server=s;User Id=u;Password={};",
    "AccountKey = {};",
    "Authorization: Basic dXNlcjpz{}==",
    "Bearer eyJ0{}",
    "NTLM TlRMTVNTUAAD{}",
    "http://user:{}@host/",
    "http://host/?api_key={}",
]


@pytest.mark.parametrize("body", BODIES)
def test_r7_bodies_show_no_secret(body):
    shown = blanked(body.replace("{}", SECRET))
    assert SECRET not in shown and ("***" in shown or "://host/" in shown)


def test_what_is_no_secret_stays():
    body = '{"Name":"Rye","PasswordExpires":null,"HasPassword":true,"Key":"k","List":[{"a":"b"}]}'
    assert blanked(body) == body
    text = "<d:Name>Rye</d:Name><d:Password m:null='true'/><d:Note>Basic authentication is off</d:Note>"
    assert blanked(text) == text
    assert without_credentials("Basic authentication is off, and NTLM is on") == "Basic authentication is off, and NTLM is on"


@given(
    tree=st.recursive(
        st.just(SECRET) | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner)
    )
)
def test_r7_whatever_a_secret_member_holds_is_blanked(tree):
    body = json.dumps({"a": [1, {"Password": {"is": tree}, "b": 2}], "c": "kept"})
    shown = json.loads(blanked(body))
    assert shown == {"a": [1, {"Password": "***", "b": 2}], "c": "kept"}


@given(text=st.text())
def test_r51_any_text_can_be_shown(text):
    for show in (masked, without_credentials, blanked):
        assert isinstance(show(text), str)
    assert not any(sign < " " or "\x7f" <= sign <= "\x9f" or sign in "\u202e\u2066\u200f" for sign in on_one_line(text))
    assert len(on_one_line(text)) == len(text)


@pytest.mark.parametrize(
    "piece", ["&token", "?a=", "(,", '"a', '"Password":[', "<Password>", "password=", "Basic ", "key ", "://", "'", "%27"]
)
def test_r39_long_texts_take_no_longer_than_their_length(piece):
    text = piece * (300_000 // len(piece))
    for show in (masked, without_credentials):
        show(text)
    blanked(text[:100_000])


def test_r7_a_request_shows_no_body():
    request = Request("POST", "http://h/Login", Headers({"X-Api-Key": SECRET}), SECRET.encode())
    assert repr(request) == "<Request POST http://h/Login Headers({'X-Api-Key': '***'}), 6 bytes>"
    assert SECRET not in repr(Response(200, Headers({"Set-Cookie": SECRET}), SECRET.encode()))
