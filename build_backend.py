"""setuptools as the build backend, with archives that are the same bytes for the same sources.

Into what setuptools packs goes when, by whom and under which umask it was built. Here each archive is packed again: members of
nobody, readable by all, and of the time that ``SOURCE_DATE_EPOCH`` says.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import time
import zipfile
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403

EARLIEST = 315532800  # 1980-01-01, before which a wheel knows no time


def build_sdist(sdist_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """PEP 517: write the sdist into a folder; gives its name."""
    name: str = build_meta.build_sdist(sdist_directory, config_settings)
    path = Path(sdist_directory, name)
    path.write_bytes(sdist_again(path.read_bytes(), moment()))
    return name


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """PEP 517: write the wheel into a folder; gives its name."""
    name: str = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    path = Path(wheel_directory, name)
    path.write_bytes(wheel_again(path.read_bytes(), moment()))
    return name


def moment() -> int:
    """The time of all that is packed, in seconds since 1970."""
    return max(EARLIEST, int(os.environ.get("SOURCE_DATE_EPOCH", EARLIEST)))


def sdist_again(archive: bytes, moment: int) -> bytes:
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as given,
        tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as made,
    ):
        for member in sorted(given.getmembers(), key=lambda member: member.name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = moment, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            made.addfile(member, given.extractfile(member) if member.isfile() else None)
    return gzip.compress(out.getvalue(), mtime=moment)


def wheel_again(archive: bytes, moment: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for member in given.infolist():
            again = zipfile.ZipInfo(member.filename, time.gmtime(moment)[:6])
            again.compress_type = zipfile.ZIP_DEFLATED
            again.external_attr = 0o100644 << 16
            made.writestr(again, given.read(member))
    return out.getvalue()
