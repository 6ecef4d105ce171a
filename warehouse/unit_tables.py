"""Units as tables: which unit is part of which, when, and under which names publishers know them."""

from __future__ import annotations

from collections import Counter

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
    """SQL of one row per level, name (in small letters) and municipality, and the unit that a publisher means by them.

    Without a municipality a name leads to its unit only where no other municipality has one of that name.
    """
    columns = {"unit_level": TEXT, "published_as": TEXT, "municipality_code": TEXT, "unit_id": TEXT, "unit": TEXT}
    names = tuple(dict.fromkeys(published_names(catalogue)))
    units = {(one.unit_level, one.published_as, one.unit_id) for one in names}
    units_of = Counter((level, name) for level, name, _ in units)
    alone = (one for one in names if units_of[one.unit_level, one.published_as] == 1)
    return select_of(columns, [*names, *((level, name, None, *unit) for level, name, _, *unit in alone)])
