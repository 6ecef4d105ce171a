"""Units as tables: which unit is part of which, when, and under which names publishers know them."""

from __future__ import annotations

from catalogue.load import Catalogue
from catalogue.units import published_names
from warehouse.rows import DAY, TEXT, select_of


def memberships(catalogue: Catalogue) -> str:
    """SQL of one row per unit and the larger unit that it belongs to, with the first and last day of belonging."""
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
    districts = (
        (
            "polling_district",
            row["dagi_id"],
            row["name"],
            "municipality",
            row["municipality_code"],
            row["valid_from"] or None,
            row["valid_to"] or None,
        )
        for row in catalogue.polling_districts
    )
    return select_of(columns, [*departments, *areas, *districts])


def published_as(catalogue: Catalogue) -> str:
    """SQL of one row per level and name (in small letters) under which a publisher may write of a unit."""
    columns = {"unit_level": TEXT, "published_as": TEXT, "unit_id": TEXT, "unit": TEXT}
    return select_of(columns, dict.fromkeys(published_names(catalogue)))
