"""Doors: who is let in to a service on a socket.

::

    serve(service, door=Basic({"user": "secret"}))
    serve(service, door=Ntlm({"CONTOSO\\\\admin": "secret"}))           # needs the extra ``ntlm``
    serve(service, tls=("server.pem", "server.key"), client_authority="clients.pem")

A door is asked for every request, with the connection that it came by, and says what is answered to one who may not come in.
Sources: RFC 7617 (Basic), RFC 4559 and [MS-NTHT] (Negotiate and NTLM over HTTP).
"""

from __future__ import annotations

import base64
import hmac
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from weakref import WeakKeyDictionary, WeakSet

from odata3.errors import ArgumentError
from odata3.wire.messages import Headers, Request, Response

__all__ = ["Basic", "Door", "Ntlm"]

#: What pyspnego looks for its users by.
_USERS = "NTLM_USER_FILE"
_PAGE = b"<html><body><h2>401 - Unauthorized: Access is denied due to invalid credentials.</h2></body></html>"


class Door(Protocol):
    """What is asked whether a request may come in."""

    def refusal(self, request: Request, connection: Any) -> Response | None:
        """The answer to one who may not come in; None lets him in. ``connection`` is an object that lives as long as the
        connection of the request, None where the server does not tell."""


def unauthorized(challenge: str) -> Response:
    """401, with what the door wants to see (``WWW-Authenticate``)."""
    return Response(401, Headers({"WWW-Authenticate": challenge, "Content-Type": "text/html"}), _PAGE)


def _credentials(request: Request) -> tuple[str, str]:
    """The scheme of ``Authorization`` in lower case, and what follows it; two empty texts where there is none."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower(), given.strip()


def _is_latin(text: str) -> bool:
    return all(character <= "\xff" for character in text)


class Basic:
    """Lets in who names a user and the password of it, with each request.

    Parameters
    ----------
    users : mapping of str to str
        Passwords by user name.
    realm : str
        What is protected, as browsers show it.
    """

    def __init__(self, users: Mapping[str, str], realm: str = "OData") -> None:
        pairs = [f"{user}:{password}" for user, password in users.items()]
        #: Clients do not agree on how a password is encoded: UTF-8, or Latin-1 where that can be.
        spelled = [*(pair.encode() for pair in pairs), *(pair.encode("latin-1") for pair in pairs if _is_latin(pair))]
        self._wanted = [base64.b64encode(one) for one in spelled]
        self._challenge = f'Basic realm="{realm}"'

    def refusal(self, request: Request, connection: Any = None) -> Response | None:
        """As :class:`~odata3.server.Door` says, of ``request`` and its ``connection``."""
        scheme, given = _credentials(request)
        same = [hmac.compare_digest(given.encode(), wanted) for wanted in self._wanted]  # all, so that time tells nothing
        return None if scheme == "basic" and any(same) else unauthorized(self._challenge)


class Ntlm:
    """Lets in who has shown by the three messages of NTLM that he knows a password; that connection is his from then on.

    Where the server does not tell connections apart (another one than :func:`~odata3.server.serve`), nobody comes in. Needs
    ``pyspnego`` (extra ``ntlm``): ImportError says so where it is missing; ArgumentError for a name or password with a colon.

    Parameters
    ----------
    users : mapping of str to str
        Passwords by user name, ``DOMAIN\\user`` or ``user``.
    scheme : str
        ``NTLM``, or ``Negotiate`` with NTLM within.
    """

    def __init__(self, users: Mapping[str, str], scheme: str = "NTLM") -> None:
        try:
            import spnego
        except ImportError as missing:
            raise ImportError(f"NTLM needs {missing.name}; install it with: pip install 'odata3[server,ntlm]'") from None
        self._spnego: Any = spnego
        self._users = "".join(_line(name, password) for name, password in users.items())
        self._scheme = scheme
        self._underway: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._known: WeakSet[Any] = WeakSet()

    def refusal(self, request: Request, connection: Any) -> Response | None:
        """As :class:`~odata3.server.Door` says, of ``request`` and its ``connection``."""
        scheme, given = _credentials(request)
        if connection is None or (given and scheme != self._scheme.lower()):
            return unauthorized(self._scheme)
        if not given:
            return None if connection in self._known else unauthorized(self._scheme)
        self._known.discard(connection)
        try:
            answer = self._step(connection, base64.b64decode(given, validate=True))
        except Exception:  # what a stranger's message makes of the acceptor is not told
            self._underway.pop(connection, None)
            return unauthorized(self._scheme)
        return None if answer is None else unauthorized(f"{self._scheme} {base64.b64encode(answer).decode()}")

    def _step(self, connection: Any, token: bytes) -> bytes | None:
        """The next message to send; None when the user is known."""
        acceptor = self._underway.get(connection)
        with _file_of(self._users):
            if acceptor is None:
                options = self._spnego.NegotiateOptions.use_ntlm
                acceptor = self._underway[connection] = self._spnego.server(protocol="negotiate", options=options)
            answer: bytes | None = acceptor.step(token)
        if not acceptor.complete:
            return answer or b""
        del self._underway[connection]
        self._known.add(connection)
        return None


_one_at_a_time = Lock()


@contextmanager
def _file_of(lines: str) -> Iterator[None]:
    """For the acceptor of pyspnego, which reads its users from a file that the environment names, while the block lasts."""
    with _one_at_a_time, tempfile.TemporaryDirectory(prefix="odata3-") as folder:
        path = Path(folder, "users")
        path.write_text(lines, "utf-8")
        before = os.environ.get(_USERS)
        os.environ[_USERS] = str(path)
        try:
            yield
        finally:
            if before is None:
                del os.environ[_USERS]
            else:
                os.environ[_USERS] = before


def _line(name: str, password: str) -> str:
    if ":" in name + password or not (name + password).isprintable():
        raise ArgumentError(f"the acceptor of NTLM takes no colon and no control character in the name or password of {name!r}")
    domain, _, user = name.rpartition("\\")
    return f"{domain}:{user}:{password}\n"
