"""Commands find no configuration, no cache and no keyring but the test's own."""

from __future__ import annotations

import pytest
from console.shop import serving, write_files

from odata3.console import access


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The folder that holds connections.toml, and the cache."""
    monkeypatch.setenv("ODATA3_CONFIG", str(tmp_path / "connections.toml"))
    for name in ("ODATA3_PASSWORD", "ODATA3_USER", "ODATA3_CONNECTION", "SPF_VMM_SERVER", "SPF_VMM_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ODATA3_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(access, "_kept", lambda url, user: None)
    return tmp_path


@pytest.fixture(scope="session")
def root():
    with serving() as url:
        yield url


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    return write_files(tmp_path_factory.mktemp("shop"))
