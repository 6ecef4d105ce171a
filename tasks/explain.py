"""One figure explained from the published warehouse: audit.explain, and its facts as lines for a person.

It reads one file and nothing else, and imports little, for it must answer while somebody waits.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError
from warehouse.query import open_published
from warehouse.sql_text import literal

Explanation = dict[str, Any]
_MOST_CELLS = 6
_OTHERWISE = {"period": "leave the period out for the newest one, or name one of these"}
_NAMES = {
    "indicator": "SELECT DISTINCT concat(indicator_id, ' (', short_name, ')') FROM catalogue.indicator"
    " WHERE role = 'fixed' ORDER BY ALL",
    "area": "SELECT DISTINCT concat(area_id, ' (', area, ')') FROM core.reported_unit"
    " WHERE area_level IN ('area', 'total', 'municipality') ORDER BY ALL",
}
# Everyday words, each with its indicator.
_ALSO_CALLED = """SELECT unnest(string_split(also_called, '; ')), concat(indicator_id, ' (', short_name, ')')
    FROM catalogue.indicator WHERE role = 'fixed' ORDER BY ALL"""


def explain(warehouse_file: Path, indicator: str, area: str, period: str | None = None) -> list[Explanation]:
    """The explanations of the figures that these names fit (see audit.figure_asked_for), as rows of audit.explain.

    Mostly one; more where a number names several series, or several agreements have an area of the name. Raises
    HelhedsplanError, with what there is, where nothing fits.
    """
    with open_published(warehouse_file) as connection:
        # A small answer: further threads would only wait for one another.
        asked = f"{literal(indicator)}, {literal(area)}, {literal(period) if period else 'NULL'}"
        cursor = connection.execute(f"FROM audit.explain({asked})")
        columns = [column[0] for column in cursor.description or []]
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        if not found:
            raise _nothing(connection, indicator, area, period)
        return [
            one | {"rows_rejected": _rejected(connection, one), "development": _development(connection, one)}
            for one in found
        ]


def _rejected(connection: duckdb.DuckDBPyConnection, one: Explanation) -> list[dict[str, Any]]:
    """The rows in quarantine that the figure was to be made of: place, checks, and why they are checked."""
    key = ", ".join(literal(one[name]) for name in ("agreement_id", "indicator_id", "area_id", "period"))
    rows = connection.execute(
        f"""SELECT locator, failed_checks, string_split(because, ' | ') FROM audit.rejected_row
        WHERE (agreement_id, indicator_id, area_id, period) = ({key}) AND state IS DISTINCT FROM 'replayed'
        ORDER BY delivery_id, row_number"""
    ).fetchall()
    return [dict(zip(("cell", "checks", "because"), row, strict=True)) for row in rows]


def _development(connection: duckdb.DuckDBPyConnection, one: Explanation) -> dict[str, Any] | None:
    """The board's row about the area and indicator: baseline against latest, D, verdict; None where it has none."""
    key = ", ".join(literal(one[name]) for name in ("agreement_id", "indicator_id", "area_id"))
    cursor = connection.execute(
        f"""SELECT * EXCLUDE (known_at, baseline_signed_at) FROM mart.goal_indicator
        WHERE (agreement_id, indicator_id, area_id) = ({key})"""
    )
    columns = [column[0] for column in cursor.description or []]
    return next((dict(zip(columns, row, strict=True)) for row in cursor.fetchall()), None)


def _nothing(connection: duckdb.DuckDBPyConnection, indicator: str, area: str, period: str | None) -> HelhedsplanError:
    periods = _column(
        connection,
        f"""SELECT DISTINCT period FROM mart.indicator_series WHERE (indicator_id, area_id) IN (
            SELECT (indicator_id, area_id) FROM audit.figure_asked_for({literal(indicator)}, {literal(area)}))
        ORDER BY ALL""",
    )
    if period and periods:
        return _unknown("period", period, periods, {})
    of_indicator = f"SELECT 1 FROM audit.figure_asked_for({literal(indicator)}, 'municipality') LIMIT 1"
    which = "area" if _column(connection, of_indicator) else "indicator"
    also_called = dict(connection.execute(_ALSO_CALLED).fetchall()) if which == "indicator" else {}
    return _unknown(which, area if which == "area" else indicator, _column(connection, _NAMES[which]), also_called)


def _unknown(which: str, name: str, known: list[str], also_called: dict[str, str]) -> HelhedsplanError:
    return HelhedsplanError(
        f"there is no figure to explain: the {which} is not known here",
        expected=_near(name, known, also_called) + "one of: " + "; ".join(known),
        found=name,
        do=_OTHERWISE.get(which, f"name the {which} by its id or a part of its name"),
    )


def _near(name: str, known: list[str], also_called: dict[str, str]) -> str:
    """What was perhaps meant: those whose id, name, a word of it or everyday word is nearest to a misspelled one."""
    spelled = also_called | {
        spelling.strip(" ()").lower(): one
        for one in known
        for spelling in (*re.split(r"[\s(),_]+", one), one, *one.split(" ", 1))
    }
    close = dict.fromkeys(spelled[one] for one in get_close_matches(name.strip().lower(), spelled, n=3, cutoff=0.6))
    return f"perhaps {' or '.join(close)}; else " if close else ""


def _column(connection: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return [value for (value,) in connection.execute(query).fetchall()]


def explained_in_words(explanation: Explanation, language: str) -> list[tuple[str, str]]:
    """The lines for a person, as (label, text); the first has no label and is the sentence."""
    from tasks.reporting.folder import texts
    from tasks.reporting.words import Words

    return _Lines(Words(texts(language)), explanation).all()


class _Lines:
    def __init__(self, words: Any, explanation: Explanation) -> None:
        self.words, self.it = words, explanation
        self.text: dict[str, Any] = words.texts["explain"]

    def all(self) -> list[tuple[str, str]]:
        suffix = "" if self.words.language == "da" else "_en"
        lines = [("", self.it[f"sentence{suffix}"]), *self._empty(), *self._rejected(), *self._figure(suffix)]
        lines += [*self._development(), *self._cells()]
        lines += [*self._deliveries(), *self._checks(), *self._revisions(), *self._baseline(), self._definition()]
        return [*lines, (self.text["publication"], self.it["publication_id"])]

    def _empty(self) -> list[tuple[str, str]]:
        reason = self.it["reason_told"]
        return [(self.text["why_empty"], self.words.texts["missing"]["explained"][reason])] if reason else []

    def _rejected(self) -> list[tuple[str, str]]:
        form = self.text["rejected_told"]
        return [
            (self.text["rejected"], form.format(cell=self.words.located(row["cell"]), check=check, because=told))
            for row in self.it["rows_rejected"]
            for check, because in zip(row["checks"], row["because"], strict=True)
            for told in [self.words.check(check, because).rstrip(".")]
        ]

    def _figure(self, suffix: str) -> list[tuple[str, str]]:
        lines = [(self.text["formula"], self.it[f"formula{suffix}"])]
        if self.it["low"] is not None:
            limits = self.words.interval(self.it["low"], self.it["high"], self.it["unit"])
            lines.append((self.text["interval"], limits))
        if self.it["carried_over_because"]:
            told = self.text["carried_over_because"][self.it["carried_over_because"]]
            lines.append((self.text["carried_over"], told))
        # Also where a figure lacks: that an absent row is 0 or withheld, unknown which, is told by no reason.
        return [*lines, (self.text["note"], self.it["note"]), (self.text["corrected"], self.it["corrected_because"])]

    def _development(self) -> list[tuple[str, str]]:
        """What the page says of the development, and the sum that it rests on, rounded as there."""
        cell = self.it["development"]
        if cell is None:
            return []
        lines = [(self.text["development"], self.words.told(cell))]
        if cell["development"] is None:
            return lines
        ends = ("latest_value", "latest_municipality", "baseline_value", "baseline_municipality")
        amounts = {name: self.words.amount(cell[name], cell["unit"]) for name in ends}
        lines.append(("", self.text["development_sum"].format(**amounts, development=self.words.development(cell))))
        if cell["development_low"] is not None:
            interval = self.text["development_interval"].format(interval=self.words.development_interval(cell))
            lines.append(("", interval))
        return lines

    def _cells(self) -> list[tuple[str, str]]:
        cells = [self.words.located(cell["cell"]) for cell in self.it["cells"]]
        shown = cells[:_MOST_CELLS]
        if len(cells) > len(shown):
            shown.append(self.text["more_cells"].format(n=len(cells) - len(shown)))
        label = self.text["cell" if len(cells) == 1 else "cells"]
        return [(label if number == 0 else "", cell) for number, cell in enumerate(shown)]

    def _deliveries(self) -> list[tuple[str, str]]:
        lines = []
        for one in self.it["deliveries"]:
            received, approved = (self._moment(one[name]) for name in ("received_at", "approved_at"))
            told = self.text["received"].format(**one | {"received": received, "approved": approved})
            lines += [(self.text["delivery"], told), ("", self.text["sha256"].format(**one))]
        return lines

    def _checks(self) -> list[tuple[str, str]]:
        if self.it["checks_passed"] is None:
            return []
        failed = self.it["checks_failed"]
        here = [self._failed(one) for one in failed if one["is_about_this_figure"]]
        elsewhere = len(failed) - len(here)
        form = self.text["checks_told"]["here" if here else "elsewhere" if elsewhere else "nothing"]
        told = form.format(passed=self.it["checks_passed"], here=len(here), elsewhere=elsewhere)
        return [(self.text["checks"], told), *(("", one) for one in here)]

    def _failed(self, one: dict[str, Any]) -> str:
        because, severity = self.words.check(one["check"], one["because"]), self.text["severity"][one["severity"]]
        return self.text["check_failed"].format(check=one["check"], severity=severity, because=because)

    def _revisions(self) -> list[tuple[str, str]]:
        since, revisions = self.it["since_last_publication"], self.it["revisions"]
        told = self.text["since_last_publication"][since]
        if since == "revised":
            told, revisions = told.format(**self._revision(revisions[0])), revisions[1:]
        earlier = [self.text["earlier_told"].format(**self._revision(one)) for one in revisions]
        return [(self.text["since"], told), *((self.text["earlier"], one) for one in earlier)]

    def _revision(self, revision: dict[str, Any]) -> dict[str, str]:
        return {
            "day": self._moment(revision["revised_at"]),
            "cause": self.text["cause"][revision["cause"]],
            "old": self._side(revision["old_value"], revision["old_missing_reason"]),
            "new": self._side(revision["new_value"], revision["new_missing_reason"]),
        }

    def _moment(self, utc: datetime) -> str:
        return self.words.moment(int(utc.replace(tzinfo=UTC).timestamp()))

    def _side(self, value: float | None, missing_reason: str | None) -> str:
        if value is not None:
            return self.words.amount_as_published(value, self.it["unit"])
        # Shown once, and withheld since.
        return self.words.reason(missing_reason or "withheld_here")

    def _baseline(self) -> list[tuple[str, str]]:
        if not self.it["is_baseline"]:
            return []
        signed, because = self.it["baseline_value_as_signed"], self.it["baseline_revised_because"]
        told = [self.text["baseline_told"]]
        if because is not None and signed is not None:
            revised = self.words.texts["verdict"]["revised"]
            value = self.words.amount_as_published(signed, self.it["unit"])
            told.append(revised["told"].format(value=value, because=revised["because"][because]))
        return [(self.text["baseline"], " ".join(told))]

    def _definition(self) -> tuple[str, str]:
        form = "definition_told" if self.it["definition_numerator"] else "definition_plain"
        told = self.text[form].format(
            wording=self.it["official_wording" if self.words.language == "da" else "official_wording_en"],
            version=self.it["definition_version"],
            status=self.words.texts["goal"]["status"][self.it["definition_status"]],
            numerator=self.it["definition_numerator"],
            denominator=self.it["definition_denominator"],
        )
        return self.text["definition"], told
