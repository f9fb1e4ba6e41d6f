"""Rows as tables, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from odata3.console.output import FORMATS, plain, shown, write_rows

ROWS = [
    {
        "ID": UUID(int=1),
        "Name": "Bread, white",
        "Price": Decimal("2.50"),
        "Made": datetime(2026, 1, 2, tzinfo=UTC),
        "Tags": ["a", "b"],
    },
    {"ID": UUID(int=2), "Name": None, "Price": Decimal("1"), "Made": None, "Tags": []},
]
COLUMNS = ("ID", "Name", "Price", "Tags")


def test_csv(tmp_path):
    assert write_rows(ROWS, "csv", COLUMNS, tmp_path / "out.csv") == 2
    rows = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8"))))
    assert rows[0] == list(COLUMNS)
    assert rows[1] == [str(UUID(int=1)), "Bread, white", "2.50", '["a", "b"]']
    assert rows[2][1] == ""


@pytest.mark.parametrize("count", [0, 1, 2])
def test_json(tmp_path, count):
    write_rows(ROWS[:count], "json", COLUMNS, tmp_path / "out")
    rows = json.loads((tmp_path / "out").read_text("utf-8"))
    assert [row["Name"] for row in rows] == [row["Name"] for row in ROWS[:count]]
    assert list(rows[0]) == list(COLUMNS) if rows else True


def test_json_lines(tmp_path):
    write_rows(iter(ROWS), "jsonl", ("Name",), tmp_path / "out")
    assert [json.loads(line) for line in (tmp_path / "out").read_text("utf-8").splitlines()] == [
        {"Name": "Bread, white"},
        {"Name": None},
    ]


def test_a_table_without_a_terminal_is_plain(capsys):
    write_rows(ROWS, "table", COLUMNS)
    out = capsys.readouterr().out
    assert "Bread, white" in out and "\x1b" not in out


def test_rows_are_written_as_they_come(tmp_path, capsys):
    def rows():
        yield ROWS[0]
        raise RuntimeError("the second page failed")

    for form in set(FORMATS) - {"table"}:
        with pytest.raises(RuntimeError):
            write_rows(rows(), form, COLUMNS)
        assert "Bread" in capsys.readouterr().out
        (tmp_path / form).write_text("before")
        with pytest.raises(RuntimeError):
            write_rows(rows(), form, COLUMNS, tmp_path / form)
        assert (tmp_path / form).read_text() == "before", "a file is whole, or as it was"
    assert {path.name for path in tmp_path.iterdir()} == set(FORMATS) - {"table"}


def test_a_table_on_paper(tmp_path):
    rows = [{"a": "x", "b": None}, {"a": "\u6f22\u5b57", "b": "two\nlines"}]
    write_rows(rows, "table", ("a", "b"), tmp_path / "out")
    assert (tmp_path / "out").read_text("utf-8").splitlines() == [
        "a      b",
        "\u2500" * 17,
        "x",
        "\u6f22\u5b57   two\\nlines",
    ]
    write_rows([], "table", ("a",), tmp_path / "out")
    assert (tmp_path / "out").read_text("utf-8") == "a\n\u2500\n"


def test_a_long_table_is_drawn_while_rows_come(capsys):
    def rows():
        for i in range(2500):
            yield {"Name": f"row {i}"}
        raise RuntimeError("the last page failed")

    with pytest.raises(RuntimeError):
        write_rows(rows(), "table", ("Name",))
    assert "row 1999" in capsys.readouterr().out


def test_values_as_json_has_them():
    assert plain({"a": [UUID(int=1), b"x", 1.5, True, None]}) == {"a": [str(UUID(int=1)), "eA==", 1.5, True, None]}
    assert shown(None) == ""
    assert shown(object).startswith("<class")
