"""The steward's file: the shared warehouse, and beside it in schema `steward` what is withheld from everybody else.

Only its owner can read it. It waits beside the publications until the ledger tells of its own; `put_in_place` may be
called again and again.
"""

from __future__ import annotations

import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse.build import Request, Withhold, build
from warehouse.durable import replace, sync_folder
from warehouse.paths import DataDirectory
from warehouse.raw_tables import quarantined_select
from warehouse.sql_text import literal, quoted

# Parsed rows of more than this are built one after the other, for each build takes its memory.
_MOST_BESIDE_BYTES = 16 << 20
_ARRIVING = ".steward.arriving"
_OF_ALL = ("core.observation", "mart.indicator_series", "mart.goal_indicator")
_COMMENTS = {
    "withheld_observation": "Every withheld row of core.observation with its figures; role: primary for its own"
    " small count, secondary because others could be computed from it.",
    "indicator_series": "mart.indicator_series as it would be if nothing were withheld.",
    "goal_indicator": "mart.goal_indicator as it would be if nothing were withheld.",
    "quarantine": "Every quarantined row whole.",
    "correction": "catalogue.correction with the numbers of withheld figures.",
}


class StewardFile:
    """The steward's file of a build, as a context round it.

    What is withheld comes from a second build without withholding, of the tables in question alone, which is thrown
    away; without anything withheld the built warehouse has it all. Of few rows it begins once the first build has
    withheld something, and goes on beside it.
    """

    def __init__(self, request: Request, built: Path) -> None:
        self._request, self._built = request, built
        self._whole = built.with_suffix(".whole")
        self._threads = ThreadPoolExecutor(1, "whole build")
        self._beside: Future[Path] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        self._whole.unlink(missing_ok=True)

    def after(self, withhold: Withhold) -> Withhold:
        """The same step of the first build, after which the second one may begin."""

        def step(connection: duckdb.DuckDBPyConnection, request: Request) -> None:
            withhold(connection, request)
            size_bytes = sum(one.reading.stat().st_size for one in request.inputs)
            if size_bytes < _MOST_BESIDE_BYTES and _has_rows(connection, "raw.withheld"):
                self._beside = self._threads.submit(self._build_whole)

        return step

    def _build_whole(self) -> Path:
        return build(self._request, self._whole, wanted=_OF_ALL)

    def make(self) -> Path:
        """Make it beside the built warehouse and return it. Raises HelhedsplanError where it cannot be made."""
        target = self._built.with_suffix(".steward")
        try:
            # Before the first byte is written nobody else may read it.
            target.touch(mode=0o600)
            with self._built.open("rb") as shared, target.open("wb") as own:
                shutil.copyfileobj(shared, own, 1 << 20)
            with duckdb.connect(target) as connection:
                self._fill(connection, target.stem)
        except (duckdb.Error, OSError) as error:
            raise HelhedsplanError(
                "the steward's file could not be made; the last publication stands",
                place=str(target),
                expected="a disk with room for the warehouse twice more",
                found=str(error).strip(),
                do="free disk space and run refresh again",
            ) from error
        return target

    def _fill(self, connection: duckdb.DuckDBPyConnection, own_name: str) -> None:
        connection.execute("CREATE SCHEMA steward")
        if not _has_rows(connection, "core.withheld"):
            _fill(connection, self._request, f"{quoted(own_name)}.")
            return
        whole = self._beside.result() if self._beside else self._build_whole()
        whole.chmod(0o600)
        connection.execute(f"ATTACH {literal(whole)} AS whole (READ_ONLY)")
        _fill(connection, self._request, "whole.")


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return connection.execute(f"SELECT count(*) > 0 FROM {table}").fetchone() == (True,)


def _fill(connection: duckdb.DuckDBPyConnection, request: Request, everything: str) -> None:
    selects = {
        "withheld_observation": f"""SELECT observation.*,
                CASE WHEN stat.is_small_count(kind, observation.numerator, observation.denominator, observation.value,
                    disclosure_limit, minimum_denominator) THEN 'primary' ELSE 'secondary' END AS role
            FROM {everything}core.observation
            INNER JOIN core.withheld ON observation.delivery_id = withheld.delivery_id
            AND observation.row_number = withheld.row_number
            AND (observation.corrected_because IS NOT NULL) = withheld.is_correction
            INNER JOIN catalogue.indicator ON observation.indicator_id = indicator.indicator_id
            INNER JOIN catalogue.source ON observation.source_id = source.source_id""",
        "indicator_series": f"FROM {everything}mart.indicator_series",
        "goal_indicator": f"FROM {everything}mart.goal_indicator",
        "correction": f"FROM {everything}catalogue.correction",
        "quarantine": quarantined_select(request.inputs),
    }
    for name, select in selects.items():
        connection.execute(f"CREATE TABLE steward.{name} AS {select}")
        connection.execute(f"COMMENT ON TABLE steward.{name} IS {literal(_COMMENTS[name])}")
    connection.execute("CHECKPOINT")


def keep_waiting(data: DataDirectory, made: Path, publication_id: str) -> None:
    """Lay a finished steward's file where it waits for the ledger to tell of its publication."""
    replace(made, _waiting(data, publication_id))


def put_in_place(data: DataDirectory, publication_id: str) -> None:
    """Make the waiting file of the ledger's newest publication the current one, and clear away any other."""
    waiting = _waiting(data, publication_id)
    if waiting.exists():
        waiting.replace(data.steward)
        sync_folder(data.root)
    for left in data.published.glob(f"*{_ARRIVING}"):
        left.unlink()


def _waiting(data: DataDirectory, publication_id: str) -> Path:
    return data.published / f"{publication_id}{_ARRIVING}"
