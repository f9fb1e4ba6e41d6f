"""The ``odata3`` command: look at a service, ask it, draw it, write stubs for it, or be one."""

from __future__ import annotations

import click

from odata3.commands.connections import group as connections
from odata3.commands.diagram import diagram
from odata3.commands.doctor import doctor
from odata3.commands.metadata import metadata
from odata3.commands.query import query
from odata3.commands.serve import serve
from odata3.commands.shells import completion
from odata3.commands.stubs import stubs
from odata3.console.completion import register_shells
from odata3.console.terminal import SETTINGS, Commands


@click.group(cls=Commands, context_settings=SETTINGS)
@click.version_option(package_name="odata3", message="%(package)s %(version)s")
def command() -> None:
    """OData v1 to v3 services, from the command line.

    A service is named by its URL, or as NAME: by a connection (see 'odata3 connections').
    """


register_shells()
for _command in (metadata, query, doctor, diagram, stubs, serve, connections, completion):
    command.add_command(_command)
