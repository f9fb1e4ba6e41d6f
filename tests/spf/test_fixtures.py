"""The fixtures that come with the package, in a test suite of a user's own."""

from configparser import ConfigParser
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SUITE = """
def test_nightly(spf_tenant, spf_emulator):
    vm = spf_tenant.VirtualMachines.where(lambda vm: vm.Name == "db01").first()
    point = spf_tenant.create_checkpoint(vm, "nightly")
    assert spf_tenant.VMCheckPoints.where(lambda cp: cp.Name == "nightly").to_list() == [point]
    assert spf_emulator.url.startswith("http://127.0.0.1:")

def test_each_test_has_its_own(spf_tenant):
    assert spf_tenant.VMCheckPoints.where(lambda cp: cp.Name == "nightly").to_list() == []
"""


def test_a_users_suite(pytester):
    pytester.syspathinsert(Path(__file__).parents[2])
    pytester.makepyfile(SUITE)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    # the entry point is there or not, by how the package was installed: the plugin itself is what is tried
    result = pytester.runpytest_subprocess("-p", "no:spf_vmm", "-p", "spf_vmm.fixtures")
    result.assert_outcomes(passed=2)


def test_the_entry_point_is_declared():
    config = ConfigParser()
    config.read(Path(__file__).parents[2] / "setup.cfg")
    if not config.sections():
        pytest.skip("setup.cfg, which declares it, does not stand beside these tests")
    assert "spf_vmm = spf_vmm.fixtures" in config["options.entry_points"]["pytest11"]
