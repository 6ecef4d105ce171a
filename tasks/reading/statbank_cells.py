"""The cells of a StatBank answer, BULK/CSV or JSONSTAT, as the relation `cell`: place, amount, value ids."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path

import duckdb

from catalogue.errors import DeliveryError
from tasks.reading.tableinfo import TableInfo, Variable
from warehouse.sql_text import literal, quoted, text_list, texts

AMOUNT_HEADER = "INDHOLD"
# JSONSTAT writes null where CSV writes this.
WITHHELD_SIGN = ".."
_HEADER_BYTES = 1 << 16


def load_cells(connection: duckdb.DuckDBPyConnection, path: Path, info: TableInfo) -> None:
    """Make `cell`: position BIGINT (line, or index from 0 in JSONSTAT), amount VARCHAR, each variable's value id.

    Raises DeliveryError where the answer has other variables than its tableinfo, a value that tableinfo does
    not list, or the same cell twice.
    """
    load = _load_jsonstat if path.suffix == ".json" else _load_csv
    load(connection, path, info)
    _label(connection, info)
    _refuse_unknown_values(connection, path, info)
    _refuse_repeated_cells(connection, path, info)


def _load_csv(connection: duckdb.DuckDBPyConnection, path: Path, info: TableInfo) -> None:
    with path.open("rb") as file:
        header = file.readline(_HEADER_BYTES).decode("utf-8-sig", errors="replace").strip()
    names = [name.strip().strip('"') for name in header.split(";")]
    by_name = {one.variable_id.casefold(): one for one in info.variables} | {AMOUNT_HEADER.casefold(): None}
    if sorted(name.casefold() for name in names) != sorted(by_name):
        raise _other_variables(f"{path.name}, line 1", info, header or "nothing")
    columns = ", ".join(f"{literal(_column(by_name[name.casefold()]))}: 'VARCHAR'" for name in names)
    try:
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE published_cell AS
            SELECT row_number() OVER () + 1 AS position, *
            FROM read_csv({literal(str(path))}, columns = {{{columns}}}, auto_detect = false, header = false, skip = 1,
                delim = ';', quote = '"', escape = '"', parallel = false)"""
        )
    except duckdb.Error as error:
        raise DeliveryError(
            "StatBank's answer is not the CSV that was agreed",
            place=path.name,
            expected=f"{header} in each line, UTF-8",
            found=" ".join(str(error).split())[:300],
            do="fetch the table again; if it stays so, the API has changed its format",
        ) from error


def _column(variable: Variable | None) -> str:
    return variable.variable_id if variable else "amount"


def _load_jsonstat(connection: duckdb.DuckDBPyConnection, path: Path, info: TableInfo) -> None:
    codes, metric = _dimensions(path)
    by_name = {one.variable_id.casefold(): one for one in info.variables}
    if sorted(name.casefold() for name in codes if name not in metric) != sorted(by_name):
        raise _other_variables(f"{path.name}#/dataset/dimension/id", info, ", ".join(codes))
    size = [len(found) for found in codes.values()]
    strides = {name: prod(size[place + 1 :]) for place, name in enumerate(codes)}
    cells = [
        f"[{texts(found)}][position // {strides[name]} % {len(found)} + 1] AS "
        f"{quoted(by_name[name.casefold()].variable_id)}"
        for name, found in codes.items()
        if name not in metric
    ]
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE published_cell AS
        SELECT position, coalesce(amount, {literal(WITHHELD_SIGN)}) AS amount, {", ".join(cells)}
        FROM (
            SELECT unnest(amounts) AS amount, generate_subscripts(amounts, 1) - 1 AS position
            FROM (
                SELECT from_json(json_extract(ltrim(decode(content), chr(65279)), '$.dataset.value'), '["VARCHAR"]')
                    AS amounts
                FROM read_blob({literal(str(path))})
            )
        )"""
    )


def _dimensions(path: Path) -> tuple[dict[str, list[str]], list[str]]:
    """The value ids of each dimension of a JSONSTAT 1.x body, in order, and which dimensions are no variable."""
    try:
        dataset = json.loads(path.read_bytes().decode("utf-8-sig"))["dataset"]
        dimension, values = dataset["dimension"], dataset["value"]
        codes = {name: _codes(dimension[name]["category"]["index"]) for name in dimension["id"]}
        size = [len(found) for found in codes.values()]
        metric = dimension.get("role", {}).get("metric", [])
        told = len(values) if isinstance(values, list) else f"{type(values).__name__} instead of a list of"
        are_texts = isinstance(metric, list) and all(isinstance(one, str) for found in codes.values() for one in found)
        fits = are_texts and size == dimension["size"] and prod(size) == told
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _no_jsonstat(path, f"{type(error).__name__}: {error}") from error
    if not fits:
        raise _no_jsonstat(path, f"size {dimension['size']} over {size} categories and {told} values")
    return codes, metric


def _codes(index: dict[str, int] | list[str]) -> list[str]:
    return list(index) if isinstance(index, list) else sorted(index, key=lambda code: index[code])


def _no_jsonstat(path: Path, found: str) -> DeliveryError:
    return DeliveryError(
        "StatBank's answer is not the JSONSTAT that was agreed",
        place=path.name,
        expected="dataset with dimension (id, size, category) and a value for each cell",
        found=found,
        do="fetch the table again; if it stays so, the API has changed its format",
    )


def _other_variables(place: str, info: TableInfo, found: str) -> DeliveryError:
    return DeliveryError(
        f"the data of StatBank table {info.table_id} have other variables than its tableinfo",
        place=place,
        expected=", ".join(one.variable_id for one in info.variables) + f" and {AMOUNT_HEADER}",
        found=found,
        do="fetch the table again; if it stays so, see which variables the contract must select",
    )


def _label(connection: duckdb.DuckDBPyConnection, info: TableInfo) -> None:
    """Turn what the cells show (id, text, or both) into value ids; NULL for what tableinfo does not list."""
    shown = [(one.variable_id, *pair) for one in info.variables for pair in one.labels().items()]
    variable_ids, labels, value_ids = (list(part) for part in zip(*shown, strict=True))
    joins, cells = [], []
    for number, one in enumerate(info.variables):
        column = quoted(one.variable_id)
        cells.append(f"label_{number}.value_id AS {column}, published_cell.{column} AS shown_{number}")
        joins.append(
            f"LEFT JOIN label AS label_{number} ON label_{number}.variable_id = {literal(one.variable_id)} "
            f"AND label_{number}.label = trim(published_cell.{column})"
        )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE cell AS
        WITH label AS (
            SELECT unnest({text_list(variable_ids)}) AS variable_id, unnest({text_list(labels)}) AS label,
                unnest({text_list(value_ids)}) AS value_id
        )
        SELECT position, trim(amount) AS amount, {", ".join(cells)} FROM published_cell {" ".join(joins)}"""
    )


def _refuse_unknown_values(connection: duckdb.DuckDBPyConnection, path: Path, info: TableInfo) -> None:
    for number, one in enumerate(info.variables):
        found = connection.execute(
            f"SELECT min(position), arg_min(shown_{number}, position), count(*) "
            f"FROM cell WHERE {quoted(one.variable_id)} IS NULL"
        ).fetchone()
        if found and found[2]:
            raise DeliveryError(
                f"{found[2]} cells of StatBank table {info.table_id} have a value that tableinfo does not list",
                place=f"{path.name}{place_before(path)}{found[0]}",
                expected=f"a value of {one.text}, as id or text",
                found=str(found[1]),
                do="fetch the table again, so that tableinfo and data are from the same moment",
            )


def _refuse_repeated_cells(connection: duckdb.DuckDBPyConnection, path: Path, info: TableInfo) -> None:
    names = ", ".join(quoted(one.variable_id) for one in info.variables)
    found = connection.execute(
        f"SELECT list(position ORDER BY position) FROM cell GROUP BY {names} HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if found:
        raise DeliveryError(
            f"a cell of StatBank table {info.table_id} comes more than once, so a sum would count it twice",
            place=f"{path.name}{place_before(path)}{', '.join(map(str, found[0][:10]))}",
            expected="each combination of values once",
            found=f"the same combination {len(found[0])} times",
            do="fetch the table again; never put two answers together in one file",
        )


def place_before(path: Path) -> str:
    """What stands between a file's name and a position in it, in a locator."""
    return "#/dataset/value/" if path.suffix == ".json" else " line "
