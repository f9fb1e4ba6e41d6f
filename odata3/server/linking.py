"""Links that a request makes and breaks, each announced to the hooks of its source's set.

::

    POST Categories(1)/$links/Products    one more
    PUT  Products(1)/$links/Category      this one
    POST Products  {"Category": {"__deferred" or odata.bind ...}}   what a body binds

Source: digest section 8.
"""

from __future__ import annotations

from odata3.server.hooks import LinkChange, LinkKind
from odata3.server.records import Record
from odata3.server.refusal import not_found, unreadable
from odata3.server.task import Task


def link(task: Task, source: Record, navigation: str, target: Record) -> None:
    """Let ``navigation`` of ``source`` lead to ``target`` too; of a single one to it alone. Raises ``Refusal`` (400)."""

    def write(change: LinkChange) -> None:
        try:
            task.transaction.link(source, navigation, target)
        except (LookupError, ValueError) as error:
            raise unreadable(str(error)) from None

    _announce(
        task,
        LinkChange(
            LinkKind.LINK, task.set_of(source.entity_set), source, navigation, target, task.transaction, task.exchange, write
        ),
    )


def unlink(task: Task, source: Record, navigation: str, target: Record | None) -> None:
    """Let ``navigation`` of ``source`` no longer lead to ``target``; of a single one (None) to nothing.

    Raises ``Refusal``: 404 where one of many was not linked, 400 where the link must be.
    """

    def write(change: LinkChange) -> None:
        try:
            found = task.transaction.unlink(source, navigation, target)
        except ValueError as error:
            raise unreadable(str(error)) from None
        if not found and target is not None:
            raise not_found(navigation)

    _announce(
        task,
        LinkChange(
            LinkKind.UNLINK, task.set_of(source.entity_set), source, navigation, target, task.transaction, task.exchange, write
        ),
    )


def _announce(task: Task, change: LinkChange) -> None:
    for hook in task.hooks.of_link(change.source.entity_set):
        hook(change)
    change.apply()
