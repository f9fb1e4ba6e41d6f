"""The same questions asked of SQLite and of PostgreSQL, where one is at hand.

``ODATA3_POSTGRESQL`` names an empty database, as SQLAlchemy does: ``postgresql+psycopg://user:password@localhost/scratch``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from server import test_sql
from server.lab import MODEL, fill
from sqlalchemy import create_engine, text

from odata3.server.store import Store

URL = os.environ.get("ODATA3_POSTGRESQL")
FILTERS = [
    mark.args[1][number][0]
    for function in vars(test_sql).values()
    for mark in getattr(function, "pytestmark", [])
    if mark.name == "parametrize" and mark.args[0] == ("text", "found")
    for number in range(len(mark.args[1]))
    if mark.args[1][number][1] is not None
]


@pytest.fixture(scope="module")
def stores() -> Iterator[tuple[Store, Store]]:
    if URL is None:
        pytest.skip("needs a PostgreSQL server, whose URL stands in ODATA3_POSTGRESQL")
    engine = create_engine(URL)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        if connection.execute(text("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'")).first():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    engine.dispose()
    here, there = Store(MODEL), Store(MODEL, URL)
    fill(here)
    fill(there)
    yield here, there
    here.close()
    there.close()


def test_there_are_questions() -> None:
    assert len(FILTERS) > 100


def test_the_same_answers(stores: tuple[Store, Store]) -> None:
    same(stores, [question for question in FILTERS if "geo." not in question])


def test_the_same_answers_about_places(stores: tuple[Store, Store]) -> None:
    with stores[1].begin() as other:
        if not other.connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")).first():
            pytest.skip("needs PostGIS in the database that ODATA3_POSTGRESQL names")
    same(stores, [question for question in FILTERS if "geo." in question])


def same(stores: tuple[Store, Store], questions: list[str]) -> None:
    here, there = stores
    with here.begin() as one, there.begin() as other:
        for question in questions:
            expected = [r["Id"] for r in one.query("Probes", filter=question, orderby="Name desc")]
            assert [r["Id"] for r in other.query("Probes", filter=question, orderby="Name desc")] == expected, question


def test_the_same_values(stores: tuple[Store, Store]) -> None:
    here, there = stores
    with here.begin() as one, there.begin() as other:
        for set_name in MODEL.entity_sets:
            assert repr([r.values for r in other.find(set_name)]) == repr([r.values for r in one.find(set_name)])
