"""Every example runs, against an emulator, and says what it should."""

from __future__ import annotations

import runpy
import shutil
import sys
from pathlib import Path

import pytest

from spf_vmm import emulator

EXAMPLES = Path(__file__).parents[1] / "examples"

SAYS = {
    "01": "Example machine is Running",
    "02": "Stop -> Stopped\nStart -> Running",
    "03": "left: archive01, build01, edge01, failed01, web01",
    "04": "created Before the release below",
    "05": "answered 204\nweb01 is back at Before updates",
    "06": "left: Empty, Fresh installation, Release 1.1, try, Updates installed",
    "07": "RemoteConnect is granted",
    "08": "created Fabrikam",
    "09": "Fabrikam works on Stamp 1",
    "10": "Clouds: Contoso Cloud",
    "11": "web01 belongs to new.owner@contoso.com",
    "12": "Fresh installation\n  Before updates\n    Release 1.1, try\n    Updates installed",
    "13": "Example network on Tenant Network",
    "14": "Example subnet 192.168.10.0/24 in Front",
    "15": "adapter 1 of db01 is on Front",
    "16": "tools.iso is in the drive of db01",
    "17": "400 GB",
    "18": "tools.iso in VMMLibrary",
    "19": "Web 25015 -> 10.0.0.169 25015",
    "20": "Branch office was read at True",
    "21": "Example shop has 2 machines: {'Stopped'}",
    "22": "web01 is at 10.0.0.",
    "23": "now: Completed w/ Info",
    "24": "Example role is a TenantAdmin",
    "25": "Web-1 Running\nWeb-2 Running",
}


def test_there_is_one_for_each_how_to():
    found = sorted(path.name.split("_")[1] for path in EXAMPLES.glob("howto_*.py"))
    assert found == sorted(SAYS) == [f"{number:02}" for number in range(1, 26)]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    """The first data of an emulator, written once."""
    file = tmp_path_factory.mktemp("examples") / "seeded.db"
    emulator.Emulator(file).close()
    return file


@pytest.mark.parametrize("number", SAYS)
def test_it_runs(number, seeded, tmp_path, monkeypatch, capsys):
    (script,) = EXAMPLES.glob(f"howto_{number}_*.py")
    monkeypatch.syspath_prepend(EXAMPLES)
    database = shutil.copy(seeded, tmp_path / "vmm.db")
    with emulator.run(job_reads=1, database=database) as server:
        for variable, value in {
            "SPF_VMM_SERVER": server.url,
            "SPF_VMM_PRINCIPAL": server.principal_id,
            "SPF_ADMIN_ROOT": server.admin_url,
            "SPF_HOSTER_ROOT": server.hoster_url,
            "SPF_ROLES_ROOT": server.roles_url,
        }.items():
            monkeypatch.setenv(variable, value)
        runpy.run_path(str(script), run_name="__main__")
    assert SAYS[number] in capsys.readouterr().out
    sys.modules.pop("connection", None)


def test_without_a_server_it_brings_its_own(monkeypatch, capsys):
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.delenv("SPF_VMM_SERVER", raising=False)
    (script,) = EXAMPLES.glob("howto_18_*.py")
    runpy.run_path(str(script), run_name="__main__")
    sys.modules.pop("connection", None)
    assert "tools.iso" in capsys.readouterr().out
