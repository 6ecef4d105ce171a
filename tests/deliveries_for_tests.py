"""Deliveries for tests of the whole job: good ones, and every way of spoiling them; and good publications to copy.

A run over the samples costs seconds, so two data directories are made per test session, also where several workers run
side by side: one of all samples, by the installed command, and a small one. Each case works on a copy.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock
from xlsxwriter import Workbook

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue, load_catalogue
from tasks.context import Night, Plain
from tasks.fetch import fetch_source
from tasks.night import refresh
from tasks.process import process_delivery
from tasks.summary import RunSummary
from tasks.waves import waiting_waves
from tests.end_to_end.harness import helhedsplan
from warehouse import clock
from warehouse.deliveries import deliveries
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory
from warehouse.sql_text import literal

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
LBF_WORKBOOK = SAMPLES / "lbf_boligsociale_data" / "boligsociale_data_2026-05.xlsx"
ELECTION = SAMPLES / "valg_dk" / "KV-2025-11-18"
SURVEY = SAMPLES / "tryghedssurvey" / "tryghedssurvey_2018_2021.csv"
MINISTRY_LIST = SAMPLES / "ministry_list" / "ministry_list.csv"
SMALL = ("ministry_list", "valg_dk")
AGREEMENT_FIGURES = SAMPLES / "agreement_figures" / "agreement_figures.csv"

# An old Office file; the second one is what Excel writes when a workbook gets a password.
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD_PROTECTED = OLE_MAGIC + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
LBF_HEADERS = ("Niveau", "Kode", "Navn", "Indikator", "Periode", "Tæller", "Nævner", "Andel", "Gennemsnit")
# Columns that say how a figure came, not what it is.
HOW_IT_CAME = "delivery_id, delivery_ids, known_at, carried_over_because, note"

Spoil = Callable[[Path], None]


@cache
def the_catalogue() -> Catalogue:
    """The catalogue as it stands in the repository."""
    return load_catalogue()


def catalogue_asking(policy: str, source_id: str) -> Catalogue:
    """The catalogue in which a source has another policy of approval; for data directories that hold no samples."""
    whole = the_catalogue()
    sources = (
        one.model_copy(update={"approval": policy}) if one.source_id == source_id else one for one in whole.sources
    )
    return replace(whole, sources=tuple(sources))


@dataclass(frozen=True)
class GoodRun:
    """The one good run over the samples: its data directory (to look at only), and what the command told."""

    data: DataDirectory
    stdout: str
    stderr: str


@cache
def good_run(base: Path) -> GoodRun:
    """The good run of this session, which is made once below pytest's `base`, alone and without a Prefect server."""

    def by_the_command(folder: Path) -> list[str]:
        ran = helhedsplan(folder, "refresh", "--samples", HELHEDSPLAN_ACTOR="test")
        assert ran.returncode == 0, ran.stderr
        return [ran.stdout, ran.stderr]

    folder, told = _made_once(base, "published-once", by_the_command)
    return GoodRun(DataDirectory(folder), *told)


def good_data(base: Path, to: Path) -> DataDirectory:
    """A copy, at `to`, of the data directory of the good run over the samples."""
    shutil.copytree(good_run(base).data.root, to)
    return DataDirectory(to)


def small_data(base: Path, to: Path) -> DataDirectory:
    """A copy, at `to`, of a data directory with the samples of two sources alone: a file, and a folder of files.

    A run in it takes half the time, and whatever is no matter of figures is the same there.
    """

    def made(folder: Path) -> list[str]:
        summary = refresh(DataDirectory(folder), the_catalogue(), actor="test", source_ids=SMALL, samples=SAMPLES)
        return list(summary.problems)

    folder, problems = _made_once(base, "small-published-once", made)
    assert problems == []
    shutil.copytree(folder, to)
    return DataDirectory(to)


def _made_once(base: Path, name: str, make: Callable[[Path], list[str]]) -> tuple[Path, list[str]]:
    """The folder of this name for the whole session, and what `make` said when it filled it."""
    # The workers of pytest-xdist have a folder each below one of the session.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    done = folder.with_name(f"{name}.done")
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            done.write_text(json.dumps(make(folder)), encoding="utf-8")
        return folder, json.loads(done.read_text("utf-8"))


def run(data: DataDirectory, *source_ids: str, catalogue: Catalogue | None = None, papers: bool = False) -> RunSummary:
    """A refresh of these sources with what has been delivered; StatBank is asked over HTTP if it is named.

    `papers` are for tests that look at them: the site takes longer than all the rest.
    """
    assert source_ids, "without sources every one is fetched, also over the network"
    return refresh(data, catalogue or the_catalogue(), actor="test", source_ids=source_ids, papers=papers)


def read_and_checked(data: DataDirectory, *source_ids: str, catalogue: Catalogue | None = None) -> list[str]:
    """A night's steps before it builds: takes in what lies in the inboxes, reads, checks, and asks the policy.

    Returns the problems so far. What is built and published of it, the night after it says.
    """
    known = catalogue or the_catalogue()
    for source_id in source_ids:
        fetch_source(data, known, source_id, actor="test")
    now = clock.now(data.ledger, "delivery_checked").isoformat()
    night = Night(data, known, "test", "run-before", now, Plain(), source_ids)
    for wave in waiting_waves(night):
        known_deliveries = deliveries(night.ledger.entries())
        results = night.call.each(lambda one: process_delivery(night, one), wave, name="")
        for delivery_id, result in zip(wave, results, strict=True):
            if isinstance(result, HelhedsplanError):
                night.failed(known_deliveries[delivery_id].source_id, result, delivery_id)
    return night.problems


def run_samples(data: DataDirectory) -> RunSummary:
    """A refresh of all sources with the samples as deliveries."""
    return refresh(data, the_catalogue(), actor="test", samples=SAMPLES)


def entries_of(data: DataDirectory, *kinds: str) -> list[Entry]:
    """The ledger's entries of these kinds, oldest first; reading them proves the chain."""
    return [entry for entry in Ledger(data.ledger).entries() if not kinds or entry.kind in kinds]


def ask(data: DataDirectory, query: str) -> list[tuple[Any, ...]]:
    """The rows that the current publication answers with."""
    with _to_be_read(data.warehouse) as connection:
        return connection.execute(query).fetchall()


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own for every question would take longer than to answer it."""
    return duckdb.connect(config={"threads": 1})


@contextmanager
def _to_be_read(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    name = f"read_{next(_NUMBERS)}"
    with _reader().cursor() as connection:
        connection.execute(f"ATTACH {literal(str(warehouse))} AS {name} (READ_ONLY)")
        try:
            yield connection.execute(f"USE {name}")
        finally:
            connection.execute(f"USE memory; DETACH {name}")


_NUMBERS = count(1)


def marts(data: DataDirectory, but: str = "", where: str = "true") -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every mart but the one that is about freshness; `but` names columns to leave out."""
    left_out = [name.strip() for name in but.split(",") if name.strip()]
    found = {}
    with _to_be_read(data.warehouse) as connection:
        for table, columns in _mart_columns(connection).items():
            shown = ", ".join(f'"{name}"' for name in columns if name not in left_out)
            condition = where if "source_id" in columns else "true"
            query = f"SELECT {shown} FROM mart.{table} WHERE {condition} ORDER BY ALL"
            found[table] = connection.execute(query).fetchall()
    return found


def _mart_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    query = """SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
        WHERE schema_name = 'mart' AND table_name <> 'freshness' AND database_name = current_database()
        GROUP BY table_name ORDER BY table_name"""
    return dict(connection.execute(query).fetchall())


def kept_bytes(data: DataDirectory, entry: Entry) -> dict[str, bytes]:
    """What the snapshots hold of a received delivery: name -> bytes."""
    folder = data.snapshots / entry.body["source_id"] / entry.body["sha256"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def delivered_bytes(path: Path) -> dict[str, bytes]:
    """The same of what was delivered: a file, or a folder of files."""
    if path.is_file():
        return {path.name: path.read_bytes()}
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def bytes_of(content: bytes) -> Spoil:
    """Writes just these bytes."""
    return lambda path: _written(path, content)


def _written(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def replaced(original: Path, old: str, new: str, encoding: str = "utf-8", to_encoding: str = "") -> Spoil:
    """Writes a text file with one text in the place of another, which must stand in it."""

    def spoil(path: Path) -> None:
        text = original.read_bytes().decode(encoding)
        assert old in text
        path.write_bytes(text.replace(old, new).encode(to_encoding or encoding))

    return spoil


def columns_of_csv(original: Path, change: Callable[[list[str]], list[str]], encoding: str = "utf-8") -> Spoil:
    """Writes a CSV file with the cells of every line changed alike; a line of another width (a note) stays."""

    def spoil(path: Path) -> None:
        lines = original.read_bytes().decode(encoding).splitlines()
        width = max(line.count(";") for line in lines)
        changed = [";".join(change(line.split(";"))) if line.count(";") == width else line for line in lines]
        path.write_bytes("".join(f"{line}\r\n" for line in changed).encode(encoding))

    return spoil


def part_of_workbook(part: str, change: Callable[[bytes], bytes], original: Path = LBF_WORKBOOK) -> Spoil:
    """Writes a workbook with one part of its archive changed."""

    def spoil(path: Path) -> None:
        with zipfile.ZipFile(original) as workbook, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as spoilt:
            for name in workbook.namelist():
                content = workbook.read(name)
                if name == part:
                    assert change(content) != content
                    content = change(content)
                spoilt.writestr(name, content)

    return spoil


def archive_of(members: Iterable[tuple[str, bytes]], original: Path | None = None) -> Spoil:
    """Writes a zip archive: the members of another one, if it is named, and these."""

    def spoil(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            if original is not None:
                with zipfile.ZipFile(original) as source:
                    for name in source.namelist():
                        archive.writestr(name, source.read(name))
            for name, content in members:
                archive.writestr(name, content)

    return spoil


def election(change: Callable[[dict[str, dict[str, Any]]], None]) -> Spoil:
    """Writes a folder of the election's documents, changed as file name -> document."""

    def spoil(path: Path) -> None:
        documents = {file.name: json.loads(file.read_bytes()) for file in sorted(ELECTION.glob("*.json"))}
        change(documents)
        path.mkdir()
        for name, document in documents.items():
            (path / name).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")

    return spoil


def lbf_workbook(path: Path, rows: Sequence[Sequence[Any]], headers: Sequence[str] = LBF_HEADERS) -> None:
    """A small LBF export in the long layout: a title that says SYNTETISK, the headers in row 3, rows from row 4."""
    with Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_string(0, 0, "SYNTETISKE DATA – ikke rigtige tal")
        sheet.write_row(2, 0, headers)
        for number, row in enumerate(rows, start=3):
            sheet.write_row(number, 0, row)
