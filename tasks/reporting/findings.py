"""What the checks found and where, in a reader's words: '1 fundet: Grundlæggende trygge, måling 2023'."""

from __future__ import annotations

import re
from typing import Any

from tasks.reporting.folder import checks_in_danish
from tasks.reporting.sentences import Sentences

Row = dict[str, Any]
_FOUND = re.compile(r"(?P<failing>[\d,]+) (of (?P<rows>[\d,]+) rows|found)(: (?P<places>.*))?", re.DOTALL)
# A finding of a query is its columns, 'indicator_id=feels_safe, period=2023-wave'; one of a row is the row's place.
_COLUMN = re.compile(r"(\w+)=(.*?)(?=, \w+=|$)")
_LINE = re.compile(r"(?P<before>^|, |\.csv )line (?=\d+([,… ]|$))")
_HOW_MANY = re.compile(r"\((?P<count>\d+) (?P<unit>lines|values)\)")


class Findings(Sentences):
    """Checks, what they found, and places in received files, in one language."""

    def check(self, check: str, because: str) -> str:
        """What a check says: in Danish what is wrong, in English why it is checked."""
        return checks_in_danish().get(check, because) if self.language == "da" else because

    def observed(self, warning: Row) -> str:
        """What a check found: '1 af 910 rækker: Data!H370', '2 fundet: …'; anything else as the check told it.

        `warning` has `observed` and `names`: id of an indicator, area, agreement or municipality -> its names.
        """
        told, texts = warning["observed"] or "", self.texts["sources"]
        found = _FOUND.fullmatch(told)
        if not found:
            return told
        form = texts["warning_rows" if found["rows"] else "warning_findings"]
        counts = {name: self.plain(int((found[name] or "0").replace(",", ""))) for name in ("failing", "rows")}
        places = [self._finding(one, warning["names"]) for one in (found["places"] or "").split("; ") if one]
        return form.format(**counts, places=f": {'; '.join(places)}" if places else "")

    def located(self, place: str) -> str:
        """A place in a received file: 'tal.csv, linje 3'; cells and JSON pointers are the same in every language."""
        texts = self.texts["place"]
        told = _LINE.sub(lambda found: f"{found['before']}{texts['line']} ", place)
        return _HOW_MANY.sub(lambda found: f"({found['count']} {texts[found['unit']]})", told)

    def _finding(self, told: str, names: dict[str, Row]) -> str:
        columns = dict(_COLUMN.findall(told)) if re.match(r"\w+=", told) else {}
        if not columns:
            return self.located(told)
        level = columns.pop("unit_level", None)
        parts = [self._told(column, value, level, names) for column, value in columns.items()]
        return ", ".join(filter(None, parts))

    def _told(self, column: str, value: str, level: str | None, names: dict[str, Row]) -> str:
        texts = self.texts["finding"]
        is_named = column in ("indicator_id", "agreement_id", "area_id") or level in ("area", "municipality")
        said = self.of(names[value], "name") if is_named and value in names else value
        if column in ("unit", "unit_id"):
            return texts["unit"].get(level, "{unit}").format(unit=said)
        if column == "area_id":
            return self.place({"area_id": value, "area": said})
        if column in ("period", "newest"):
            return self.period(value, "in_table")
        if column == "corrected_column":
            return texts["figure"].get(value, value)
        return texts["column"].get(column, "{value}").format(value=said)

    def place(self, row: Row) -> str:
        """An area's name; the sum of the areas has a name of its own in each language."""
        return self.texts["place"]["total"] if row["area_id"] == "total" else row["area"]
