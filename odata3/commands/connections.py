"""``odata3 connections``: services by name, so that ``shop:Products`` is enough."""

from __future__ import annotations

from typing import Any

import click

from odata3.console.access import header_pairs, keep_secret, keyring_service
from odata3.console.completion import complete_connection
from odata3.console.connections import AUTHS, Connection, add, config_path, connection, connections, remove
from odata3.console.output import format_option, json_text, write_rows
from odata3.console.terminal import say, tell
from odata3.errors import ArgumentError


@click.group("connections")
def group() -> None:
    """Services by name: where they are and who asks. Passwords are never among it.

    A connection is named where a URL is due: 'odata3 query shop:Products', or with --connection.
    """


@group.command("list")
@format_option()
def list_connections(form: str) -> None:
    """The connections that there are."""
    rows = [
        {"Name": c.name, "URL": c.url, "User": c.user, "Auth": c.auth, "Principal": c.principal} for c in connections().values()
    ]
    write_rows(rows, form, ("Name", "URL", "User", "Auth", "Principal"))
    if not rows:
        say(f"{config_path()} names none yet: odata3 connections add NAME URL")


@group.command("show")
@click.argument("name", shell_complete=complete_connection)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def show_connection(name: str, as_json: bool) -> None:
    """One connection, all of it."""
    settings = connection(name).settings()
    if as_json:
        click.echo(json_text({"name": name, **settings}))
        return
    tell(f"{name}")
    for key, value in settings.items():
        for line in [f"{k}: {v}" for k, v in value.items()] if isinstance(value, dict) else [str(value)]:
            tell(f"  {key} = {line}")


@group.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--user", help="Who asks; the password is not kept here.")
@click.option("--auth", type=click.Choice(AUTHS), help="How the user shows who he is.")
@click.option("--ca", type=click.Path(exists=True, resolve_path=True), help="File of the certificate authority to trust.")
@click.option("--header", "headers", multiple=True, metavar="NAME:VALUE", help="A header for every request.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), help="Seconds to wait for an answer.")
@click.option("--profile", type=click.Path(exists=True, dir_okay=False, resolve_path=True), help="What 'odata3 doctor' wrote.")
@click.option("--principal", help="For SPF: in whose name is asked (x-ms-principal-id).")
@click.option("--subscription", help="For spf-vmm: the tenant's subscription id.")
@click.option("--replace", is_flag=True, help="Put it in the place of the one of this name.")
def add_connection(name: str, url: str, headers: tuple[str, ...], replace: bool, **settings: Any) -> None:
    """Name a service."""
    made = Connection(name, url, headers=header_pairs(headers), **settings)
    say(f"wrote {add(made, replace=replace)}")


@group.command("remove")
@click.argument("name", shell_complete=complete_connection)
def remove_connection(name: str) -> None:
    """Forget a connection."""
    remove(name)


@group.command("password")
@click.argument("name", shell_complete=complete_connection)
@click.option("--delete", is_flag=True, help="Take it out of the keyring.")
def password(name: str, delete: bool) -> None:
    """Keep a password, or token, in the keyring.

    It is asked for, and goes to the connection's origin only.
    """
    known = connection(name)
    user = known.user or ("token" if known.auth == "bearer" else None)
    if user is None:
        raise ArgumentError(f"the connection {name!r} names no user: odata3 connections add {name} URL --user USER --replace")
    secret = None if delete else click.prompt(f"Password of {user}", hide_input=True, err=True)
    keep_secret(known.url, user, secret)
    say(f"{'deleted from' if delete else 'kept in'} the keyring, as {keyring_service(known.url)!r}")
