"""How a command reaches a service: the options that say so, named connections, and where a password comes from.

A password comes from the environment, else from the keyring (where it lies by the service's origin, so that it never goes to
another one), else it is asked for. It is never an option, and never in a file.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from odata3.client.context import DataServiceContext
from odata3.console.completion import complete_connection
from odata3.console.connections import AUTHS, Connection, connection, metadata_path, named_in
from odata3.edm.csdl import parse_metadata, write_metadata
from odata3.edm.model import Model
from odata3.errors import ArgumentError, DataServiceClientException, MetadataError, ODataError
from odata3.secrecy import masked
from odata3.wire.origins import origin_of

PREFIX = "ODATA3"

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def access_options(prefix: str = PREFIX) -> Decorator:
    """The options that say how a service is reached; ``prefix`` is that of the variables in the environment."""
    options = (
        click.option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            envvar=f"{prefix}_TIMEOUT",
            help="Seconds to wait for an answer.",
        ),
        click.option("--header", "headers", multiple=True, metavar="NAME:VALUE", help="A header for every request."),
        click.option("--insecure", is_flag=True, help="Do not check the server's certificate."),
        click.option(
            "--profile",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="What 'odata3 doctor URL -o FILE' found out.",
        ),
        click.option(
            "--ca",
            type=click.Path(exists=True, path_type=Path),
            envvar=f"{prefix}_CA",
            help="File of the certificate authority to trust.",
        ),
        click.option(
            "--auth",
            type=click.Choice(AUTHS),
            envvar=f"{prefix}_AUTH",
            help="How the user shows who he is: basic (the default), ntlm (extra ntlm), negotiate (extra kerberos), bearer.",
        ),
        click.option(
            "--user",
            envvar=f"{prefix}_USER",
            help=f"User name; the password comes from {prefix}_PASSWORD, the keyring, or is asked for.",
        ),
        click.option(
            "--connection",
            envvar=f"{prefix}_CONNECTION",
            metavar="NAME",
            help="A connection by name (see 'odata3 connections').",
            shell_complete=complete_connection,
        ),
    )

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in options:
            function = option(function)
        return function

    return decorate


#: The names of the options of :func:`access_options`.
ACCESS = ("connection", "user", "auth", "ca", "insecure", "headers", "timeout", "profile")


def context_keywords(
    prefix: str,
    url: str,
    *,
    given: Connection | None = None,
    connection: str | None = None,
    user: str | None = None,
    auth: str | None = None,
    ca: Path | None = None,
    insecure: bool = False,
    headers: tuple[str, ...] = (),
    timeout: float | None = None,
    profile: Path | None = None,
) -> dict[str, Any]:
    """What the options, and the connection ``given``, mean for a context at ``url``. What an option says counts.

    ``connection`` is the option that named it, and has been heard.
    """
    keywords: dict[str, Any] = {}
    credentials = credentials_of(prefix, url, user or (given.user if given else None), auth or (given.auth if given else None))
    if credentials is not None:
        keywords["auth"] = credentials
    if insecure:
        keywords["verify"] = False
    elif (trusted := ca or (given.ca if given else None)) is not None:
        keywords["verify"] = str(trusted)
    principal = {"x-ms-principal-id": given.principal} if given and given.principal else {}
    fields = {**principal, **(given.headers if given else {}), **header_pairs(headers)}
    if fields:
        keywords["headers"] = fields
    if (seconds := timeout or (given.timeout if given else None)) is not None:
        keywords["timeout"] = seconds
    if (found := profile or (given.profile if given else None)) is not None:
        keywords["profile"] = str(found)
    return keywords


def header_pairs(headers: tuple[str, ...]) -> dict[str, str]:
    """What ``--header`` was given, by name; what is none is not shown, for it may hold a secret."""
    pairs = [text.partition(":") for text in headers]
    for number, (_, colon, _) in enumerate(pairs, 1):
        if not colon:
            raise click.UsageError(f"--header takes NAME:VALUE; number {number} of them has no colon")
    return {name.strip(): value.strip() for name, _, value in pairs}


# -- who asks --------------------------------------------------------------------------------------------------------------------


class _Bearer:
    """A token in the Authorization header (what ``requests`` takes as auth is any callable)."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "<bearer token>"


def credentials_of(prefix: str, url: str, user: str | None, auth: str | None) -> Any:
    """What ``requests`` takes as auth; None where nobody shows who he is."""
    if auth == "negotiate":
        kerberos = _extra("requests_kerberos", "kerberos")
        return kerberos.HTTPKerberosAuth(mutual_authentication=kerberos.OPTIONAL, principal=user)
    if auth == "bearer":
        return _Bearer(_secret(prefix, url, user or "token", "Token"))
    if user is None:
        if auth is not None:
            raise click.UsageError(f"--auth {auth} needs --user")
        return None
    if auth == "ntlm":
        return _extra("requests_ntlm", "ntlm").HttpNtlmAuth(user, _secret(prefix, url, user, "Password"))
    return user, _secret(prefix, url, user, "Password")


def _extra(module: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise click.UsageError(f"this needs {missing.name}; install it with: pip install 'odata3[{extra}]'") from None


def _secret(prefix: str, url: str, user: str, title: str) -> str:
    found = os.environ.get(f"{prefix}_PASSWORD")
    if found is None:
        found = _kept(url, user)
    if found is not None:
        return found
    if not sys.stdin.isatty():
        raise click.UsageError(
            f"no {title.lower()} of {user}: set {prefix}_PASSWORD, or keep it in the keyring (odata3 connections password)"
        )
    return str(click.prompt(f"{title} of {user}", hide_input=True, err=True))


def keyring_service(url: str) -> str:
    """The name under which the keyring has the passwords of a service: its origin."""
    return f"odata3 {origin_of(url)}"


def _kept(url: str, user: str) -> str | None:
    """The password that the keyring has; None without the extra, without a keyring, or without such an entry."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ModuleNotFoundError:
        return None
    try:
        return keyring.get_password(keyring_service(url), user)
    except (KeyringError, RuntimeError, OSError):
        return None


def keep_secret(url: str, user: str, secret: str | None) -> None:
    """Put a password into the keyring, or take it out (None)."""
    keyring = _extra("keyring", "keyring")
    service = keyring_service(url)
    try:
        if secret is None:
            keyring.delete_password(service, user)
        else:
            keyring.set_password(service, user, secret)
    except (keyring.errors.KeyringError, RuntimeError, OSError) as error:
        raise ArgumentError(f"the keyring refuses: {' '.join(str(error).split()) or type(error).__name__}") from None


# -- where ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command looks: a URL, the service root where it is known, and the connection that named them."""

    url: str
    root: str | None = None
    connection: Connection | None = None


def place_of(source: str | None, named: str | None) -> Place:
    """What ``NAME:path`` names, or a path below the connection ``named``, or a URL as it stands."""
    found = named_in(source) if source is not None else None
    if found is not None:
        known, rest = connection(found[0]), found[1]
    elif named is not None:
        known, rest = connection(named), source or ""
        if "://" in rest:
            raise click.UsageError(
                f"{masked(rest)!r} is a URL of its own: name a path below --connection {named}, or no connection"
            )
    else:
        return Place(source or "")
    return Place(known.root + rest.lstrip("/"), known.root, known)


def model_of(source: str | None, access: dict[str, Any]) -> Model:
    """The model of a URL, of a connection (``NAME:``), or of a file. ``access`` is what the options of access were given."""
    if source is None and access.get("connection") is None:
        raise click.UsageError("Missing argument 'URL|FILE|NAME:'.")
    place = place_of(source, access.get("connection"))
    if place.root is None and "://" not in place.url:
        path = Path(place.url)
        if not path.is_file():
            raise click.UsageError(f"{place.url!r} is neither a URL, nor a connection (NAME:), nor a file that is there")
        return parse_metadata(path)
    root = place.root or place.url.partition("$metadata")[0].partition("?")[0]
    with DataServiceContext(root, **context_keywords(PREFIX, root, given=place.connection, **access)) as context:
        remember(place.connection, context.model)
        return context.model


def remember(given: Connection | None, model: Model) -> None:
    """Keep the metadata of a connection, for completion; that it cannot be kept is no failure."""
    if given is not None:
        with contextlib.suppress(OSError):
            path = metadata_path(given.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(write_metadata(model))


def context_of(source: str, root: str | None, access: dict[str, Any]) -> tuple[DataServiceContext, str]:
    """The context that a URL (or ``NAME:path``) belongs to, and what of it stands below its root."""
    place = place_of(source, access.get("connection"))
    origin_of(place.url)  # here the user's own words are at hand
    url = place.url.partition("?")[0]
    known = root or place.root
    keywords = context_keywords(PREFIX, url, given=place.connection, **access)
    if known is None:
        return _found(url, keywords)
    base = known if known.endswith("/") else f"{known}/"
    if not f"{url}/".startswith(base):
        raise ArgumentError(f"{masked(url)} does not stand below the root {masked(base)}")
    context = DataServiceContext(base, **keywords)
    remember(place.connection, context.model)
    return context, url[len(base) :].strip("/")


def _found(url: str, keywords: dict[str, Any]) -> tuple[DataServiceContext, str]:
    """The root is where the metadata is, and the set that the rest begins with."""
    refusal: ODataError | None = None
    for base, rest in _splits(url):
        context = DataServiceContext(base, **keywords)
        try:
            sets = context.model.entity_sets
        except (DataServiceClientException, MetadataError) as error:
            if isinstance(error, DataServiceClientException) and error.status_code not in (400, 404, 405):
                raise
            refusal = refusal or error
        else:
            name = re.split(r"[(/]", rest, maxsplit=1)[0]
            if not rest or name in sets or name in context.model.function_imports:
                return context, rest
            known = ", ".join(sorted(sets, key=lambda known: (known[:1] != name[:1], known))[:6])
            refusal = ArgumentError(f"{masked(base)} has no entity set {name!r}; it has {known}")
        context.close()
    raise refusal or ArgumentError(f"{masked(url)} leads to no entity set of a service")


def _splits(url: str) -> Iterator[tuple[str, str]]:
    """Where the root may end: behind ``.svc``, else behind the last segments, the last first."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    start = url[: len(url) - len(parts.path)] if parts.path else url
    services = [i + 1 for i, segment in enumerate(segments) if segment.lower().endswith(".svc")]
    keyed = [i for i, segment in enumerate(segments) if "(" in segment]
    last = min((*keyed, len(segments)))
    downward = range(last, -1, -1)
    ends = services or (downward if keyed or url.endswith("/") else [last - 1, last, *downward[2:]])
    for end in ends:
        if end >= 0:
            yield "/".join([start, *segments[:end]]) + "/", "/".join(segments[end:])
