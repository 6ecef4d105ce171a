"""Every path of the data directory, and of the folders that are shipped with the code."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from catalogue.errors import HelhedsplanError

_CHECKOUT = Path(__file__).resolve().parent.parent
_SHIPPED = Path(__file__).resolve().parent / "_shipped"


def shipped(folder: str) -> Path:
    """The folder `sql`, `expectations`, `reports` or `samples`: of the checkout, or inside the wheel."""
    for root in (_CHECKOUT, _SHIPPED):
        if (root / folder).is_dir():
            return root / folder
    raise HelhedsplanError(
        f"the folder {folder}/ is missing from this installation",
        place=str(_CHECKOUT),
        do="install helhedsplan again from its wheel or a complete checkout",
    )


def in_letters(name: str) -> str:
    """A file's name as it can be written down: a byte of it that is no UTF-8 by its number."""
    return os.fsencode(name).decode(errors="backslashreplace")


@dataclass(frozen=True)
class DataDirectory:
    """The data directory: one attribute for each place that anything is kept in."""

    root: Path

    @classmethod
    def from_environment(cls) -> DataDirectory:
        """The directory that `HELHEDSPLAN_DATA` names, or `data` below the current folder."""
        return cls(Path(os.environ.get("HELHEDSPLAN_DATA") or "data").absolute())

    @property
    def ledger(self) -> Path:
        """The append-only, hash-chained truth."""
        return self.root / "ledger.jsonl"

    @property
    def snapshots(self) -> Path:
        """Received bytes: `<source_id>/<sha256>/<original name>`."""
        return self.root / "snapshots"

    @property
    def inbox(self) -> Path:
        """Where people lay files: `<source_id>/<file>`."""
        return self.root / "inbox"

    @property
    def parsed(self) -> Path:
        """Typed rows of snapshots as Parquet; may be deleted at any time."""
        return self.root / "parsed"

    @property
    def quarantine(self) -> Path:
        """Rows that a check rejected, whole, as Parquet; may be deleted and made again by a check."""
        return self.root / "quarantine"

    @property
    def building(self) -> Path:
        """Warehouses under construction; nothing here was ever current."""
        return self.root / "building"

    @property
    def published(self) -> Path:
        """One file for each publication that was ever current."""
        return self.root / "published"

    @property
    def warehouse(self) -> Path:
        """The current publication."""
        return self.root / "warehouse.duckdb"

    @property
    def steward(self) -> Path:
        """The same publication with everything in it, withheld figures too: for the data steward alone."""
        return self.root / "steward.duckdb"

    @property
    def report(self) -> Path:
        """The board's site for the current publication."""
        return self.root / "report"

    @property
    def rehearsals(self) -> Path:
        """What a delivery would change: `<rehearsal_id>.html` and `.json`."""
        return self.root / "rehearsals"

    @property
    def letters(self) -> Path:
        """Letters to publishers about rows in quarantine: `<letter_id>/` with text and rows."""
        return self.root / "letters"

    @property
    def as_of(self) -> Path:
        """Warehouses of what was known on an earlier day: `<date>.duckdb`; none of them was ever current."""
        return self.root / "as-of"

    @property
    def lock(self) -> Path:
        """Held by the one run that may write."""
        return self.root / "refresh.lock"

    @property
    def at_work(self) -> Path:
        """A file for each process that carries out a flow run, locked for as long as it lives: `<flow run>.lock`."""
        return self.root / "at-work"

    @property
    def receiving_lock(self) -> Path:
        """Held while the ledger is told of one delivery."""
        return self.root / "receiving.lock"

    def prepare(self) -> None:
        """Make the folders that a run writes to; an unwritable place is said in words."""
        folders = (
            self.root,
            self.snapshots,
            self.parsed,
            self.quarantine,
            self.building,
            self.published,
            self.inbox,
        )
        try:
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HelhedsplanError(
                "the data directory cannot be written",
                place=str(error.filename or self.root),
                expected="a folder that this user may write to",
                found=error.strerror or str(error),
                do="give this user write permission, free disk space, or name another folder in HELHEDSPLAN_DATA",
            ) from error
