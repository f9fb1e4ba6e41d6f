"""Many clients at once: every answer is one the model explains, and what is left adds up.

``ODATA3_LOAD`` says how many requests (default 320); 10,000 take a minute.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from pathlib import Path

import pytest
from server.lab import LIGHT, MODEL, Plain
from server.test_batches import change_set, part

from odata3.server.service import Service
from odata3.server.store import Store
from odata3.server.wsgi import serve

REQUESTS = int(os.environ.get("ODATA3_LOAD", "320"))
THREADS = 32


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_many_clients_at_once(tmp_path: Path, kind: str) -> None:
    store = Store(MODEL, "sqlite://" if kind == "memory" else f"sqlite:///{tmp_path}/load.db")
    service = Service(MODEL, store, page_size=20)
    with store.begin() as tx:
        tx.insert("Benches", {"Code": "N"})
        tx.insert("Orders", {"Number": 1, "State": "0"})
    seen: Counter[str] = Counter()
    failures: list[str] = []
    with serve(service, threads=THREADS) as server:
        workers = [threading.Thread(target=_client, args=(Plain(server), n, seen, failures)) for n in range(THREADS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        lab = Plain(server)
        kept = seen["inserted"] + 2 * seen["inserted in pairs"] - seen["deleted"]
        assert failures == []
        assert int(lab.get("Probes/$count").text) == kept
        assert int(lab.get("Benches('N')/Probes/$count").text) == kept
        assert lab.get("Benches('N')").json["Version"] == seen["versions"]
    pool = store.connections_in_use
    service.close()
    assert pool == 0


def _client(lab: Plain, number: int, seen: Counter[str], failures: list[str]) -> None:
    """Insert, read, change, delete, in a mixture of its own."""
    chance = random.Random(number)
    mine: list[int] = []
    counted: Counter[str] = Counter()
    try:
        for step in range(REQUESTS // THREADS):
            _step(lab, chance, number * 100_000 + step * 3, mine, counted)
    except BaseException as failure:
        failures.append(repr(failure))
    with _adding:
        seen.update(counted)


_adding = threading.Lock()


def _step(lab: Plain, chance: random.Random, fresh: int, mine: list[int], counted: Counter[str]) -> None:
    choice = chance.random()
    if choice < 0.3 or not mine:
        body = {"Id": str(fresh), "Name": f"n{fresh}", "Bench@odata.bind": "Benches('N')"}
        assert lab("POST", "Probes", body).status == 201
        mine.append(fresh)
        counted["inserted"] += 1
    elif choice < 0.4:
        pair = [part("POST Benches('N')/Probes", f'{{"Id":"{fresh + n}"}}') for n in (0, 1)]
        spoil = chance.random() < 0.3
        answer = _batch(lab, change_set(*pair, *([part("MERGE Probes(-1)", "{}")] if spoil else [])))
        assert ("HTTP/1.1 404 Not Found" in answer) is spoil
        if not spoil:
            mine.extend((fresh, fresh + 1))
            counted["inserted in pairs"] += 1
    elif choice < 0.5:
        gone = mine.pop(chance.randrange(len(mine)))
        assert lab("DELETE", f"Probes({gone})").status == 204
        counted["deleted"] += 1
    elif choice < 0.6:
        etag = lab.get("Benches('N')").headers["ETag"]
        status = lab("MERGE", "Benches('N')", {"Title": str(fresh)}, If_Match=etag).status
        assert status in (204, 412)
        counted["versions"] += status == 204
    elif choice < 0.8:
        some = chance.choice(mine)
        found = lab.get(f"Probes?$filter=Id eq {some}&$expand=Bench&$select=Id,Bench/Code").json["value"]
        assert [one["Bench"]["Code"] for one in found] == ["N"]
    else:
        some = chance.choice(mine)
        assert lab("MERGE", f"Probes({some})", {"Name": f"m{fresh}"}).status == 204
        assert lab.get(f"Probes({some})/Name").json["value"] == f"m{fresh}"


def _batch(lab: Plain, *parts: str) -> str:
    body = "".join(f"--b\r\n{one}" for one in parts) + "--b--\r\n"
    answer = lab("POST", "$batch", body, accept=LIGHT, content_type="multipart/mixed; boundary=b")
    assert answer.status == 202
    return answer.text
