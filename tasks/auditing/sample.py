"""A sample of printed figures, drawn by a seed, each with its whole trail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.errors import HelhedsplanError
from warehouse.figures import figure_lines, leaf_digest, path_of
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.publish import last_publication


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


def draw_current(data: DataDirectory, count: int, seed: int) -> list[Drawn]:
    """Draw from the current publication. Raises HelhedsplanError if there is none."""
    last = last_publication(Ledger(data.ledger).entries())
    if last is None or not data.warehouse.exists():
        raise HelhedsplanError(
            "there is no published warehouse to draw from yet",
            place=str(data.warehouse),
            do="run `helhedsplan refresh` first, or name the data directory in HELHEDSPLAN_DATA",
        )
    return draw(last.publication_id, figure_lines(data.warehouse), count, seed)


def _lot(seed: int, line: str) -> str:
    """A number that anyone can work out again: SHA-256 of seed and figure."""
    return hashlib.sha256(f"{seed}:{line}".encode()).hexdigest()
