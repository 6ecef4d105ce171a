"""The zip file of a pack: the same files give the same bytes, whoever packs them, and when."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from warehouse.parsed import written_whole

# The earliest day that a zip file can tell of: a pack says when in words, not in its archive.
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def holds(target: Path, folder: str, files: Mapping[str, bytes]) -> bool:
    """Whether a path is a zip file of these files and no others."""
    if not zipfile.is_zipfile(target):
        return False
    with zipfile.ZipFile(target) as archive:
        names = {f"{folder}/{name}": content for name, content in files.items()}
        return sorted(archive.namelist()) == sorted(names) and all(
            archive.getinfo(name).file_size == len(content) and archive.read(name) == content
            for name, content in names.items()
        )


def write_archive(target: Path, folder: str, files: Mapping[str, bytes]) -> None:
    """Write these files (name -> bytes) below `folder` into the zip file `target`, whole or not at all."""
    with written_whole(target) as unfinished, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            member = zipfile.ZipInfo(f"{folder}/{name}", _NO_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, content, compresslevel=6)
