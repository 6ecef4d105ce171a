"""The board's papers in a pack: the bytes that the board received; made anew, and said so, where none were kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from catalogue.errors import HelhedsplanError
from tasks.auditing.year import Year
from tasks.report import write_report
from warehouse.ledger import Entry
from warehouse.papers import PAPERS


@dataclass(frozen=True)
class Papers:
    """One publication's papers: 'kept', 'made_anew' or 'impossible' (and why), and their files in the pack.

    `made` are bytes by name in the pack; kept papers travel among the snapshots.
    """

    publication: Entry
    state: str
    names: tuple[str, ...] = ()
    made: tuple[tuple[str, bytes], ...] = ()
    problem: str = ""

    @property
    def publication_id(self) -> str:
        """The publication that they are of."""
        return self.publication.body["publication_id"]

    @property
    def first_pages(self) -> tuple[str, ...]:
        """What is handed out: each PDF, workbook and site's first page."""
        return tuple(name for name in self.names if name.endswith((".pdf", ".xlsx", "/index.html")))


def papers_of(year: Year) -> list[Papers]:
    """The papers of each publication that the year's meetings saw."""
    return [_of(year, publication) for publication in year.seen]


def _of(year: Year, publication: Entry) -> Papers:
    kept = [year.data.snapshots / PAPERS / address for address in year.papers_of(publication)]
    if kept:
        names = [name for folder in kept for name in _names(folder, f"snapshots/{PAPERS}/{folder.name}")]
        return Papers(publication, "kept", tuple(names))
    try:
        made = dict(_made_anew(year, publication))
    except HelhedsplanError as error:
        return Papers(publication, "impossible", problem=error.found or error.what)
    return Papers(publication, "made_anew", tuple(made), tuple(made.items()))


def _names(folder: Path, home: str) -> Iterable[str]:
    return (f"{home}/{path.relative_to(folder).as_posix()}" for path in sorted(folder.rglob("*")) if path.is_file())


def _made_anew(year: Year, publication: Entry) -> Iterable[tuple[str, bytes]]:
    """From the publication's own file, by today's code: a file that lacks what it reads is refused in words."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / publication.body["publication_id"]
        write_report(year.file_of(publication), target, year.entries)
        home = f"papers/{target.name}"
        for name in _names(target, home):
            yield name, (target / name.removeprefix(f"{home}/")).read_bytes()
