"""A fresh emulator on a socket for each test, and a tenant connected to it."""

import pytest

import spf_vmm
from spf_vmm import emulator


@pytest.fixture
def server():
    with emulator.run(job_reads=2) as running:
        yield running


@pytest.fixture
def vmm(server):
    with spf_vmm.connect(server.url, principal_id=server.principal_id) as context:
        yield context
