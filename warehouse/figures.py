"""The hash tree over a publication's figures: its root stands in the ledger, so that one figure can be proven alone.

A leaf is a line of `audit.figure_leaf`; its digest is the SHA-256 of `leaf:` and the line. A node's is that of `node:`
and the digests of its two children, in hexadecimal; one that is left over moves up as it is. reports/pack/verify.py
says the same without this program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb


def figures_root(warehouse_file: Path) -> tuple[str, int]:
    """The root of the tree over a warehouse's figures (64 hexadecimal digits), and how many there are."""
    with duckdb.connect(warehouse_file, read_only=True) as connection:
        rows = connection.execute("SELECT leaf_digest FROM audit.figure_leaf ORDER BY leaf_number").fetchall()
    digests = [digest for (digest,) in rows]
    return root_of(digests), len(digests)


def figure_lines(warehouse_file: Path) -> list[str]:
    """The leaves of a warehouse's tree, in their order; none where it was made before there was a tree."""
    with duckdb.connect(warehouse_file, read_only=True) as connection:
        views = connection.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'figure_leaf'").fetchone()
        if views == (0,):
            return []
        rows = connection.execute("SELECT leaf FROM audit.figure_leaf ORDER BY leaf_number").fetchall()
    return [line for (line,) in rows]


def leaf_digest(line: str) -> str:
    """The digest of one leaf."""
    return hashlib.sha256(f"leaf:{line}".encode()).hexdigest()


def root_of(digests: Sequence[str]) -> str:
    """The root over these leaves."""
    level = list(digests)
    while len(level) > 1:
        level = list(_paired(level))
    return level[0] if level else leaf_digest("")


def path_of(digests: Sequence[str], place: int) -> list[tuple[str, str]]:
    """What leads from the leaf at `place` (from 0) to the root: side and digest of each neighbour."""
    level, path = list(digests), []
    while len(level) > 1:
        neighbour = place ^ 1
        if neighbour < len(level):
            path.append(("left" if neighbour < place else "right", level[neighbour]))
        level, place = list(_paired(level)), place // 2
    return path


def _paired(level: Sequence[str]) -> Iterator[str]:
    for place in range(0, len(level) - 1, 2):
        yield hashlib.sha256(f"node:{level[place]}{level[place + 1]}".encode()).hexdigest()
    if len(level) % 2:
        yield level[-1]
