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
    cells = {name: [row[place] for row in kept] for place, name in enumerate(columns)}
    shape = {name: [kind] for name, kind in columns.items()}
    lists = ", ".join(f'unnest(cells."{name}") AS "{name}"' for name in columns)
    return f"SELECT {lists} FROM (SELECT from_json({_json(cells)}, {_json(shape)}) AS cells)"


def _json(value: object) -> str:
    return literal(json.dumps(value, ensure_ascii=False, default=str))
