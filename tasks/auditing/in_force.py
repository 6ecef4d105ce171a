"""What was in force in the year of a pack: definitions, catalogue, and the series that the duty was about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tasks.auditing.index_sections import Section, section
from tasks.auditing.names import Names
from tasks.auditing.tables import Table
from tasks.auditing.year import Year

# Of a definition, what the board's papers show.
_SHOWN = ("indicator", "numerator", "denominator", "better", "definition_version")


def fixed_at_the_end(year: Year, definitions: Table) -> frozenset[str]:
    """The agreement's fixed series in the last publication made by the end of the year; none where it is not known."""
    if not year.publications:
        return frozenset()
    last = year.publications[-1].body["publication_id"]
    return frozenset(
        row["indicator_id"] for row in definitions.records() if (row["publication_id"], row["role"]) == (last, "fixed")
    )


def duty_of_then(year: Year, tables: Mapping[str, Table]) -> Table:
    """The duty of a year without the series that were made fixed only after it."""
    duty, then = tables["duty"], fixed_at_the_end(year, tables["definitions"])
    at = list(duty.columns).index("indicator_id")
    return replace(duty, rows=tuple(row for row in duty.rows if not then or row[at] in then))


def in_force(year: Year, tables: Mapping[str, Table], catalogue_digest: str, names: Names) -> Section:
    """Which catalogue each publication seen was made of, what has changed in its definitions, whose duty it was."""
    texts, changed = names.texts, _changed(year, tables["definitions"], names)
    points = [_catalogue(one.body, catalogue_digest, names) for one in year.seen]
    points += _duty(year, tables, names)
    if not changed:
        points.append(texts["in_force_unchanged"])
    return section(texts["in_force"], points, texts["in_force_columns"], changed)


def _catalogue(publication: Mapping[str, Any], digest: str, names: Names) -> str:
    told = "in_force_same" if publication.get("catalogue_digest") == digest else "in_force_other"
    return names.texts[told].format(publication=names.publication(publication["publication_id"]))


def _duty(year: Year, tables: Mapping[str, Table], names: Names) -> list[str]:
    texts, then = names.texts, fixed_at_the_end(year, tables["definitions"])
    if not then:
        return [texts["duty_of_now"]]
    now = {row["indicator_id"] for row in _now(year, tables["definitions"]).values() if row["role"] == "fixed"}
    publication = names.publication(year.publications[-1].body["publication_id"])
    told = {"duty_dropped": sorted(then - now), "duty_added": sorted(now - then)}
    return [texts["duty_of_then"].format(publication=publication)] + [
        texts[key].format(names=names.words.names(list(map(names.in_full, of)))) for key, of in told.items() if of
    ]


def _now(year: Year, definitions: Table) -> dict[str, dict[str, Any]]:
    """The definitions of now, or of the newest publication seen where nothing has changed since."""
    told = {one.body["publication_id"] for one in (*year.seen, *year.publications[-1:])}
    now = {row["indicator_id"]: row for row in definitions.records() if row["publication_id"] not in told}
    seen = {row["indicator_id"]: row for row in definitions.records()}
    return now or seen


def _changed(year: Year, definitions: Table, names: Names) -> list[tuple[str, ...]]:
    """Indicator, publication, what, then, now: every definition of a fixed series that a meeting saw otherwise."""
    now, seen = _now(year, definitions), [one.body["publication_id"] for one in year.seen]
    told, wanted = names.texts["defined"], names.words.texts["overview"]["wanted"]
    return [
        (
            names.indicator(row["indicator_id"]), names.publication(row["publication_id"]), told[name],
            *(wanted.get(value, str(value)) for value in (row[name], now[row["indicator_id"]][name])),
        )
        for row in definitions.records()
        for name in _SHOWN
        if row["publication_id"] in seen and row["role"] == "fixed" and row["indicator_id"] in now
        and row[name] != now[row["indicator_id"]][name]
    ]  # fmt: skip
