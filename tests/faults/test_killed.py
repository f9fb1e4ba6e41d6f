"""Processes killed in the midst of saves: the small permanent version of ``python -m tests.faults.kill``."""

from __future__ import annotations

import os

import pytest
from faults.kill import rounds


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process, and this system has no fork")
def test_r55_a_killed_save_leaves_a_prefix_and_its_file_completes_it(tmp_path):
    counts = rounds(4, 3, tmp_path)
    assert counts["killed"] and counts["partly done"]
