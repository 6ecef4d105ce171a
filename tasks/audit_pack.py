"""The auditor's pack of a year: one zip file that documents the board's follow-up and can be verified alone."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from catalogue.errors import HelhedsplanError
from catalogue.load import CORRECTION_COLUMNS, HOME, Catalogue
from tasks.auditing.archive import holds, write_archive
from tasks.auditing.in_force import duty_of_then
from tasks.auditing.index import FILES, LANGUAGES, Shown, index_page
from tasks.auditing.metadata import as_json, datapackage, ro_crate
from tasks.auditing.papers import Papers, papers_of
from tasks.auditing.rendering import as_html, as_pdf
from tasks.auditing.sample import Drawn, draw
from tasks.auditing.tables import Table, read_tables
from tasks.auditing.told import tell
from tasks.auditing.year import Year, refuse_without_duty, snapshots_of, the_year
from tasks.people import actor_from_environment
from tasks.reporting.folder import texts
from warehouse.figures import figure_lines
from warehouse.ledger import digest_of
from warehouse.paths import DataDirectory, shipped

SAMPLE_SIZE = 25
Files = dict[str, bytes]


@dataclass(frozen=True)
class Pack:
    """A written pack: where, how many files, how many of the year's series were followed up, of how many."""

    path: Path
    files: int
    meetings: int
    followed_up: int
    series: int
    left_out: tuple[str, ...]


def make_pack(
    data: DataDirectory,
    catalogue: Catalogue,
    number: int,
    target: Path,
    *,
    seed: int | None = None,
    with_withheld: bool = False,
    may_replace: bool = True,
) -> Pack:
    """Write the pack of a year, and `pack_made` in the ledger. The same ledger and code give the same bytes.

    `with_withheld` puts the received files of sources in which figures are withheld into the pack too. Raises
    HelhedsplanError where there is nothing to audit, a meeting is not shown yet, kept bytes are gone, it cannot be
    written, or another file than this very pack lies there that it may not replace.
    """
    year = the_year(data, number)
    drawing = number if seed is None else seed
    tables = read_tables(year)
    tables |= {"duty": duty_of_then(year, tables)}
    refuse_without_duty(year, catalogue, tables["duty"].rows)
    inside, outside = snapshots_of(year, catalogue, with_withheld=with_withheld)
    files = _tables(tables) | _snapshots(data, inside) | _verify(year)
    files |= _catalogue(catalogue, with_withheld=with_withheld)
    figures, papers = _figures(year), papers_of(year)
    drawn_from = next((name for name, lines in reversed(figures.items()) if lines), None)
    drawn = draw(drawn_from, figures[drawn_from], SAMPLE_SIZE, drawing) if drawn_from else []
    files |= _publications(year, figures) | _made_anew(papers) | _sample(drawn)
    without = [name for name, lines in figures.items() if not lines]
    # The index tells the digest of the list of all that stands so far: name -> SHA-256.
    listed = _listed(files)
    index = _index(year, tables, Shown(drawn, drawing, papers, outside, without, digest_of(listed), catalogue.digest))
    about_them = _metadata(year, tables, files | index)
    files |= index | about_them
    listed |= _listed(index | about_them)
    about = as_json(
        {
            "year": number, "ledger_head": year.head.digest, "snapshots": inside, "left_out": outside,
            "files": listed, "papers": {one.publication_id: one.state for one in papers},
            "sample": {"seed": drawing, "publication_id": drawn_from},
        }
    )  # fmt: skip
    files |= {"pack.json": about}
    if not may_replace and target.exists() and not holds(target, _folder(number), files):
        raise _other_file(target)
    _write(target, number, files)
    told = {"year": number, "sha256": hashlib.sha256(about).hexdigest(), "files": len(files)}
    tell(data, told | {"ledger_head": year.head.digest}, actor=actor_from_environment())
    duty = tables["duty"].records()
    followed = sum(row["is_followed_up"] for row in duty)
    return Pack(target, len(files), len(year.meetings), followed, len(duty), tuple(outside))


def _listed(files: Files) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _index(year: Year, tables: Mapping[str, Table], shown: Shown) -> Files:
    files: Files = {}
    for language in LANGUAGES:
        page, name = index_page(year, tables, shown, language), FILES[language]
        files |= {f"{name}.html": as_html(page, language), f"{name}.pdf": as_pdf(page, language)}
    return files


def _folder(number: int) -> str:
    return f"helhedsplan-audit-{number}"


def _other_file(target: Path) -> HelhedsplanError:
    return HelhedsplanError(
        "the audit pack would take the place of another file",
        place=str(target),
        expected="a new file, or this very pack",
        found="a file with other content",
        do="name another file with --to, or move that one away",
    )


def _write(target: Path, number: int, files: Mapping[str, bytes]) -> None:
    try:
        write_archive(target, _folder(number), files)
    except OSError as error:
        raise HelhedsplanError(
            "the audit pack cannot be written",
            place=str(error.filename or target),
            expected="a folder that this user may write to, on a disk with room",
            found=error.strerror or str(error),
            do="free disk space or name another file with --to",
        ) from error


def _tables(tables: Mapping[str, Table]) -> Files:
    return {f"tables/{name}.csv": table.as_csv() for name, table in tables.items()}


def _snapshots(data: DataDirectory, names: list[str]) -> Files:
    for name in names:
        if not (data.snapshots / name).is_dir():
            raise HelhedsplanError(
                "what belongs into the pack is gone",
                place=str(data.snapshots / name),
                expected="the bytes that the ledger tells of",
                found="no such folder",
                do="restore data/snapshots from a backup",
            )
    return {
        f"snapshots/{name}/{path.relative_to(data.snapshots / name).as_posix()}": path.read_bytes()
        for name in names
        for path in sorted((data.snapshots / name).rglob("*"))
        if path.is_file()
    }


def _catalogue(catalogue: Catalogue, *, with_withheld: bool) -> Files:
    files = sorted([*HOME.rglob("*.yml"), *HOME.rglob("*.csv")])
    found = {f"catalogue/{path.relative_to(HOME).as_posix()}": path.read_bytes() for path in files}
    return found if with_withheld else found | {"catalogue/corrections.csv": corrections_of(catalogue)}


def corrections_of(catalogue: Catalogue) -> bytes:
    """Who corrected what and when; numbers and reasons only of sources in which nothing is withheld."""
    text = StringIO()
    lines: csv.DictWriter[str] = csv.DictWriter(text, CORRECTION_COLUMNS, lineterminator="\n")
    lines.writeheader()
    nothing = dict.fromkeys(("as_published", "corrected", "reason"), "")
    for row in catalogue.corrections:
        source = catalogue.source_by_id.get(row["source_id"])
        lines.writerow(row | nothing if source is None or source.disclosure.applies else row)
    return text.getvalue().encode()


def _verify(year: Year) -> Files:
    return {
        "verify.py": (shipped("reports") / "pack" / "verify.py").read_bytes(),
        "ledger.jsonl": "".join(f"{entry.line()}\n" for entry in year.entries).encode(),
    }


def _publications(year: Year, figures: Mapping[str, list[str]]) -> Files:
    kept = {f"published/{one.body['publication_id']}.duckdb": year.file_of(one).read_bytes() for one in year.seen}
    leaves = {f"figures/{name}.jsonl": "".join(f"{one}\n" for one in lines) for name, lines in figures.items() if lines}
    return kept | {name: text.encode() for name, text in leaves.items()}


def _figures(year: Year) -> dict[str, list[str]]:
    """The figures of each publication that was seen; none of one that was made before the ledger told of figures."""
    return {one.body["publication_id"]: figure_lines(year.file_of(one)) for one in year.seen}


def _made_anew(papers: Sequence[Papers]) -> Files:
    return {name: content for one in papers for name, content in one.made}


def _sample(drawn: list[Drawn]) -> Files:
    lines = [json.dumps(one.as_dict(), ensure_ascii=False, sort_keys=True) for one in drawn]
    return {"sample.jsonl": "".join(f"{line}\n" for line in lines).encode()}


def _metadata(year: Year, tables: Mapping[str, Table], files: Files) -> Files:
    about = texts(LANGUAGES[-1])["pack"]
    title, description = about["title"].format(year=year.year), about["lead"].format(year=year.year)
    package = datapackage(f"helhedsplan-audit-{year.year}", title, year.head.time, tables.values())
    described = {"datapackage.json": as_json(package)}
    crate = ro_crate(title, description, year.head.time, files | described)
    return described | {"ro-crate-metadata.json": as_json(crate)}
