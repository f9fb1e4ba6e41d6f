"""What a refusal reads like: what was asked, what came back, the service's own words, the request id, what to do.

    MERGE https://host/svc/Products(1) answered 412 Precondition Failed: The etag value ... does not match (request id 5f2c). The
    entity changed since it was read: ctx.resolve(entity, "mine" or "theirs") reads it anew, then save again

URLs are shown without credentials, bodies clipped. Source: OData V3 digest sections 8 and 11.
"""

from __future__ import annotations

import re
from contextlib import suppress
from http import HTTPStatus

from odata3.errors import DataServiceClientException, PayloadError, refusal_class
from odata3.formats.documents import Fault
from odata3.formats.faults import read_fault
from odata3.formats.negotiation import in_utf8
from odata3.secrecy import HIDDEN, blanked, leads_to_secret, masked, on_one_line, without_credentials
from odata3.wire.messages import Request, Response

#: How much of a body an error keeps.
CLIPPED = 4096
_SHOWN = 200
_QUOTED = re.compile(r'"[^"]*"')
#: A name in a list of challenges that is no name of a parameter.
_SCHEME = re.compile(r"(?:^|,)[ \t]*([A-Za-z][A-Za-z0-9-]{0,30})(?=[ \t]*(?:,|$)|[ \t]+[^ \t=,])")
#: What the services of SPF want to know of every request.
_PRINCIPAL = "x-ms-principal-id"
#: How each scheme is used, by its name in lower case.
_AUTH = {
    "basic": "auth=(user, password)",
    "bearer": "auth=a function that puts 'Bearer ...' into request.headers['Authorization'] and returns the request",
    "digest": "auth=requests.auth.HTTPDigestAuth(user, password)",
    "ntlm": "auth=requests_ntlm.HttpNtlmAuth(r'DOMAIN\\user', password) (pip install 'odata3[ntlm]')",
    "negotiate": "auth=requests_kerberos.HTTPKerberosAuth() (pip install 'odata3[kerberos]'), or without Kerberos "
    "requests_ntlm.HttpNtlmAuth(r'DOMAIN\\user', password) (pip install 'odata3[ntlm]')",
}


def _fault(response: Response) -> Fault:
    content_type, body = response.headers.get("Content-Type"), response.body
    with suppress(PayloadError):  # what is not in its charset is read as far as it goes
        body = in_utf8(content_type, body)
    return read_fault(content_type, body)


def refusal(request: Request, response: Response) -> DataServiceClientException:
    """The error for an answer that is no success."""
    fault = _fault(response) if response.body else None
    named = request_id(response)
    words = _said(fault) if fault is not None else _excerpt(response)
    text = f"{asked(request)} answered {_status(response)}"
    if words:
        text += f": {words}"
    if named:
        text += f" (request id {named})"
    if hint := _hint(request, response, words):
        text += f"{'' if text.endswith('.') else '.'} {hint}"
    return refusal_class(response.status)(
        text,
        status_code=response.status,
        code=fault.code if fault is not None else "",
        message=without_credentials(fault.message) if fault is not None else "",
        inner_error=fault.inner_error if fault is not None else None,
        request_id=named,
        headers=response.headers,
        body=_text(response.body),
        method=_method(request),
        url=masked(request.url),
    )


def fault_inside(fault: Fault, response: Response) -> DataServiceClientException:
    """The error for a success that holds one (status 500, as .NET has it)."""
    return DataServiceClientException(
        f"{masked(response.url)} answered {response.status} with an error inside: {_said(fault)}",
        status_code=500,
        code=fault.code,
        message=without_credentials(fault.message),
        inner_error=fault.inner_error,
        request_id=request_id(response),
        headers=response.headers,
        body=_text(response.body),
        url=masked(response.url),
    )


def asked(request: Request) -> str:
    """``MERGE https://host/svc/Products(1)``."""
    return f"{_method(request)} {masked(request.url)}"


def described(response: Response) -> str:
    """What came: status, content type, how it begins (R20)."""
    kind = on_one_line(response.headers.get("Content-Type", "no content type"))[:_SHOWN]
    return f"the answer had status {response.status}, {kind}, and begins {_excerpt(response)!r}"


def _hint(request: Request, response: Response, words: str) -> str:
    """What to do, where it is known."""
    status = response.status
    if status == 401:
        return _wanted(response.headers.get("WWW-Authenticate", ""))
    if status == 403:
        return _barred(response, words)
    if status == 404 and request.url.endswith("/$metadata"):
        return (
            "Is this the root of an OData service? It is the URL in front of the names of the sets (https://host/Name.svc/), and "
            "not that of a set"
        )
    if status in (405, 501) and _method(request) not in ("GET", "POST"):
        return _untaken(request, response.headers.get("Allow"))
    if status == 407:
        return "The proxy wants credentials: put user and password into its URL, in proxies= or HTTPS_PROXY"
    if status == 412:
        return (
            "The entity changed since it was read: ctx.resolve(entity, 'mine') or ctx.resolve(entity, 'theirs') reads it anew, "
            "then save again"
        )
    if _PRINCIPAL in words.lower():
        return f"Say who asks: principal_id=... of spf_vmm.connect, or headers={{'{_PRINCIPAL}': ...}}"
    if status == 400 and "version" in words.lower():
        names = ("DataServiceVersion", "MaxDataServiceVersion")
        return f"The request said {', '.join(f'{name}: {request.headers[name]}' for name in names if name in request.headers)}"
    if status in (502, 504) and request.method not in ("GET", "HEAD"):
        return "A gateway got no answer for it: the change may have arrived all the same"
    if status in (429, 503) and (wait := response.headers.get("Retry-After")):
        return f"Retry after {on_one_line(wait)[:_SHOWN]}"
    return ""


def _barred(response: Response, words: str) -> str:
    """What to do after a 403: it may be a token that is missing, and no right."""
    if response.headers.get("X-CSRF-Token", "").lower() == "required":
        return "The service wants an X-CSRF-Token with changes, and its root gave none that it takes"
    if "security validation" in words.lower():
        return (
            "SharePoint wants a form digest with changes: POST to _api/contextinfo gives its FormDigestValue, to be sent as the "
            "header X-RequestDigest (headers=, or a handler of ctx.sending_request)"
        )
    return "The credentials are known, and not allowed this"


def _untaken(request: Request, allowed: str | None) -> str:
    """What to do where a verb is not taken; many services and proxies let it through inside of a POST."""
    taken = f"The service takes {on_one_line(allowed)[:_SHOWN]} there. " if allowed else ""
    if "X-HTTP-Method" in request.headers:
        return taken.rstrip()
    return f"{taken}Where another verb is kept from the service, ctx.use_post_tunneling = True sends it as POST"


def _wanted(challenges: str) -> str:
    """What to give as ``auth``, by the schemes that the service names (RFC 9110, 11.6.1)."""
    bare = _QUOTED.sub('""', challenges[:CLIPPED])
    schemes = dict.fromkeys(_SCHEME.findall(bare))
    text = "Check the credentials given as auth"
    if not schemes:
        return text
    advice = [_AUTH[scheme.lower()] for scheme in schemes if scheme.lower() in _AUTH]
    return f"{text}; the service takes {' or '.join(schemes)}{': ' if advice else ''}{'; or '.join(advice)}"


def _status(response: Response) -> str:
    try:
        return f"{response.status} {HTTPStatus(response.status).phrase}"
    except ValueError:
        return str(response.status)


def _method(request: Request) -> str:
    return request.headers.get("X-HTTP-Method", request.method)


def _said(fault: Fault) -> str:
    code = f"{fault.code}: " if fault.code and fault.code != fault.message else ""
    return on_one_line(blanked((code + (fault.message or "no message"))[:CLIPPED])).strip()


def _text(body: bytes) -> str:
    return blanked(body[:CLIPPED].decode("utf-8", "replace"))


def _excerpt(response: Response) -> str:
    if leads_to_secret(response.url):
        return HIDDEN
    words = " ".join(on_one_line(_text(response.body)).split())
    return words[:_SHOWN] + ("…" if len(words) > _SHOWN else "")


def request_id(response: Response) -> str | None:
    """The service's name for an exchange, for its administrators to look up."""
    found = response.headers.get("request-id") or response.headers.get("x-ms-request-id")
    return None if found is None else on_one_line(found)[:_SHOWN]
