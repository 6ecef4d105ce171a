"""Every name under which a department, area, agreement, municipality or polling district is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from catalogue.definitions import Agreement, UnitLevel
from catalogue.load import Catalogue


class PublishedName(NamedTuple):
    """A name or code in lower case, the municipality of the unit that it leads to, that unit, and its own name."""

    unit_level: UnitLevel
    published_as: str
    municipality_code: str
    unit_id: str
    unit: str


def published_names(catalogue: Catalogue) -> Iterator[PublishedName]:
    """Names and codes of all units; a name that is given twice comes twice."""
    for agreement in catalogue.agreements:
        yield from names_of_agreement(agreement)
    yield from names_of_municipalities(catalogue)
    for row in catalogue.polling_districts:
        yield PublishedName("polling_district", row["dagi_id"], row["municipality_code"], row["dagi_id"], row["name"])


def names_of_municipalities(catalogue: Catalogue) -> Iterator[PublishedName]:
    """Each municipality's code and name, with and without the word Kommune."""
    for row in catalogue.municipalities:
        code, name = row["municipality_code"], row["name"]
        for published in (code, name, f"{name} Kommune"):
            yield PublishedName("municipality", published.casefold(), code, code, name)


def names_of_agreement(agreement: Agreement) -> Iterator[PublishedName]:
    """Names and codes of an agreement, its areas (also as the ministry calls them) and its departments."""
    code = agreement.municipality_code
    for name in (agreement.agreement_id, agreement.name, *agreement.published_as):
        yield PublishedName("agreement", name.casefold(), code, agreement.agreement_id, agreement.name)
    for area in agreement.areas:
        for name in (area.area_id, area.name, *area.published_as):
            yield PublishedName("area", name.casefold(), code, area.area_id, area.name)
        if area.ministry_list_name:
            name = area.ministry_list_name
            yield PublishedName("ministry_area", name.casefold(), code, area.area_id, name)
        for department in area.departments:
            for name in (department.department_id, department.name, *department.published_as):
                yield PublishedName("department", name.casefold(), code, department.department_id, department.name)
