"""``python -m tests.faults.kill --count 200 --seed 1``: processes killed in the midst of saves against the SPF emulator.

Each round a process loads tenants with their stamps (or virtual machines), changes and deletes some, makes new ones, whose keys
the service makes or the process does, links and unlinks them, writes its pending changes to a file and saves. The server kills it
(SIGKILL) at a random request: before it is carried out, after that and before the answer, or a random moment later. Then the
database must hold a prefix of the changes (of a batch all or nothing). Another process loads the file and goes on, deciding what
is in doubt by a look; it may be killed too. In the end everything is done, and nothing twice: neither an insert nor a command.
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
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import spf_vmm
from odata3 import DataServiceContext, EntityStates, MergeOption, SaveChangesOptions
from odata3.server.wsgi import serve
from odata3.wire.messages import Response
from spf_vmm.emulator import Emulator, EmulatorServer, Settings
from spf_vmm.metadata import admin_model

#: What a database holds: each thing by its name, with what is known of it. A thing that is there twice counts twice.
State = Counter[tuple[Any, ...]]


class Step(NamedTuple):
    """One change: how it is asked for, and what the database holds after it."""

    ask: Callable[[DataServiceContext, dict[str, Any]], object]
    effect: Callable[[dict[str, tuple[Any, ...]]], object]


class Tenants:
    """Changes of the Admin service: tenants, stamps and servers, and the links between them."""

    def __init__(self, server: EmulatorServer) -> None:
        self.url = server.admin_url

    def connect(self) -> DataServiceContext:
        return DataServiceContext(self.url, metadata=admin_model())

    def seed(self, name: str) -> None:
        with self.connect() as ctx:
            stamps = [ctx.types.Stamp(Name=f"{name}-s{n}") for n in range(2)]
            tenants = [ctx.types.Tenant(Name=f"{name}-t{n}") for n in range(4)]
            for stamp in stamps:
                ctx.add_object("Stamps", stamp)
            for tenant, stamp in zip(tenants, (stamps[0], stamps[1], None, None), strict=True):
                ctx.add_object("Tenants", tenant)
                if stamp is not None:
                    ctx.add_link(tenant, "Stamps", stamp)
            ctx.save_changes()

    def start(self, name: str) -> dict[str, tuple[Any, ...]]:
        held = {f"{name}-s{n}": ("stamp",) for n in range(2)}
        held |= {f"{name}-t{n}": ("tenant", None, *((f"{name}-s{n}",) if n < 2 else ())) for n in range(4)}
        return held

    def load(self, ctx: DataServiceContext, name: str) -> dict[str, Any]:
        wanted = f"startswith(Name,'{name}-')"
        return {one.Name: one for entities in ("Tenants", "Stamps") for one in ctx[entities].where(wanted)}

    def held(self, name: str) -> State:
        with self.connect() as ctx:
            ctx.merge_option = MergeOption.NO_TRACKING
            wanted = f"startswith(Name,'{name}-')"
            found: State = Counter()
            for one in ctx.Tenants.where(wanted).expand("Stamps"):
                found[one.Name, "tenant", one.IssuerName, *sorted(stamp.Name for stamp in one.Stamps)] += 1
            found.update((one.Name, "stamp") for one in ctx.Stamps.where(wanted))
            for one in ctx.Servers.where(wanted).expand("Stamps"):
                found[one.Name, "server", *sorted(stamp.Name for stamp in one.Stamps)] += 1
            return found

    def plan(self, choice: random.Random, name: str) -> list[Step]:
        def of(number: str) -> str:
            return f"{name}-{number}"

        def insert(kind: str, entities: str, number: str, key: UUID | None, *stamps: str) -> Step:
            def ask(ctx: DataServiceContext, rows: dict[str, Any]) -> None:
                rows[of(number)] = one = ctx.types[kind](Name=of(number), **({} if key is None else {"ID": key}))
                ctx.add_object(entities, one)
                for stamp in stamps:
                    ctx.add_link(one, "Stamps", rows[of(stamp)])

            more = (None,) if kind == "Tenant" else ()
            return Step(ask, lambda held: held.update({of(number): (kind.lower(), *more, *map(of, stamps))}))

        def below(number: str, stamp: str) -> Step:
            return Step(
                lambda ctx, rows: ctx.add_related_object(
                    rows[of(stamp)], "Servers", ctx.types.Server(Name=of(number), ServerType="VMM")
                ),
                lambda held: held.update({of(number): ("server", of(stamp))}),
            )

        def update(number: str) -> Step:
            def ask(ctx: DataServiceContext, rows: dict[str, Any]) -> None:
                rows[of(number)].IssuerName = "changed"
                ctx.update_object(rows[of(number)])

            return Step(ask, lambda held: held.update({of(number): ("tenant", "changed", *held[of(number)][2:])}))

        def delete(number: str) -> Step:
            return Step(lambda ctx, rows: ctx.delete_object(rows[of(number)]), lambda held: held.pop(of(number)))

        def link(number: str, stamp: str) -> Step:
            return Step(
                lambda ctx, rows: ctx.add_link(rows[of(number)], "Stamps", rows[of(stamp)]),
                lambda held: held.update({of(number): (*held[of(number)][:2], *sorted((*held[of(number)][2:], of(stamp))))}),
            )

        def unlink(number: str, stamp: str) -> Step:
            return Step(
                lambda ctx, rows: ctx.delete_link(rows[of(number)], "Stamps", rows[of(stamp)]),
                lambda held: held.update({of(number): tuple(part for part in held[of(number)] if part != of(stamp))}),
            )

        own_key = UUID(int=choice.getrandbits(128))
        first = [insert("Tenant", "Tenants", "t4", None, "s1"), insert("Tenant", "Tenants", "t5", own_key)]
        first += [insert("Stamp", "Stamps", "s2", None), update("t0"), update("t1"), delete("t2"), below("v0", "s0")]
        first += [link("t3", "s0"), unlink("t0", "s0")]
        choice.shuffle(first)
        then = [link("t1", "s2"), link("t3", "s2")]
        choice.shuffle(then)
        return first + then

    def decide(self, ctx: DataServiceContext, entity: Any) -> Any:
        """Of an insert in doubt whose key the service makes: what it made, or that it is to be sent again."""
        entities = f"{type(entity).__name__}s"
        return ctx[entities].where(f"Name eq '{entity.Name}'").first_or_default() or "mine"


class Machines:
    """Changes of the VMM service: virtual machines are made, described, stopped and removed, and checkpoints taken."""

    def __init__(self, server: EmulatorServer) -> None:
        self._server = server
        self.url = server.url

    def connect(self) -> spf_vmm.VMM:
        return spf_vmm.VMM(self.url, principal_id=self._server.principal_id)

    def _machine(self, ctx: Any, name: str) -> Any:
        cloud, template = ctx.Clouds.first(), ctx.VMTemplates.first()
        made = ctx.types.VirtualMachine(Name=name, CloudId=cloud.ID, StampId=cloud.StampId, VMTemplateId=template.ID)
        made.StartVM = True
        return made

    def seed(self, name: str) -> None:
        with self.connect() as ctx:
            for n in range(4):
                ctx.add_object("VirtualMachines", self._machine(ctx, f"{name}-m{n}"))
            ctx.save_changes()
            self._server.finish_jobs()
            ctx.merge_option = MergeOption.OVERWRITE_CHANGES
            gone = ctx.VirtualMachines.where(f"Name eq '{name}-m2'").single()
            gone.Operation = "Stop"
            ctx.update_object(gone)
            ctx.save_changes()
            self._server.finish_jobs()

    def start(self, name: str) -> dict[str, tuple[Any, ...]]:
        return {f"{name}-m{n}": ("machine", "", 1 if n == 2 else 0) for n in range(4)}

    def load(self, ctx: DataServiceContext, name: str) -> dict[str, Any]:
        rows = {one.Name: one for one in ctx.VirtualMachines.where(f"startswith(Name,'{name}-')")}
        return rows | {"new": lambda one: self._machine(ctx, one)}

    def held(self, name: str) -> State:
        with self.connect() as ctx:
            ctx.merge_option = MergeOption.NO_TRACKING
            stops = Counter(job.ResultObjectID for job in ctx.Jobs if (job.CmdletName or "").startswith("Stop-"))
            found: State = Counter()
            for one in ctx.VirtualMachines.where(f"startswith(Name,'{name}-')"):
                found[one.Name, "machine", one.Description or "", stops[one.ID]] += 1
            found.update((one.Name, "checkpoint") for one in ctx.VMCheckPoints.where(f"startswith(Name,'{name}-')"))
            return found

    def plan(self, choice: random.Random, name: str) -> list[Step]:
        def of(number: str) -> str:
            return f"{name}-{number}"

        def insert(number: str) -> Step:
            return Step(
                lambda ctx, rows: ctx.add_object("VirtualMachines", rows["new"](of(number))),
                lambda held: held.update({of(number): ("machine", "", 0)}),
            )

        def assign(number: str, place: int, value: Any, **values: Any) -> Step:
            def ask(ctx: DataServiceContext, rows: dict[str, Any]) -> None:
                for property_name, assigned in values.items():
                    setattr(rows[of(number)], property_name, assigned)
                ctx.update_object(rows[of(number)])

            def effect(held: dict[str, tuple[Any, ...]]) -> None:
                now = list(held[of(number)])
                now[place] = value
                held[of(number)] = tuple(now)

            return Step(ask, effect)

        def delete(number: str) -> Step:
            return Step(lambda ctx, rows: ctx.delete_object(rows[of(number)]), lambda held: held.pop(of(number)))

        def checkpoint(number: str, machine: str) -> Step:
            return Step(
                lambda ctx, rows: ctx.add_object(
                    "VMCheckPoints",
                    ctx.types.VMCheckPoint(Name=of(number), VMId=rows[of(machine)].ID, StampId=rows[of(machine)].StampId),
                ),
                lambda held: held.update({of(number): ("checkpoint",)}),
            )

        steps = [insert("m4"), insert("m5"), delete("m2"), checkpoint("c0", "m0"), checkpoint("c1", "m1")]
        steps += [assign("m0", 1, "changed", Description="changed"), assign("m1", 1, "changed", Description="changed")]
        steps += [assign("m3", 2, 1, Operation="Stop")]
        choice.shuffle(steps)
        return steps

    def decide(self, ctx: DataServiceContext, entity: Any) -> Any:
        """What an insert in doubt made; of a command whether it was carried out."""
        entities = f"{type(entity).__name__}s"
        if ctx.get_entity_descriptor(entity).state is EntityStates.ADDED:
            return ctx[entities].where(f"Name eq '{entity.Name}'").first_or_default() or "mine"
        if entity.Operation is None:
            return "mine"
        with self.connect() as other:
            now = other.VirtualMachines.where(f"Name eq '{entity.Name}'").single()
        return "mine" if now.Status == "Running" else "theirs"


def states(steps: list[Step], start: dict[str, tuple[Any, ...]]) -> list[State]:
    """What the database holds after each prefix of the changes."""
    now = dict(start)
    found = [Counter((name, *what) for name, what in now.items())]
    for step in steps:
        step.effect(now)
        found.append(Counter((name, *what) for name, what in now.items()))
    return found


WORKS: dict[str, Callable[[EmulatorServer], Any]] = {"tenants": Tenants, "machines": Machines}


class _Addresses(NamedTuple):
    """What a worker needs of the server, which is another process's."""

    url: str
    admin_url: str
    principal_id: str


def _signed(ctx: DataServiceContext) -> None:
    @ctx.sending_request
    def sign(args: Any) -> None:
        args.headers["X-Pid"] = str(os.getpid())


def work(addresses: list[str], kind: str, path: str, seed: int, name: str, batch: bool, again: bool) -> None:
    """What the process does that is killed: the work, or what a killed one left of it."""
    chosen = WORKS[kind](_Addresses(*addresses))  # type: ignore[arg-type]
    ctx = chosen.connect()
    if again:
        resume(chosen, ctx, path, batch, _signed)
        return
    rows = chosen.load(ctx, name)
    for step in chosen.plan(random.Random(seed), name):
        step.ask(ctx, rows)
    ctx.pending_changes().save(path)
    _signed(ctx)
    ctx.save_changes(SaveChangesOptions.BATCH if batch else SaveChangesOptions.NONE)


def resume(chosen: Any, ctx: DataServiceContext, path: str, batch: bool, sign: Callable[[DataServiceContext], object]) -> int:
    """Finish what is in the file; how much of it was in doubt."""
    doubtful = [one for one in ctx.load_pending_changes(path) if one.outcome_unknown]
    for one in doubtful:
        if one.state is EntityStates.ADDED or one.modified_properties == ("Operation",):
            ctx.resolve(one.entity, chosen.decide(ctx, one.entity))
    sign(ctx)
    ctx.save_changes(SaveChangesOptions.BATCH if batch else SaveChangesOptions.NONE)
    assert not ctx.pending_changes()
    return len(doubtful)


def breeder() -> None:
    """A process without threads that forks one worker per line, and says how it ended."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                work(*json.loads(line))
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        print("killed" if os.WIFSIGNALED(status) else "finished" if status == 0 else "failed", flush=True)


class Killer:
    """The service, and what kills those who ask: one place in one save."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.countdown, self.phase, self.delay = 0, "", 0.0

    def aim(self, choice: random.Random, most: int) -> None:
        self.countdown = choice.randint(1, most)
        self.phase, self.delay = choice.choice(("before", "after", "later")), choice.random() * 0.01

    def send(self, request: Any) -> Response:
        pid = request.headers.get("X-Pid")
        if pid is None:
            return self._emulator.send(request)
        self.countdown -= 1
        due = self.countdown == 0
        if due and self.phase == "before":
            os.kill(int(pid), signal.SIGKILL)
            return Response(503)  # it never came through
        answer = self._emulator.send(request)
        if due and self.phase == "after":
            os.kill(int(pid), signal.SIGKILL)
        elif due:
            threading.Timer(self.delay, _kill, [int(pid)]).start()
        return answer


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def rounds(count: int, seed: int, folder: Path) -> Counter[str]:
    """Run, and count what happened; AssertionError where a promise is broken."""
    choice = random.Random(seed)
    emulator = Emulator(folder / "vmm.db", Settings(job_reads=1))
    killer = Killer(emulator)
    counts: Counter[str] = Counter()
    command = [sys.executable, "-c", "from tests.faults.kill import breeder; breeder()"]
    root = Path(__file__).parent.parent.parent
    with (
        contextlib.closing(emulator),
        serve(killer) as running,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process,
    ):
        server = EmulatorServer(emulator, running)
        assert process.stdin is not None and process.stdout is not None
        for number in range(count):
            kind = choice.choice(list(WORKS))
            round_ = _Round(WORKS[kind](server), f"r{seed}x{number}", choice.randrange(2**32), choice.random() < 0.2)
            path = folder / f"{number}.json"
            round_.chosen.seed(round_.name)
            for again in (False, *((True,) if choice.random() < 0.4 else ())):
                killer.aim(choice, 1 if round_.batch else round_.length)
                addresses = [server.url, server.admin_url, server.principal_id]
                line = [addresses, kind, str(path), round_.seed, round_.name, round_.batch, again]
                process.stdin.write(json.dumps(line) + "\n")
                process.stdin.flush()
                ended = process.stdout.readline().strip()
                counts[f"{ended} again" if again else ended] += 1
                assert ended != "failed", f"{round_}: the process failed by itself"
                counts["partly done"] += round_.check_prefix()
            with round_.chosen.connect() as ctx:
                counts["in doubt"] += resume(round_.chosen, ctx, str(path), round_.batch, lambda ctx: None)
            round_.check_whole()
            if number % 3 == 2:
                server.reset()  # the cloud has room for some machines only
        process.stdin.close()
    return counts


class _Round:
    """One round, and what must hold in it."""

    def __init__(self, chosen: Any, name: str, seed: int, batch: bool) -> None:
        self.chosen, self.name, self.seed, self.batch = chosen, name, seed, batch
        self.expected = states(chosen.plan(random.Random(seed), name), chosen.start(name))
        self.length = len(self.expected) - 1

    def __str__(self) -> str:
        return f"{type(self.chosen).__name__} {self.name}, seed {self.seed}{', batch' if self.batch else ''}"

    def check_prefix(self) -> bool:
        """Whether the work is partly done."""
        held = self.chosen.held(self.name)
        assert held in self.expected, f"{self}: no prefix: {_apart(held, self.expected)}"
        partly = held not in (self.expected[0], self.expected[-1])
        assert not (self.batch and partly), f"{self}: half a batch"
        return partly

    def check_whole(self) -> None:
        held = self.chosen.held(self.name)
        assert held == self.expected[-1], f"{self}: not completed: {_apart(held, [self.expected[-1]])}"


def _apart(held: State, expected: list[State]) -> str:
    nearest = min(expected, key=lambda state: ((state - held) + (held - state)).total())
    return f"missing {sorted((nearest - held).elements(), key=str)}, too much {sorted((held - nearest).elements(), key=str)}"


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
        f"{given.count} saves, seed {given.seed}: {shown}; each time a prefix was held, and all was completed, nothing twice;",
        f"{time.perf_counter() - began:.1f} s",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
