"""Fixtures for pytest, there in every test suite where this package is installed.

::

    def test_my_nightly_job(spf_tenant):
        nightly(spf_tenant)
        assert [p.Name for p in spf_tenant.VMCheckPoints][-1] == "nightly"

``spf_emulator``
    an SPF VMM service on a free loopback port, fresh for each test (an ``EmulatorServer``; needs the extra ``server``)
``spf_tenant``
    a ``VMM`` connected to it as its tenant
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from spf_vmm.service import VMM, connect


@pytest.fixture
def spf_emulator() -> Iterator[Any]:
    """A fresh emulator; its knobs (``spf_emulator.settings``) may be turned while it runs."""
    try:
        run = import_module("spf_vmm.emulator.provider").run
    except ModuleNotFoundError as missing:
        pytest.skip(f"the emulator needs {missing.name}: pip install 'odata3[server]'")
    with run() as server:
        yield server


@pytest.fixture
def spf_tenant(spf_emulator: Any) -> Iterator[VMM]:
    """A tenant's context over ``spf_emulator``."""
    with connect(spf_emulator.url, principal_id=spf_emulator.principal_id) as vmm:
        yield vmm
