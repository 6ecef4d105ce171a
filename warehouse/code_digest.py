"""Which code made something, as a digest of its source files: a version that nobody has to remember to raise."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_PACKAGES = Path(__file__).resolve().parent.parent
# Whatever reads or checks rows writes its SQL and finds its way with these.
EVERY_STEP = ("warehouse/sql_text.py", "warehouse/rows.py", "warehouse/in_memory.py")


@cache
def code_digest(*patterns: str) -> str:
    """SHA-256 over the source files that these patterns name, such as 'tasks/reading/*.py', and those of every step.

    Raises ValueError for a pattern that names no file: a file that was moved must not drop out of a version in silence.
    """
    found: set[Path] = set()
    for pattern in (*patterns, *EVERY_STEP):
        files = set(_PACKAGES.glob(pattern))
        if not files:
            raise ValueError(f"no source file is named {pattern}")
        found |= files
    return files_digest(sorted(found))


def files_digest(paths: list[Path]) -> str:
    """SHA-256 over files, each with its folder's name: a macro and a table, or two modules, may share their own."""
    hashed = hashlib.sha256()
    for path in paths:
        hashed.update(f"{path.parent.name}/{path.name}\n".encode() + path.read_bytes() + b"\n")
    return hashed.hexdigest()


def folder_digest(folder: Path) -> str:
    """SHA-256 over every file below a folder but Python's bytecode, which comes and goes by itself."""
    return files_digest(
        sorted(path for path in folder.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
    )
