from __future__ import annotations

import re
from pathlib import Path

import pytest
from server.recorded import FOLDER, Exchange, ask, differences, exchanges, groups, recorded_model, recorded_service, start

KNOWN = Path(__file__).parent.parent.parent / "docs" / "server-differences.md"
_rows = re.compile(r"^\| (\S+ \d+) \|", re.MULTILINE)


def test_the_recorded_answers_of_a_real_server(capsys: pytest.CaptureFixture[str]) -> None:
    if not FOLDER.is_dir():
        pytest.skip("checks against documents that others published, which are not ours to ship (they stand in ../shared)")
    model = recorded_model()
    different: dict[str, tuple[Exchange, list[str]]] = {}
    total = 0
    for group in groups():
        service = recorded_service(model)
        with start(service) as server:
            for exchange in exchanges(group):
                total += 1
                found = differences(exchange.response, ask(server, exchange.request), server)
                if found:
                    different[f"{group} {exchange.number}"] = exchange, found
        service.close()
    known = set(_rows.findall(KNOWN.read_text("utf-8")))
    with capsys.disabled():
        print(f"\nrecorded answers of a real server: {total - len(different)} of {total} equal", end=" ")
    for name in sorted(set(different) - known):
        exchange, found = different[name]
        print(exchange.title, *found, sep="\n  ")
    assert total > 200
    assert sorted(set(different) - known) == [], "these differ and are not listed"
    assert sorted(known - set(different)) == [], "these are listed and do not differ"
