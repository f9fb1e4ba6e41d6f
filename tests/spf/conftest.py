"""A fresh emulator for each test, in process or on a socket; a tenant connected to it.

The first data are written once, into a file that every emulator gets a copy of.
"""

import shutil
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import pytest

import spf_vmm
from spf_vmm import emulator
from spf_vmm.emulator import Emulator, Settings


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    """The file of a seeded emulator, for a clock that stands still."""
    file = tmp_path_factory.mktemp("spf") / "seeded.db"
    Emulator(file, Settings(clock=noon)).close()
    return file


def noon():
    return datetime(2013, 8, 19, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-7)))


@pytest.fixture
def boxes(seeded, tmp_path):
    """Makes emulators in process; they are closed at the end."""
    made = []

    def make(**knobs):
        file = tmp_path / f"{len(made)}.db"
        shutil.copy(seeded, file)
        made.append(Emulator(file, Settings(**{"clock": noon, "job_reads": 2, **knobs})))
        return made[-1]

    yield make
    for box in made:
        box.close()


@pytest.fixture
def box(boxes):
    return boxes()


@pytest.fixture
def serving(seeded, tmp_path):
    """Runs emulators on sockets: ``with serving(job_reads=1) as server``."""
    count = iter(range(100))

    @contextmanager
    def run(**knobs):
        file = tmp_path / f"served{next(count)}.db"
        shutil.copy(seeded, file)
        with emulator.run(database=file, job_reads=2, **knobs) as server:
            yield server

    return run


@pytest.fixture
def server(serving):
    with serving() as running:
        yield running


@pytest.fixture
def vmm(server):
    with spf_vmm.connect(server.url, principal_id=server.principal_id) as context:
        yield context
