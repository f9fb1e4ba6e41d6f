"""One database: its tables made, its transactions kept apart.

SQLite is the default and needs care. In memory there is one connection, and one transaction at a time; in a file, readers do not
wait (WAL), writers queue up. ``sqlite3``'s own transactions begin late and end early, so they are switched off and begun by us.
Other databases bring their own order. Source: SQLAlchemy, "SQLite: serializable isolation"; SQLite, "Write-Ahead Logging".
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from odata3.errors import ArgumentError, InvalidOperationError
from odata3.server.functions import install
from odata3.server.tables import Layout

#: How long a writer waits for another process, in seconds.
_PATIENCE = 30


class Database:
    """The tables of ``layout`` in the database that ``url`` names.

    Raises ``ArgumentError`` for a URL that SQLAlchemy does not open, ``InvalidOperationError`` where the database holds the
    tables of another model, or cannot be reached.
    """

    def __init__(self, url: str, layout: Layout) -> None:
        try:
            self._url: URL = make_url(url)
            self.engine: Engine = _engine(self._url).execution_options(compiled_cache=layout.compiled)
        except (SQLAlchemyError, ImportError) as error:
            raise ArgumentError(f"{_shown(url)} is no database that can be opened: {error}") from None
        self.sqlite = self.engine.dialect.name == "sqlite"
        self.in_memory = self.sqlite and _in_memory(self._url)
        self._order = threading.Lock()
        self._owner: int | None = None
        self._dispose = weakref.finalize(self, self.engine.dispose)  # who lets go of a database without a word closes it too
        try:
            self._make_tables(layout)
        except (SQLAlchemyError, sqlite3.Error) as error:
            self.close()
            raise InvalidOperationError(f"The database {self._url.render_as_string()} cannot be used: {error}") from None
        except InvalidOperationError:
            self.close()
            raise

    @contextlib.contextmanager
    def begin(self, *, write: bool) -> Iterator[Connection]:
        """A transaction: committed when the block ends, undone when it raises."""
        with contextlib.ExitStack() as stack:
            if self.in_memory or (self.sqlite and write):
                stack.enter_context(self._turn())
            connection = stack.enter_context(self.engine.connect())
            with connection.begin():
                if self.sqlite:
                    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
                elif write and self.engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
                yield connection

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """One after the other; who already has the turn would wait for himself."""
        me = threading.get_ident()
        if self._owner == me:
            raise InvalidOperationError(
                "A transaction of this thread is open; use it (in a hook: change.store, query.store, call.store)."
            )
        with self._order:
            self._owner = me
            try:
                yield
            finally:
                self._owner = None

    @property
    def connections_in_use(self) -> int:
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    def close(self) -> None:
        self._dispose()

    def _make_tables(self, layout: Layout) -> None:
        with self.engine.connect() as connection:
            found = _fingerprint(connection)
            if found is None:
                self._write_tables(connection, layout)
                found = _fingerprint(connection)
            if found != layout.fingerprint:  # asked first: the tables of another model stay as they are
                raise InvalidOperationError(
                    f"The database {self._url.render_as_string()} holds the tables of another model; use a new one."
                )

    def _write_tables(self, connection: Connection, layout: Layout) -> None:
        signature = f"INSERT INTO odata3_model SELECT '{layout.fingerprint}' WHERE NOT EXISTS (SELECT 1 FROM odata3_model)"
        if self.sqlite:
            raw: Any = connection.connection.driver_connection
            raw.executescript(f"BEGIN IMMEDIATE;\n{layout.script};\n{_META};\n{signature};\nCOMMIT;")
        else:
            layout.metadata.create_all(connection)
            connection.exec_driver_sql(_META)
            connection.exec_driver_sql(signature)
            connection.commit()


#: Writers queue up on PostgreSQL too: an ETag that was checked must not be stale when its entity is written.
_WRITERS = 0x0DA7A3

_META = "CREATE TABLE IF NOT EXISTS odata3_model (fingerprint TEXT NOT NULL)"


def _fingerprint(connection: Connection) -> str | None:
    """What tells whose tables a database holds; None where it holds none of a model."""
    if not inspect(connection).has_table("odata3_model"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT fingerprint FROM odata3_model").scalar()
    return found


def _in_memory(url: URL) -> bool:
    return url.database in (None, "", ":memory:")


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "What was given"


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, enable_from_linting=False, hide_parameters=True)
    memory = _in_memory(url)
    if not memory:
        assert url.database is not None
        folder = Path(url.database).absolute().parent
        if not folder.is_dir():
            raise ArgumentError(f"There is no folder {folder} for the database.")
    engine = create_engine(
        url,
        hide_parameters=True,  # values are nobody's business in an error
        enable_from_linting=False,  # what joins json_each to its row stands in its argument, which the lint does not see
        connect_args={"check_same_thread": False, "timeout": _PATIENCE, "isolation_level": None},
        **({"poolclass": StaticPool} if memory else {"poolclass": QueuePool, "pool_size": 8, "max_overflow": -1}),
    )

    def prepare(connection: Any, _record: object) -> None:
        install(connection)
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        if not memory:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    event.listen(engine, "connect", prepare)
    return engine
