"""What must hold of a data directory whatever befell a run in it, and deliveries that lie in its inbox."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tests.deliveries_for_tests import MINISTRY_LIST, ask, entries_of, kept_bytes, marts, replaced
from warehouse.described import fingerprints
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256

SOURCE = "ministry_list"
T = TypeVar("T")
# When a figure was approved follows the clock; nothing else in a mart does.
CLOCK = "known_at"
# `make faults` asks for every fault; the suite does some of each kind.
EVERY_FAULT = "HELHEDSPLAN_EVERY_FAULT"


def some(of_each_kind: Sequence[T], every: Sequence[T]) -> Sequence[T]:
    """The faults of a test: some of each kind in the suite, every one for `make faults`."""
    return every if os.environ.get(EVERY_FAULT) else of_each_kind


@dataclass
class Received:
    """The data directory of one test, and what was laid in its inbox: name -> bytes."""

    data: DataDirectory
    laid: dict[str, bytes] = field(default_factory=dict)

    def lay(self, permille: int) -> None:
        """Lay a ministry list in the inbox whose first figure is so many tenths of a per cent."""
        path = self.data.inbox / SOURCE / f"liste {permille}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        replaced(MINISTRY_LIST, ";57,0;", f";{permille // 10},{permille % 10};")(path)
        os.utime(path, (0, 0))  # nobody is writing it any more
        self.laid[path.name] = path.read_bytes()

    def assert_whole(self) -> None:
        """The ledger holds together and all that it tells of is there, as it was told; nothing received is lost."""
        self._assert_publications_whole()
        found = {path.name: path.read_bytes() for path in (self.data.inbox / SOURCE).glob("*.csv")}
        for entry in entries_of(self.data, "delivery_received"):
            kept = kept_bytes(self.data, entry)
            digests = {name: hashlib.sha256(content).hexdigest() for name, content in kept.items()}
            assert {one["name"]: one["sha256"] for one in entry.body["files"]} == digests
            found |= kept
        assert {name: found.get(name) for name in self.laid} == self.laid

    def _assert_publications_whole(self) -> None:
        made = [entry.body for entry in entries_of(self.data, "publication_made")]
        for body in made:
            assert file_sha256(self.data.published / f"{body['publication_id']}.duckdb") == body["file_sha256"]
        # Between telling the ledger and replacing the file, the publication before is still current.
        current = file_sha256(self.data.warehouse)
        assert current in [body["file_sha256"] for body in made[-2:]]
        assert fingerprints(self.data.warehouse) in [body["tables"] for body in made[-2:]]

    def assert_gone_through(self, page: bool = True) -> None:
        """Everything that was laid in the inbox is published once, and the page shows this publication."""
        self.assert_whole()
        names = [entry.body["original_name"] for entry in entries_of(self.data, "delivery_received")]
        assert [name for name in names if name in self.laid] == list(self.laid)
        ((publication_id,),) = ask(self.data, "SELECT publication_id FROM ledger.build")
        assert publication_id == entries_of(self.data, "publication_made")[-1].body["publication_id"]
        assert not page or publication_id in (self.data.report / "index.html").read_text("utf-8")
        # A half copied delivery may be somebody's who is handing it in right now; it goes after a day.
        # What the site was made of is told beside it.
        left = [
            path
            for path in self.data.root.rglob(".*")
            if not path.name.startswith(".arriving-") and path != self.data.report / ".made-of"
        ]
        assert left == [], "half written files"
        assert [path for path in self.data.building.rglob("*") if path.is_file()] == []

    def content(self) -> dict[str, list[tuple]]:
        """Every row of every mart and every release of every figure, but for when it was approved."""
        query = "SELECT * EXCLUDE (known_from, delivery_sequence) FROM core.observation ORDER BY ALL"
        return marts(self.data, but=CLOCK) | {"observation": ask(self.data, query)}
