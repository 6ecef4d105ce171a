"""The steward's file: the shared warehouse, and beside it in schema `steward` what is withheld from everybody else.

Only its owner can read it. It waits beside the publications until the ledger tells of its own; `put_in_place` may be
called again and again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse.aside import MOST_MEMORY_BESIDE_BYTES, warehouse_aside
from warehouse.build import Request, Withhold, build
from warehouse.catalogue_tables import catalogue_selects
from warehouse.durable import replace, sync_folder
from warehouse.paths import DataDirectory
from warehouse.raw_tables import quarantined_select
from warehouse.sql_text import literal

_ARRIVING = ".steward.arriving"
_OWN_MARTS, _MARTS = "mart", {"mart.indicator_series", "mart.goal_indicator"}
_COMMENTS = {
    "withheld_observation": "Every withheld row of core.observation with its figures; role: primary for its own"
    " small count, source because its source withheld it, secondary because others could be computed from it.",
    "indicator_series": "mart.indicator_series as it would be if nothing were withheld.",
    "goal_indicator": "mart.goal_indicator as it would be if nothing were withheld.",
    "quarantine": "Every quarantined row whole.",
    "correction": "catalogue.correction with the numbers of withheld figures.",
}
# What core.observation empties in a row that is withheld.
_EMPTIED = (
    "numerator", "denominator", "value", "standard_deviation", "design_effect", "response_rate", "wording", "note",
    "sign", "missing_reason", "corrected_because",
)  # fmt: skip
_KEY = "delivery_id, row_number, is_correction"
_SET_ASIDE = f"""
    SELECT {_KEY}, role, {", ".join(name if name == "value" else f"told.{name}" for name in _EMPTIED)}
    FROM (
        SELECT told.* EXCLUDE (value), corrected_on IS NOT NULL AS is_correction,
            stat.shown_value(kind, told.numerator, told.denominator, told.value, unit_level, disclosure_applies)
                AS value
        FROM (FROM raw.parsed UNION ALL BY NAME FROM raw.published_before) AS told
        INNER JOIN ledger.delivery USING (delivery_id)
        INNER JOIN catalogue.source USING (source_id)
        INNER JOIN catalogue.indicator USING (indicator_id)
    ) AS told
    INNER JOIN (SELECT {_KEY}, role FROM raw.withheld) AS withheld USING ({_KEY})
"""
# Where units that the marts report are withheld, or parts of what was added up for one, the marts lack figures.
_MARTS_LACK = """
    SELECT EXISTS (FROM core.withheld SEMI JOIN core.reported_unit USING (unit_level, unit_id)) OR EXISTS (
        FROM core.withheld
        INNER JOIN core.membership
            ON withheld.unit_level = membership.child_level AND withheld.unit_id = membership.child_id
        INNER JOIN core.added_up
            ON withheld.indicator_id = added_up.indicator_id AND withheld.period = added_up.period
            AND membership.parent_level = added_up.unit_level AND membership.parent_id = added_up.unit_id
            AND membership.steps = added_up.steps)
"""


def setting_aside(withhold: Withhold, built: Path) -> Withhold:
    """The same step of the build of `built`, which lays what it withholds aside for `make_steward_file`."""

    def step(connection: duckdb.DuckDBPyConnection, request: Request) -> None:
        withhold(connection, request)
        aside = _aside(built)
        # Before the first byte is written nobody else may read it.
        aside.touch(mode=0o600)
        connection.execute(f"COPY ({_SET_ASIDE}) TO {literal(aside)} (FORMAT parquet, USE_TMP_FILE false)")

    return step


def make_steward_file(request: Request, built: Path) -> Path:
    """Make the steward's file beside the built warehouse and return it.

    Marts that would be others if nothing were withheld are made by a second build, which is thrown away. Raises
    HelhedsplanError where it cannot be made.
    """
    target = built.with_suffix(".steward")
    try:
        target.touch(mode=0o600)
        with built.open("rb") as shared, target.open("wb") as own:
            shutil.copyfileobj(shared, own, 1 << 20)
        # Of millions of rows most lie on disk meanwhile rather than in memory.
        with (
            warehouse_aside(
                target, is_small=request.is_small, most_memory_bytes=MOST_MEMORY_BESIDE_BYTES
            ) as connection,
            _marts_with_all(connection, request, built) as marts,
        ):
            _fill(connection, request, _aside(built), marts)
    except (duckdb.Error, OSError) as error:
        raise HelhedsplanError(
            "the steward's file could not be made; the last publication stands",
            place=str(target),
            expected="a disk with room for the warehouse twice more",
            found=str(error).strip(),
            do="free disk space and run refresh again",
        ) from error
    finally:
        _aside(built).unlink(missing_ok=True)
    return target


def _aside(built: Path) -> Path:
    return built.with_suffix(".withheld.parquet")


@contextmanager
def _marts_with_all(connection: duckdb.DuckDBPyConnection, request: Request, built: Path) -> Iterator[str]:
    """The schema, as the connection names it, whose marts lack nothing for being withheld."""
    if connection.execute(_MARTS_LACK).fetchone() == (False,):
        yield _OWN_MARTS
        return
    whole = build(request, built.with_suffix(".whole"), wanted=_MARTS)
    try:
        whole.chmod(0o600)
        connection.execute(f"ATTACH {literal(whole)} AS whole (READ_ONLY)")
        yield "whole.mart"
    finally:
        whole.unlink()


def _fill(connection: duckdb.DuckDBPyConnection, request: Request, aside: Path, marts: str) -> None:
    told = f"read_parquet({literal(aside)})"
    figures = ", ".join(f"told.{name} AS {name}" for name in _EMPTIED)
    selects = {
        # Of a row and its correction, which the shared file no longer tells apart, the correction is known later.
        "withheld_observation": f"""SELECT observation.* EXCLUDE (is_correction) REPLACE ({figures}), told.role
            FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY delivery_id, row_number ORDER BY known_from, is_current) = 2 AS is_correction
                FROM core.observation SEMI JOIN {told} AS told USING (delivery_id, row_number)
            ) AS observation
            INNER JOIN {told} AS told USING ({_KEY})""",
        "indicator_series": f"FROM {marts}.indicator_series",
        "goal_indicator": f"FROM {marts}.goal_indicator",
        "correction": catalogue_selects(request.catalogue)["correction"],
        "quarantine": quarantined_select(request.inputs),
    }
    connection.execute("CREATE SCHEMA steward")
    for name, select in selects.items():
        # Marts that lack nothing stand in this very file.
        kind = "VIEW" if marts == _OWN_MARTS and f"mart.{name}" in _MARTS else "TABLE"
        connection.execute(f"CREATE {kind} steward.{name} AS {select}")
        connection.execute(f"COMMENT ON {kind} steward.{name} IS {literal(_COMMENTS[name])}")


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
