"""A sample of printed figures, drawn by a seed, each with its whole trail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.errors import HelhedsplanError
from tasks.reporting.figures import CHECK_CODE_LENGTH
from warehouse.figures import figure_lines, leaf_digest, path_of
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory


@dataclass(frozen=True)
class Drawn:
    """One figure of a publication: its leaf, what leads from it to the root in the ledger, and what it says."""

    publication_id: str
    leaf: str
    path: tuple[tuple[str, str], ...]

    @property
    def figure(self) -> dict[str, Any]:
        """The figure with its parts; columns of `audit.figure_leaf`."""
        return json.loads(self.leaf)

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {"publication_id": self.publication_id, "leaf": self.leaf, "path": [list(step) for step in self.path]}


def draw(publication_id: str, lines: Sequence[str], count: int, seed: int) -> list[Drawn]:
    """Draw `count` figures that have a value, or all there are; the same lines and seed draw the same ones."""
    having = [place for place, line in enumerate(lines) if json.loads(line)["value"] is not None]
    chosen = sorted(having, key=lambda place: _lot(seed, lines[place]))[:count]
    digests = [leaf_digest(line) for line in lines]
    return [Drawn(publication_id, lines[place], tuple(path_of(digests, place))) for place in chosen]


def draw_of(data: DataDirectory, publication: str | None, count: int, seed: int) -> list[Drawn]:
    """Draw from a publication, named by its id or the begin of its digest; without one from the current one.

    Raises HelhedsplanError if there is none, it is not known, or its file is gone.
    """
    made = [entry for entry in Ledger(data.ledger).entries() if entry.kind == "publication_made"]
    if not made or not data.warehouse.exists():
        raise HelhedsplanError(
            "there is no published warehouse to draw from yet",
            place=str(data.warehouse),
            do="run `helhedsplan refresh` first, or name the data directory in HELHEDSPLAN_DATA",
        )
    if publication is None:
        return draw(made[-1].body["publication_id"], figure_lines(data.warehouse), count, seed)
    found = [one.body["publication_id"] for one in made if _is_named(one, publication)]
    path = data.published / f"{found[0] if found else publication}.duckdb"
    if len(found) != 1 or not path.exists():
        raise HelhedsplanError(
            "there is no such publication to draw from",
            place=str(path),
            expected="the id of a publication, or at least 16 characters of its digest, as the papers have them",
            found=publication if not found else "its file is gone",
            do='see `helhedsplan sql "FROM audit.publication"`, or restore data/published from a backup',
        )
    return draw(found[0], figure_lines(path), count, seed)


def _is_named(entry: Entry, name: str) -> bool:
    is_digest = len(name) >= CHECK_CODE_LENGTH and entry.digest.startswith(name.lower())
    return is_digest or entry.body["publication_id"] == name


def _lot(seed: int, line: str) -> str:
    """A number that anyone can work out again: SHA-256 of seed and figure."""
    return hashlib.sha256(f"{seed}:{line}".encode()).hexdigest()
