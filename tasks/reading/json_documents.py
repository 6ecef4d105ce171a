"""JSON documents, one per unit (a polling district), in a folder or a zip: a row or more out of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import get_args

import duckdb

from catalogue.errors import DeliveryError
from catalogue.sources import Column, NumberColumn, Source
from tasks.reading.archive import unpacked
from tasks.reading.expressions import coded, extracted
from tasks.reading.published import Published
from warehouse.snapshots import Snapshot
from warehouse.sql_text import literal, quoted, text_list

# What operating systems add to folders and archives by themselves.
_NOT_DELIVERED_ON_PURPOSE = ("__MACOSX", "Thumbs.db", "desktop.ini")
# How a value of JSON that states nothing is written among the contract's signs.
NULL_SIGN = "null"


def publish_json(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, source: Source, _part_id: str) -> Published:
    """Leave `published`: for each document, in the order of names, the rows that the contract describes.

    `place` is 'name.json#/pointer, /pointer' of the numerator. Raises DeliveryError for a document that is
    not JSON or lacks a field; a unit that comes twice is left for the checks.
    """
    with _documents(snapshot) as documents:
        _load(connection, documents)
    _refuse_what_is_no_document(connection)
    rows = _rows_of(source)
    _refuse_missing_fields(connection, rows)
    _make_fields(connection, rows)
    selects = [_select(rule, order, source) for order, rule in enumerate(rows)]
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE published AS
        SELECT * EXCLUDE (document_number, row_order)
        FROM ({" UNION ALL BY NAME ".join(selects)}) ORDER BY document_number, row_order"""
    )
    return Published(_understood(rows), _has_synthetic_mark(connection, source))


def _rows_of(source: Source) -> tuple[dict[str, Column], ...]:
    if source.json_documents is None:
        raise DeliveryError("the source's contract does not describe JSON documents", place=source.source_id)
    return source.json_documents.rows


@contextmanager
def _documents(snapshot: Snapshot) -> Iterator[list[tuple[str, str, Path]]]:
    """Each document: the received file that it came in, its name, and where it lies while it is read."""
    names = [file.name for file in snapshot.files]
    if len(names) == 1 and _is_zip(snapshot.paths[0]):
        with unpacked(snapshot.paths[0]) as members:
            yield _wanted((names[0], name, path) for name, path in members.items())
    else:
        yield _wanted(zip(names, names, snapshot.paths, strict=True))


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _wanted(documents: Iterator[tuple[str, str, Path]]) -> list[tuple[str, str, Path]]:
    return sorted(document for document in documents if _is_delivered_on_purpose(document[1]))


def _is_delivered_on_purpose(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not any(part.startswith(".") or part in _NOT_DELIVERED_ON_PURPOSE for part in parts)


def _load(connection: duckdb.DuckDBPyConnection, documents: list[tuple[str, str, Path]]) -> None:
    """Make `document`: file_name, document_name, document_number, content (NULL where it is not UTF-8)."""
    if not documents:
        raise DeliveryError(
            "the delivery holds no document",
            expected="one JSON file per unit",
            found="no file",
            do="deliver the publisher's folder or zip file again, as it was downloaded",
        )
    file_names, names, paths = (text_list(map(str, part)) for part in zip(*documents, strict=True))
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE document AS
        SELECT name.file_name, name.document_name, name.document_number,
            ltrim(TRY(decode(file.content)), chr(65279)) AS content
        FROM (
            SELECT unnest({file_names}) AS file_name, unnest({names}) AS document_name, unnest({paths}) AS path,
                generate_subscripts({names}, 1) AS document_number
        ) AS name
        INNER JOIN read_blob({paths}) AS file ON file.filename = name.path"""
    )


def _refuse_what_is_no_document(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        """SELECT document_name, CASE
            WHEN content IS NULL THEN 'a file that is not UTF-8 text'
            WHEN trim(content) = '' THEN 'an empty file'
            WHEN TRY(json_type(content)) IS NULL THEN 'text that is not JSON: ' || left(content, 40)
            WHEN json_type(content) <> 'OBJECT' THEN 'JSON, but not one object'
        END AS problem
        FROM document WHERE problem IS NOT NULL ORDER BY document_number"""
    ).fetchall()
    if found:
        raise DeliveryError(
            f"{len(found)} of the delivery's files cannot be read",
            place=", ".join(name for name, _ in found[:5]),
            expected="one JSON object in each file",
            found=found[0][1],
            do="download these files again; remove what is no result file, then deliver all of them together",
        )


def _refuse_missing_fields(connection: duckdb.DuckDBPyConnection, rows: tuple[Mapping[str, Column], ...]) -> None:
    needed = [p for row in rows for rule in row.values() if not rule.optional for p in _pointers(rule)]
    found = connection.execute(
        f"""SELECT document_name, list(pointer ORDER BY pointer) AS missing
        FROM document, unnest({text_list(dict.fromkeys(needed))}) AS needed(pointer)
        WHERE NOT json_exists(content, pointer)
        GROUP BY document_number, document_name ORDER BY document_number"""
    ).fetchall()
    if found:
        name, missing = found[0]
        raise DeliveryError(
            f"a field is missing in {len(found)} of the delivery's files",
            place=f"{name}#{missing[0]}",
            expected=", ".join(missing),
            found="no such field",
            do="check that these are result files; where the publisher renamed a field, correct the contract",
        )


def _pointers(rule: Column) -> tuple[str, ...]:
    return (rule.pointer, *rule.plus, *rule.minus, *rule.joined_with) if rule.pointer else ()


def _make_fields(connection: duckdb.DuckDBPyConnection, rows: tuple[Mapping[str, Column], ...]) -> None:
    """Make `field`: a document in each row, the text of each field that a rule names in a column, and as a number's.

    Each document is taken apart once, and no field's expression stands twice.
    """
    pointers = tuple(dict.fromkeys(p for row in rows for rule in row.values() for p in _pointers(rule)))
    nothing, places = literal(NULL_SIGN), tuple(enumerate(pointers, start=1))
    texts = (f"text_of[{place}] AS {_at(pointer)}" for place, pointer in places)
    numbers = (
        f"CASE WHEN is_there[{place}] THEN coalesce(text_of[{place}], {nothing}) END AS {_number_at(pointer)}"
        for place, pointer in places
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE field AS
        SELECT * EXCLUDE (text_of, is_there), {", ".join([*texts, *numbers])}
        FROM (
            SELECT file_name, document_name, document_number,
                json_extract_string(content, {text_list(pointers)}) AS text_of,
                json_exists(content, {text_list(pointers)}) AS is_there
            FROM document
        )"""
    )


def _select(row: Mapping[str, Column], order: int, source: Source) -> str:
    """SQL of one row out of each document: its texts as ours, its numbers as published or reckoned."""
    numbers = {*get_args(NumberColumn), *(n for n, kind in source.extra_columns.items() if kind == "number")}
    figure = row.get("numerator") or row.get("value") or Column(constant="-")
    pointers = literal("#" + ", ".join(_pointers(figure)))
    stated = [f"{_number(rule) if name in numbers else _text(rule)} AS {quoted(name)}" for name, rule in row.items()]
    texts = {name: rule for name, rule in row.items() if name not in numbers}
    cells = [f"{extracted(rule, f'read.trimmed({quoted(name)})')} AS {quoted(name)}" for name, rule in texts.items()]
    codes = [f"{coded(rule, quoted(name))} AS {quoted(name)}" for name, rule in texts.items()]
    # Nested, so that no text is worked out twice.
    return f"""
        SELECT * REPLACE ({", ".join(codes)}) FROM (SELECT * REPLACE ({", ".join(cells)}) FROM (
            SELECT file_name, document_name || {pointers} AS place, 0 AS first_line, {", ".join(stated)},
                document_number, {order} AS row_order
            FROM field))"""


def _text(rule: Column) -> str:
    if rule.constant is not None:
        return literal(rule.constant)
    return f"nullif(concat_ws(' ', {', '.join(map(_at, _pointers(rule)))}), '')"


def _number(rule: Column) -> str:
    """A number's text; NULL where an optional field is missing; of a sum the first part that is no number."""
    if rule.constant is not None:
        return literal(rule.constant)
    parts = [_number_at(pointer) for pointer in _pointers(rule)]
    if len(parts) == 1:
        return parts[0]
    broken = ", ".join(f"CASE WHEN try_cast({part} AS DOUBLE) IS NULL THEN {part} END" for part in parts)
    added = "+".join(f"try_cast({part} AS DOUBLE)" for part in parts[: 1 + len(rule.plus)])
    taken = "".join(f"-try_cast({part} AS DOUBLE)" for part in parts[1 + len(rule.plus) :])
    return f"coalesce({broken}, ({added}{taken})::VARCHAR)"


def _at(pointer: str) -> str:
    """The column with a field's text."""
    return quoted(pointer)


def _number_at(pointer: str) -> str:
    """The column with a number's text: NULL where the field is missing, `NULL_SIGN` where it states nothing."""
    return quoted(f"number at {pointer}")


def _understood(rows: tuple[Mapping[str, Column], ...]) -> dict[str, Column]:
    """The rules that are left to apply: texts are ours already, numbers still to be scaled."""
    return {
        name: Column(header=name, factor=rule.factor, scale_by=rule.scale_by)
        for row in rows
        for name, rule in row.items()
    }


def _has_synthetic_mark(connection: duckdb.DuckDBPyConnection, source: Source) -> bool:
    mark = literal(source.synthetic_mark)
    found = connection.execute(f"SELECT bool_or(contains(content, {mark})) FROM document").fetchone()
    return bool(found and found[0])
