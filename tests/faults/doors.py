"""A service behind a door: nobody comes in without what it demands, over real sockets.

    with guarded(Basic("user", "s3cret")) as server:
        ctx = DataServiceContext(server.url, auth=("user", "s3cret"))

Behind the door is the reference service with some rows. A door is asked for each request and says what it refuses with, or None.
NTLM (also within Negotiate) is checked by the acceptor of pyspnego, once for each connection, as IIS does.
"""

from __future__ import annotations

import base64
import hmac
import os
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol

from faults.fuzz import MODEL
from faults.server import FaultServer, Seen, Wire, answer

from odata3 import parse_metadata
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.wire.messages import Headers, Request, Response

PAGE = b"<html><body><h2>401 - Unauthorized: Access is denied due to invalid credentials.</h2></body></html>"


class Door(Protocol):
    def refusal(self, seen: Seen) -> bytes | None:
        """What is answered to one who may not come in; None lets him in."""

    def adorn(self, seen: Seen, response: Response) -> Response:
        """What the door adds to an answer."""


class Open:
    """Lets everyone in. ``handshakes`` counts how often somebody had to show who he is."""

    def __init__(self) -> None:
        self.handshakes = 0

    def refusal(self, seen: Seen) -> bytes | None:
        return None

    def adorn(self, seen: Seen, response: Response) -> Response:
        return response


def refused(*schemes: str, status: str = "401 Unauthorized", **headers: str) -> bytes:
    """An answer with one ``WWW-Authenticate`` for each scheme."""
    lines = "".join(f"WWW-Authenticate: {scheme}\r\n" for scheme in schemes)
    whole = answer(PAGE, status, Content_Type="text/html", **headers)
    return whole.replace(b"\r\n", b"\r\n" + lines.encode(), 1)


class Basic(Open):
    def __init__(self, user: str, password: str) -> None:
        super().__init__()
        self._wanted = base64.b64encode(f"{user}:{password}".encode("latin-1"))

    def refusal(self, seen: Seen) -> bytes | None:
        scheme, _, given = seen.headers.get("authorization", "").partition(" ")
        if scheme == "Basic" and hmac.compare_digest(given.encode(), self._wanted):
            return None
        return refused('Basic realm="SPF"')


class Bearer(Open):
    """Each token is good for so many requests."""

    def __init__(self, uses: int) -> None:
        super().__init__()
        self._uses, self._left = uses, {}  # type: ignore[var-annotated]

    def issue(self) -> str:
        token = f"token.{len(self._left)}.{os.urandom(6).hex()}"
        self._left[token] = self._uses
        self.handshakes += 1
        return token

    def refusal(self, seen: Seen) -> bytes | None:
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        if self._left.get(token, 0) < 1:
            return refused('Bearer realm="api", error="invalid_token"')
        self._left[token] -= 1
        return None


class Ntlm(Open):
    """The three messages of NTLM, on one connection; then that connection is the user's."""

    def __init__(self, users: Path, *schemes: str) -> None:
        super().__init__()
        self._users, self._schemes = users, schemes or ("NTLM",)
        self._underway: dict[int, Any] = {}
        self.principals: dict[int, str] = {}

    def refusal(self, seen: Seen) -> bytes | None:
        import spnego

        given = seen.headers.get("authorization", "")
        scheme, _, token = given.partition(" ")
        if not given:
            return None if seen.connection in self.principals else refused(*self._schemes)
        if scheme not in self._schemes:
            return refused(*self._schemes)
        self.principals.pop(seen.connection, None)
        try:
            acceptor = self._underway.get(seen.connection)
            if acceptor is None:
                os.environ["NTLM_USER_FILE"] = str(self._users)
                options = spnego.NegotiateOptions.use_ntlm
                acceptor = self._underway[seen.connection] = spnego.server(protocol="negotiate", options=options)
            challenge = acceptor.step(base64.b64decode(token))
        except (spnego.exceptions.SpnegoError, ValueError, struct.error):
            self._underway.pop(seen.connection, None)
            return refused(*self._schemes)
        if not acceptor.complete:
            return refused(f"{scheme} {base64.b64encode(challenge).decode()}")
        del self._underway[seen.connection]
        self.principals[seen.connection] = acceptor.client_principal
        self.handshakes += 1
        return None


class Csrf(Open):
    """SAP's tokens: changes need one, which a read of a session hands out; each is good for so many changes (P106)."""

    def __init__(self, uses: int = 1_000) -> None:
        super().__init__()
        self._uses, self._left = uses, 0
        self._token = ""

    def refusal(self, seen: Seen) -> bytes | None:
        if seen.method in ("GET", "HEAD"):
            return None
        good = seen.headers.get("x-csrf-token") == self._token and "SAP_SESSIONID=s3ss1on" in seen.headers.get("cookie", "")
        if good and self._left > 0:
            self._left -= 1
            return None
        return refused(status="403 Forbidden", X_CSRF_Token="Required")

    def adorn(self, seen: Seen, response: Response) -> Response:
        if seen.headers.get("x-csrf-token", "").lower() != "fetch":
            return response
        self.handshakes += 1
        self._token, self._left = f"csrf-{self.handshakes}==", self._uses
        return Response(
            response.status,
            response.headers.merged({"X-CSRF-Token": self._token, "Set-Cookie": "SAP_SESSIONID=s3ss1on; path=/; HttpOnly"}),
            response.body,
        )


def behind(door: Door, service: Any, origin: list[str]) -> Any:
    """An item of a fault server's script: the door, and the service behind it."""

    def item(wire: Wire) -> None:
        seen = wire.seen
        assert seen is not None
        found = door.refusal(seen)
        if found is None:
            request = Request(seen.method, origin[0] + seen.target.lstrip("/"), Headers(seen.fields), seen.body)
            found = written(door.adorn(seen, service.send(request)))
        wire.send(found)

    return item


def written(response: Response) -> bytes:
    """An answer as it travels."""
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "Odd"
    fields = response.headers if response.status == 204 else response.headers.merged({"Content-Length": str(len(response.body))})
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {response.status} {phrase}\r\n{head}\r\n".encode("latin-1") + response.body


@contextmanager
def in_front_of(answering: Any, door: Door, *, tls: ssl.SSLContext | bool = False) -> Iterator[FaultServer]:
    """A door before any service: an emulator, for instance."""
    origin = [""]
    with FaultServer(behind(door, answering, origin), tls=tls) as server:
        origin[0] = server.url
        yield server


@contextmanager
def guarded(door: Door, *, tls: ssl.SSLContext | bool = False) -> Iterator[FaultServer]:
    """The reference service behind a door, with rows 1 to 5."""
    model = parse_metadata(MODEL)
    store = Store(model)
    with store.begin() as rows:
        for key in range(1, 6):
            rows.insert("Rows", {"ID": key, "Name": f"row {key}", "Tags": []})
    try:
        with in_front_of(Service(model, store), door, tls=tls) as server:
            yield server
    finally:
        store.close()


# -- certificates --------------------------------------------------------------------------------------------------------------


class Authority:
    """A certificate authority that lives for one test: ``server`` is a context for it, ``certificate`` and ``key`` a client's."""

    def __init__(self, folder: Path) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID

        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of a test")])
        self._folder = folder
        self.path = folder / "authority.pem"
        self.path.write_bytes(self._pem(self._issue(self._name, self._key.public_key(), is_authority=True)))

    def issue(self, name: str, *, host: str | None = None) -> tuple[str, str]:
        """The paths of a certificate and its key."""
        from cryptography import x509
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID

        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate, secret = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        certificate.write_bytes(self._pem(self._issue(subject, key.public_key(), host=host)))
        form = serialization.PrivateFormat.PKCS8
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        return str(certificate), str(secret)

    def server(self) -> ssl.SSLContext:
        """What a server needs that takes this authority's clients only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue("server", host="127.0.0.1"))
        context.load_verify_locations(self.path)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _issue(self, subject: Any, key: Any, *, host: str | None = None, is_authority: bool = False) -> Any:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes

        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if is_authority:  # from Python 3.13 on a certificate of an authority has to say that it is for signing
            nothing = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"), False)
            more = dict.fromkeys(("key_agreement", "encipher_only", "decipher_only"), False)
            builder = builder.add_extension(x509.KeyUsage(**nothing, **more, key_cert_sign=True, crl_sign=True), critical=True)
        if host is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    @staticmethod
    def _pem(certificate: Any) -> bytes:
        from cryptography.hazmat.primitives import serialization

        return bytes(certificate.public_bytes(serialization.Encoding.PEM))
