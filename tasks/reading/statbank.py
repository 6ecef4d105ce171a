"""StatBank answers: cells of a table added up to one row per series, area and time, as the contract says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb

from catalogue.errors import DeliveryError
from catalogue.sources import Column, Source
from catalogue.statbank import StatBankTable
from tasks.reading.published import Published
from tasks.reading.statbank_cells import load_cells, place_before
from tasks.reading.tableinfo import REQUEST, TABLEINFO, Resolved, TableInfo, read_tableinfo, resolve
from warehouse.snapshots import Snapshot
from warehouse.sql_text import literal, quoted, text_list, texts

DATA_FILES = ("data.csv", "data.json")
# Stands where a row is missing in BULK, among the contract's signs.
ABSENT_SIGN = "absent"
ABSENT_NOTE = "fraværende række i BULK: 0 eller diskretioneret, uvist hvilket"
_COLUMNS = (
    "indicator_id",
    "unit_level",
    "unit_code",
    "unit_name",
    "municipality_code",
    "period",
    "numerator",
    "denominator",
    "value",
    "note",
)


def publish_statbank(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, source: Source, part_id: str
) -> Published:
    """Leave `published`: a row per series, area of the contract and time that the data have.

    A sum over a withheld cell has no figure but that cell's sign; over an absent one the sign 'absent'.
    Raises DeliveryError where the table is not the one that the contract describes.
    """
    folder = snapshot.folder
    info = read_tableinfo(folder / TABLEINFO)
    table = _as_asked(_table_of(source, info, part_id), info, folder)
    resolved = resolve(table, info)
    path = _data_file(folder)
    load_cells(connection, path, info)
    _refuse_no_cells(connection, path, table, resolved)
    _add_up(connection, path, source, table, resolved)
    _put_in_rows(connection, path, info, table, resolved)
    mark = source.synthetic_mark
    return Published({name: Column(header=name) for name in _COLUMNS}, mark in info.text + info.description)


def _table_of(source: Source, info: TableInfo, part_id: str) -> StatBankTable:
    tables = {table.table_id: table for table in source.statbank.tables} if source.statbank else {}
    if info.table_id not in tables or part_id not in ("", info.table_id):
        raise DeliveryError(
            "the delivery is of another StatBank table than it should be",
            place=TABLEINFO,
            expected=part_id if part_id in tables else f"one of {', '.join(sorted(tables))}",
            found=f"table {info.table_id}, delivered as {part_id or 'nothing'}",
            do="deliver the folder of a table under the table's own name, or add the table to the contract",
        )
    return tables[info.table_id]


def _as_asked(table: StatBankTable, info: TableInfo, folder: Path) -> StatBankTable:
    """The table for the municipalities of that day's request: agreements that came later were not asked about."""
    area = info.variable(table.area_variable)
    if area is None or not (folder / REQUEST).is_file():
        return table
    request = json.loads((folder / REQUEST).read_text("utf-8"))
    asked = {value for one in request["variables"] if one["code"] == area.variable_id for value in one["values"]}
    return table.model_copy(
        update={"agreement_areas": tuple(code for code in table.agreement_areas if area.id_of(code) in asked)}
    )


def _data_file(folder: Path) -> Path:
    found = [folder / name for name in DATA_FILES if (folder / name).is_file()]
    if len(found) != 1:
        raise DeliveryError(
            "a StatBank delivery needs exactly one file of data",
            place=folder.name,
            expected=" or ".join(DATA_FILES),
            found=", ".join(sorted(path.name for path in folder.iterdir())),
            do="fetch the table again",
        )
    return found[0]


def _refuse_no_cells(
    connection: duckdb.DuckDBPyConnection, path: Path, table: StatBankTable, resolved: Resolved
) -> None:
    area = quoted(resolved.area.variable_id)
    found = connection.execute(f"SELECT count(*) FROM cell WHERE {area} IN ({texts(resolved.areas)})").fetchone()
    if not found or found[0] == 0:
        raise DeliveryError(
            f"StatBank table {table.table_id} came without a cell of the areas that were asked for",
            place=path.name,
            expected=f"cells of {resolved.area.text} {', '.join(resolved.areas)}",
            found="no such cell",
            do="fetch the table again; check `areas` of the table in its contract",
        )


def _add_up(
    connection: duckdb.DuckDBPyConnection, path: Path, source: Source, table: StatBankTable, resolved: Resolved
) -> None:
    """Make `summed`: per series (its position), column, area and time the sum's text, its cells' positions."""
    area, time = quoted(resolved.area.variable_id), quoted(resolved.time.variable_id)
    names = ", ".join(quoted(one.variable_id) for one in resolved.variables)
    mark = "." if path.suffix == ".json" or source.decimal_mark == "point" else ","
    result_mark = "," if source.decimal_mark == "comma" else "."
    signs = texts([ABSENT_SIGN, *source.signs])
    at = literal(f" in {path.name}{place_before(path)}")
    zeros = texts([sign for sign, meaning in source.signs.items() if meaning == "zero"]) or "NULL"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE summed AS
        WITH wanted AS ({_wanted(table, resolved)}),
        expected AS (
            SELECT * FROM wanted, unnest([{texts(resolved.areas)}]) AS asked({area}),
                (SELECT DISTINCT {time} FROM cell) AS covered
        ),
        found AS (
            SELECT expected.*, cell.position,
                CASE WHEN cell.position IS NULL THEN {literal(ABSENT_SIGN)} ELSE coalesce(cell.amount, '(tom)') END
                    AS amount,
                CASE WHEN cell.amount IN ({zeros}) THEN 0
                    WHEN regexp_full_match(cell.amount, '[-+]?\\d+([{mark}]\\d+)?')
                    THEN try_cast(replace(cell.amount, ',', '.') AS DECIMAL(28, 6)) END AS number
            FROM expected LEFT JOIN cell USING ({names})
        )
        SELECT series, figure, {area} AS area, {time} AS time,
            bool_or(position IS NULL) AS has_absent,
            list(position ORDER BY position) FILTER (position IS NOT NULL) AS positions,
            coalesce(
                -- With its place behind it, a text that is no number here is none to any later reader.
                arg_min(amount || {at} || position, position) FILTER (number IS NULL AND amount NOT IN ({signs})),
                arg_min(amount, position) FILTER (number IS NULL AND position IS NOT NULL),
                any_value(amount) FILTER (position IS NULL),
                replace(CASE any_value(factor) WHEN 1 THEN rtrim(rtrim(sum(number)::VARCHAR, '0'), '.')
                    ELSE (sum(number)::DOUBLE * any_value(factor))::VARCHAR END, '.', {literal(result_mark)})
            ) AS amount
        FROM found GROUP BY ALL"""
    )


def _wanted(table: StatBankTable, resolved: Resolved) -> str:
    """SQL of every combination of value ids that each sum is made of, but for area and time."""
    selects = []
    for (position, column), select in resolved.sums.items():
        factor = table.series[position].factor if column == "value" else 1.0
        ids = ", ".join(
            f"unnest([{texts(values)}]) AS chosen_{number}({quoted(variable_id)})"
            for number, (variable_id, values) in enumerate(select.items())
        )
        selects.append(
            f"SELECT {position} AS series, {literal(column)} AS figure, {factor!r}::DOUBLE AS factor, * FROM {ids}"
        )
    return " UNION ALL BY NAME ".join(selects)


def _put_in_rows(
    connection: duckdb.DuckDBPyConnection, path: Path, info: TableInfo, table: StatBankTable, resolved: Resolved
) -> None:
    figures = ", ".join(
        f"any_value(amount) FILTER (figure = '{name}') AS {name}, "
        f"any_value({_positions(path)}) FILTER (figure = '{name}') AS {name}_place"
        for name in ("numerator", "denominator", "value")
    )
    indicators = text_list(series.indicator_id for series in table.series)
    areas, times = text_list(resolved.area.values), text_list(resolved.time.values)
    names = (re.sub(r"^\d+ ", "", text) for text in resolved.area.values.values())
    periods = (_period(table, time) for time in resolved.time.values)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE published AS
        SELECT {literal(path.name)} AS file_name,
            {literal(path.name + place_before(path))}
                || concat_ws(' / ', value_place, numerator_place, denominator_place) AS place,
            0 AS first_line,
            ({indicators})[series + 1] AS indicator_id, {literal(table.area_level)} AS unit_level, area AS unit_code,
            named.unit_name, area AS municipality_code, named_time.period,
            numerator, denominator, value,
            nullif(concat_ws('; ', CASE WHEN has_absent THEN {literal(ABSENT_NOTE)} END,
                nullif({literal(info.mandatory_footnote)}, '')), '') AS note
        FROM (SELECT series, area, time, bool_or(has_absent) AS has_absent, {figures} FROM summed GROUP BY ALL)
        LEFT JOIN (SELECT unnest({areas}) AS area, unnest({text_list(names)}) AS unit_name) AS named USING (area)
        LEFT JOIN (SELECT unnest({times}) AS time, unnest({text_list(periods)}) AS period) AS named_time USING (time)
        ORDER BY series, area, time"""
    )


def _positions(path: Path) -> str:
    """SQL of a sum's positions in words: all of a few, else the first ones, the last one and how many."""
    unit = "values" if path.suffix == ".json" else "lines"
    few = "array_to_string(positions, ',')"
    many = f"array_to_string(positions[:3], ',') || '…' || positions[-1] || ' (' || len(positions) || ' {unit})'"
    return f"CASE WHEN positions IS NULL THEN '-' WHEN len(positions) <= 4 THEN {few} ELSE {many} END"


def _period(table: StatBankTable, time: str) -> str:
    named = table.periods.get(time, time)
    return table.period_template.replace("{}", named) if table.period_template else named
