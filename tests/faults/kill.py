"""``python -m tests.faults.kill --count 200 --seed 1``: processes killed in the midst of saves, and what is left of their work.

Each round a process loads rows, changes some, adds and deletes others, writes its pending changes to a file and saves. The server
kills it (SIGKILL) at a random request: before it is carried out, after that and before the answer, or a random moment later. Then
the database must hold a prefix of the changes (of a batch all or nothing), and the file, loaded by another, completes them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from odata3 import DataServiceContext, MergeOption, SaveChangesOptions, parse_metadata
from odata3.server.service import Service
from odata3.server.store import Store
from odata3.server.wsgi import serve
from odata3.wire.messages import Response

MODEL = b"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
  <edmx:DataServices m:DataServiceVersion="3.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
    <Schema Namespace="NS" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
      <EntityType Name="Row">
        <Key><PropertyRef Name="ID"/></Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Name" Type="Edm.String"/>
        <Property Name="Made" Type="Edm.DateTime"/>
        <Property Name="Price" Type="Edm.Decimal" Precision="10" Scale="2"/>
      </EntityType>
      <EntityContainer Name="C" m:IsDefaultEntityContainer="true"><EntitySet Name="Rows" EntityType="NS.Row"/></EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>"""

PER_ROUND = 100
_KEPT = 6
_CHANGES = 10
State = dict[int, str]


def plan(seed: int, base: int) -> list[tuple[str, int]]:
    """The changes of one round: what is done to which row, each row once."""
    choice = random.Random(seed)
    old = [base + n for n in choice.sample(range(_KEPT), 5)]
    new = [base + 50 + n for n in range(5)]
    kinds = [("update" if choice.random() < 0.6 else "delete", key) for key in old] + [("insert", key) for key in new]
    choice.shuffle(kinds)
    return kinds


def states(seed: int, base: int) -> list[State]:
    """What the database holds after each prefix of the changes."""
    now = {base + n: "old" for n in range(_KEPT)}
    found = [dict(now)]
    for kind, key in plan(seed, base):
        if kind == "delete":
            del now[key]
        else:
            now[key] = f"{kind} {key}"
        found.append(dict(now))
    return found


def work(url: str, path: str, seed: int, base: int, batch: bool) -> None:
    """What the process does that is killed."""
    ctx = DataServiceContext(url, metadata=MODEL)
    rows = {row.ID: row for row in ctx.Rows.where(f"ID ge {base} and ID lt {base + PER_ROUND}")}
    for kind, key in plan(seed, base):
        if kind == "insert":
            ctx.add_object("Rows", ctx.types.Row(ID=key, Name=f"insert {key}"))
        elif kind == "update":
            rows[key].Name = f"update {key}"
            ctx.update_object(rows[key])
        else:
            ctx.delete_object(rows[key])
    ctx.pending_changes().save(path)

    @ctx.sending_request
    def sign(args):
        args.headers["X-Pid"] = str(os.getpid())

    ctx.save_changes(SaveChangesOptions.BATCH if batch else SaveChangesOptions.NONE)


def breeder() -> None:
    """A process without threads that forks one worker per line, and says how it ended."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                work(*json.loads(line))
            finally:
                os._exit(0)
        _, status = os.waitpid(pid, 0)
        print("killed" if os.WIFSIGNALED(status) else "finished", flush=True)


class Killer:
    """The service, and what kills those who ask: one place in one save."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.countdown, self.phase, self.delay = 0, "", 0.0

    def send(self, request):
        pid = request.headers.get("X-Pid")
        if pid is None:
            return self._service.send(request)
        self.countdown -= 1
        due = self.countdown == 0
        if due and self.phase == "before":
            os.kill(int(pid), signal.SIGKILL)
            return Response(503)  # it never came through
        answer = self._service.send(request)
        if due and self.phase == "after":
            os.kill(int(pid), signal.SIGKILL)
        elif due:
            threading.Timer(self.delay, _kill, [int(pid)]).start()
        return answer


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def rounds(count: int, seed: int, folder: Path) -> dict[str, int]:
    """Run, and count what happened; AssertionError where a promise is broken."""
    choice = random.Random(seed)
    model = parse_metadata(MODEL)
    killer = Killer(Service(model, Store(model, f"sqlite:///{folder / 'rows.db'}"), page_size={}))
    counts = {"killed": 0, "finished": 0, "partly done": 0}
    command = [sys.executable, "-c", "from tests.faults.kill import breeder; breeder()"]
    root = Path(__file__).parent.parent.parent
    with (
        serve(killer) as server,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process,
    ):
        assert process.stdin is not None and process.stdout is not None
        for number in range(count):
            base, own, batch = number * PER_ROUND, choice.randrange(2**32), choice.random() < 0.2
            _seed_rows(server.url, base)
            killer.countdown = 1 if batch else choice.randint(1, _CHANGES)
            killer.phase, killer.delay = choice.choice(("before", "after", "later")), choice.random() * 0.01
            path = folder / f"{number}.json"
            process.stdin.write(json.dumps([server.url, str(path), own, base, batch]) + "\n")
            process.stdin.flush()
            ended = process.stdout.readline().strip()
            counts[ended] += 1
            expected = states(own, base)
            held = _rows(server.url, base)
            assert held in expected, f"seed {seed}, round {number}: no prefix: {held}"
            if batch:
                assert held in (expected[0], expected[-1]), f"seed {seed}, round {number}: half a batch"
            counts["partly done"] += held not in (expected[0], expected[-1])
            again = DataServiceContext(server.url, metadata=model)
            again.load_pending_changes(path)
            again.save_changes(SaveChangesOptions.BATCH if batch else SaveChangesOptions.NONE)
            assert not again.pending_changes()
            assert _rows(server.url, base) == expected[-1], f"seed {seed}, round {number}: not completed"
        process.stdin.close()
    return counts


def _seed_rows(url: str, base: int) -> None:
    with DataServiceContext(url, metadata=MODEL) as ctx:
        for n in range(_KEPT):
            ctx.add_object("Rows", ctx.types.Row(ID=base + n, Name="old"))
        ctx.save_changes(SaveChangesOptions.BATCH)


def _rows(url: str, base: int) -> State:
    with DataServiceContext(url, metadata=MODEL) as ctx:
        ctx.merge_option = MergeOption.NO_TRACKING
        return {row.ID: row.Name for row in ctx.Rows.where(f"ID ge {base} and ID lt {base + PER_ROUND}")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        counts = rounds(given.count, given.seed, Path(folder))
    shown = ", ".join(f"{number} {name}" for name, number in counts.items())
    print(
        f"{given.count} saves, seed {given.seed}: {shown}; all held a prefix and were completed;",
        f"{time.perf_counter() - began:.1f} s",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
