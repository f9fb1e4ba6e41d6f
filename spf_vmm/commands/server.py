"""Which service a command works on: the options that say so, and the service they name."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from uuid import UUID

import click

from odata3.console.access import ACCESS, access_options, context_keywords
from odata3.console.connections import Connection, connection, named_in
from odata3.console.terminal import console, say, tell
from odata3.errors import InvalidOperationError
from odata3.uri.predicate_text import is_lambda, read_predicate
from spf_vmm.service import VMM, connect
from spf_vmm.waiting import watch

PREFIX = "SPF_VMM"
#: The formats of the contract, and lines of JSON.
FORMS = ("table", "json", "jsonl", "csv")


def server_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--server``, ``--subscription``, ``--principal`` and the options of access."""
    for option in (
        click.option("--principal", envvar="SPF_VMM_PRINCIPAL", help="The user in whose name is asked (x-ms-principal-id)."),
        click.option("--subscription", envvar="SPF_VMM_SUBSCRIPTION", help="The tenant's subscription id."),
        click.option("--server", envvar="SPF_VMM_SERVER", help="https://server:port, the service root itself, or NAME:."),
    ):
        function = option(function)
    return access_options(PREFIX)(function)


def service_of(server: str | None, subscription: str | None, principal: str | None, access: dict[str, Any]) -> VMM:
    """The service that the options name. What an option says counts before what its connection says."""
    given = _connection(server, access.get("connection"))
    url = given.url if given is not None else server
    if url is None:
        raise click.UsageError("--server is missing (or SPF_VMM_SERVER in the environment, or --connection NAME)")
    keywords = context_keywords(PREFIX, url, given=given, **access)
    return connect(
        url,
        subscription_id=subscription or (given.subscription if given else None),
        principal_id=principal or (given.principal if given else None),
        **keywords,
    )


def _connection(server: str | None, named: str | None) -> Connection | None:
    found = named_in(server) if server is not None else None
    name = found[0] if found is not None else named if server is None else None
    return None if name is None else connection(name)


def with_service(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the service that its options name."""

    def run(server: str | None, subscription: str | None, principal: str | None, **rest: Any) -> Any:
        access = {name: rest.pop(name) for name in ACCESS}
        with service_of(server, subscription, principal, access) as vmm:
            return function(vmm, **rest)

    return server_options(update_wrapper(run, function))


# -- what is named ---------------------------------------------------------------------------------------------------------------


def guid(context: click.Context, parameter: click.Parameter, value: str | None) -> UUID | None:
    """An id on the command line."""
    try:
        return None if value is None else UUID(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no id") from None


def machine_of(vmm: VMM, given: str) -> Any:
    """The virtual machine of this id, or this name."""
    try:
        vm_id = UUID(given)
    except ValueError:
        found = vmm.VirtualMachines.where(lambda vm: vm.Name == given).take(2).to_list()
    else:
        found = vmm.VirtualMachines.where(lambda vm: vm.ID == vm_id).take(2).to_list()
    if len(found) != 1:
        raise InvalidOperationError(f"there is {'more than one' if found else 'no'} virtual machine {given!r}")
    return found[0]


def filter_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--filter``, in OData's words or as a Python lambda."""
    option = click.option("--filter", "condition", metavar="TEXT", help="$filter, as OData spells it, or as a Python lambda.")
    return option(function)


def filtered(query: Any, condition: str | None) -> Any:
    """The query with the condition of ``--filter``."""
    if condition is None:
        return query
    return query.where(read_predicate(condition) if is_lambda(condition) else condition)


# -- how it ends -----------------------------------------------------------------------------------------------------------------


def wait_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--wait``, and for how long."""
    for option in (
        click.option("--within", type=click.FloatRange(min=0), default=600.0, show_default=True, help="Seconds to wait at most."),
        click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until it is done."),
    ):
        function = option(function)
    return function


def finish(vmm: VMM, job_id: UUID | None, wait: bool, within: float) -> None:
    """Wait for the job, with a bar, and say how it ended; or say its id."""
    if job_id is None:
        say("done")
    elif wait:
        tell(str(watch(vmm, job_id, console(stderr=True), interval=1.0, timeout=within).StatusString))
    else:
        click.echo(job_id)


def ask(question: str, *, yes: bool) -> None:
    """Ask before something is changed; ``click.Abort`` for a no."""
    if not yes:
        click.confirm(question, abort=True, err=True)
