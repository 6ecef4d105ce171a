"""Units as tables: which unit is part of which, when, and under which names publishers know them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from catalogue.load import Catalogue
from catalogue.units import published_names

TEXT, DAY, WHOLE, NUMBER, TRUTH = pa.string(), pa.date32(), pa.int32(), pa.float64(), pa.bool_()


def table_of(columns: dict[str, pa.DataType], rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    """An Arrow table of these rows; no rows give an empty table with the same columns."""
    kept = list(rows)
    arrays = [pa.array([row[index] for row in kept], type=kind) for index, kind in enumerate(columns.values())]
    return pa.table(arrays, names=list(columns))


def memberships(catalogue: Catalogue) -> pa.Table:
    """One row per unit and the larger unit that it belongs to, with the first and last day of belonging."""
    columns = {
        "child_level": TEXT, "child_id": TEXT, "child": TEXT, "parent_level": TEXT, "parent_id": TEXT,
        "valid_from": DAY, "valid_to": DAY,
    }  # fmt: skip
    departments = (
        ("department", d.department_id, d.name, "area", area.area_id, d.valid_from, d.valid_to)
        for agreement in catalogue.agreements
        for area in agreement.areas
        for d in area.departments
    )
    areas = (
        ("area", area.area_id, area.name, "agreement", agreement.agreement_id, None, None)
        for agreement in catalogue.agreements
        for area in agreement.areas
    )
    rows = [*departments, *areas]
    dates = ("valid_from", "valid_to")
    districts = (
        (
            "polling_district",
            row["dagi_id"],
            row["name"],
            "municipality",
            row["municipality_code"],
            *map(row.get, dates),
        )
        for row in catalogue.polling_districts
    )
    return pa.concat_tables([table_of(columns, rows), _dated(columns, districts)])


def _dated(columns: dict[str, pa.DataType], rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    as_text = dict.fromkeys(columns, TEXT)
    table = table_of(as_text, (tuple(cell or None for cell in row) for row in rows))
    return table.cast(pa.schema(list(columns.items())))


def published_as(catalogue: Catalogue) -> pa.Table:
    """One row per level and name (in small letters) under which a publisher may write of a unit."""
    columns = {"unit_level": TEXT, "published_as": TEXT, "unit_id": TEXT, "unit": TEXT}
    return table_of(columns, dict.fromkeys(published_names(catalogue)))
