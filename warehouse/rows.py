"""Rows out of Python as tables of DuckDB, by way of JSON.

Bound parameters and Arrow tables would do as well, but either makes DuckDB import pandas: a quarter of a
second in every process, as long as building the whole warehouse of one agreement takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from warehouse.sql_text import literal

TEXT, DAY, MOMENT, WHOLE, NUMBER, TRUTH = "VARCHAR", "DATE", "TIMESTAMP", "INTEGER", "DOUBLE", "BOOLEAN"


def select_of(columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]]) -> str:
    """A SELECT of these rows under these columns (name -> type of DuckDB); no rows give no row of the same types.

    Days and moments may be given as such or as ISO text; a moment is taken without its zone.
    """
    kept = list(rows)
    # DuckDB hands on 2,048 rows at a time, and for each of these looks at the whole list that they stand in.
    chunks = [kept[first : first + _CHUNK] for first in range(0, len(kept), _CHUNK)] or [[]]
    cells = ({name: [row[place] for row in chunk] for place, name in enumerate(columns)} for chunk in chunks)
    values = ", ".join(f"({_json(chunk)})" for chunk in cells)
    lists = ", ".join(f'unnest(cells."{name}") AS "{name}"' for name in columns)
    shape = _json({name: [kind] for name, kind in columns.items()})
    return f"SELECT {lists} FROM (SELECT from_json(chunk, {shape}) AS cells FROM (VALUES {values}) AS chunks (chunk))"


_CHUNK = 2048


def _json(value: object) -> str:
    return literal(json.dumps(value, ensure_ascii=False, default=str))
