"""One request through a session of ``requests``, prepared as ``Session.request`` prepares it, in a quarter of the time.

``requests`` merges settings in general: of each it asks whether it is a mapping, and each address is taken apart and put together
again. A service is asked for thousands of addresses that are spelled right already, with header fields that were checked already,
and preparing them is half of what ``requests`` costs. What leaves is the same, field by field. Sessions that prepare or send in
their own way (a subclass, a patched method, an instrumented class) are asked by their own ``request``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any

import requests
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from requests.utils import get_netrc_auth

from odata3.wire.arguments import Auth, Timeout
from odata3.wire.uploads import Upload

_THEIRS = vars(requests.sessions)

_PLAIN = r"-A-Za-z0-9_.~!$&'()*+,;=:@"
_ESCAPE = r"%(?:[0189A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|[46]0|5[B-E]|7[BCDF])"
#: Whether an absolute URL is one that ``requests`` and urllib3 leave as it is: scheme and host in lower case, no segment of dots,
#: every escape needed and in upper case.
_is_final = re.compile(
    r"https?://[a-z0-9_-][a-z0-9._-]*+(?::(?:[1-5][0-9]{4}|[1-9][0-9]{0,3}))?"
    rf"(?:/(?!\.\.?(?:[/?]|\Z))(?:[{_PLAIN}]++|{_ESCAPE})*+)++"
    rf"(?:\?(?:[{_PLAIN}/?]++|{_ESCAPE})++)?"
).fullmatch


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    headers: dict[str, str],
    data: bytes | Upload | None,
    auth: Auth | None,
    timeout: Timeout,
    verify: bool | str | None,
    cert: Any,
    proxies: Mapping[str, str] | None,
    hook: Callable[..., Any],
) -> requests.Response:
    """The answer, its redirects not followed and its body not read; raises what ``requests`` raises.

    The ``url`` has neither user information nor fragment; ``hook`` sees the answer after the hooks of the session.
    """
    hooks = {"response": [*_heard_by(session), hook]}
    given = dict(proxies or {})
    if not (_is_made_by_requests(session.request) and _is_made_by_requests(session.prepare_request)) or session.params:
        return session.request(
            method,
            url,
            headers=headers,
            data=data,
            auth=auth,
            timeout=timeout,
            verify=verify,
            cert=cert,
            proxies=given,
            allow_redirects=False,
            stream=True,
            hooks=hooks,
        )
    prepared = _prepared(session, method, url, headers, data, auth)
    prepared.prepare_hooks(hooks)
    settings = session.merge_environment_settings(prepared.url, given, True, verify, cert)
    return session.send(prepared, timeout=timeout, allow_redirects=False, **settings)


def _heard_by(session: requests.Session) -> Iterable[Any]:
    """The hooks of a session for answers; a single function is one too."""
    heard = (session.hooks or {}).get("response") or ()
    return (heard,) if callable(heard) else heard


def _is_made_by_requests(method: Any) -> bool:
    """Whether a method of a session is the one that ``requests`` defines, neither overridden nor wrapped."""
    function = getattr(method, "__func__", None)
    return type(function) is FunctionType and function.__globals__ is _THEIRS


def _prepared(
    session: requests.Session, method: str, url: str, headers: dict[str, str], data: bytes | Upload | None, auth: Auth | None
) -> requests.PreparedRequest:
    """What ``session.prepare_request`` makes of these."""
    request = requests.PreparedRequest()
    request.method = method.upper()
    if _is_final(url):
        request.url = url
    else:
        request.prepare_url(url, {})
    fields = CaseInsensitiveDict(session.headers)
    fields.update(headers)
    request.prepare_headers({name: value for name, value in fields.items() if value is not None})
    cookies = RequestsCookieJar()
    cookies.update(session.cookies)
    request.prepare_cookies(cookies)
    request.prepare_body(data or {}, [])
    if session.trust_env and not auth and not session.auth:
        auth = get_netrc_auth(url)
    chosen = session.auth if auth is None else auth
    if chosen:
        request.prepare_auth(chosen, url)
    return request
