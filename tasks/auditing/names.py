"""What the index of a pack calls things: names, days and figures as the board's papers write them, never an id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from tasks.auditing.tables import Table
from tasks.reporting.figures import CHECK_CODE_LENGTH
from tasks.reporting.folder import texts
from tasks.reporting.numbers import board_time
from tasks.reporting.words import Words
from warehouse.ledger import Entry

Row = Mapping[str, Any]


class Names:
    """The names of one year's tables in one language. What no table knows keeps its id.

    Publications are those of the whole ledger: a year's paper may be superseded in the next.
    """

    def __init__(self, tables: Mapping[str, Table], entries: Iterable[Entry], language: str) -> None:
        self.words = Words(texts(language))
        self.texts: dict[str, Any] = self.words.texts["pack"]
        self._indicators = _by(tables["definitions"], "indicator_id")
        self._areas = _by(tables["areas"], "agreement_id", "area_id")
        self._sources = _by(tables["sources"], "source_id")
        self._publications = {one.body["publication_id"]: one for one in entries if one.kind == "publication_made"}

    def indicator(self, indicator_id: str) -> str:
        """An indicator's short name."""
        return self._of(self._indicators.get(indicator_id), "short_name", indicator_id)

    def in_full(self, indicator_id: str) -> str:
        """An indicator in the agreement's own words."""
        return self._of(self._indicators.get(indicator_id), "indicator", indicator_id).rstrip(".")

    def area(self, agreement_id: str, area_id: str) -> str:
        """An area's name, or that it is all of them, or the municipality."""
        if area_id == "municipality":
            return self.words.texts["overview"]["municipality"]
        known = self._areas.get((agreement_id, area_id), {"area": area_id})
        return self.words.place(known | {"area_id": area_id})

    def source(self, source_id: str) -> str:
        """A source's name."""
        return self._of(self._sources.get(source_id), "source", source_id)

    def sources(self, source_ids: Iterable[str]) -> str:
        """Several of them in words."""
        return self.words.names([self.source(one) for one in sorted(set(source_ids))])

    def publication(self, publication_id: str | None) -> str:
        """A publication by its day and its check code, as every page of the papers has them."""
        known = self._publications.get(publication_id or "")
        if not known:
            return publication_id or ""
        return self.texts["publication"].format(day=self.day(known.time), code=known.digest[:CHECK_CODE_LENGTH])

    def day(self, day: date | str | None) -> str:
        """A day in words; a moment by the day that it was in Denmark."""
        if not day:
            return ""
        if isinstance(day, str):
            day = datetime.fromisoformat(day)
        if isinstance(day, datetime):
            day = board_time(seconds(day))
        return self.words.day(day)

    def moment(self, moment: str) -> str:
        """A moment of the ledger by the board's own clock."""
        return self.words.moment(seconds(datetime.fromisoformat(moment)))

    def figure(self, value: float | None, missing_reason: str | None, indicator_id: str) -> str:
        """A figure with its unit, or why there is none."""
        known = self._indicators.get(indicator_id)
        if value is None or known is None:
            return self.words.reason(missing_reason) if missing_reason else ""
        return self.words.amount(value, known["unit"])

    def yes_or_no(self, is_so: bool) -> str:
        """A yes or a no."""
        return self.texts["yes" if is_so else "no"]

    def _of(self, row: Row | None, name: str, otherwise: str) -> str:
        return self.words.of(dict(row), name) if row else otherwise


def _by(table: Table, *columns: str) -> dict[Any, dict[str, Any]]:
    """Rows by their key: a text for one column, a tuple for several."""
    rows = table.records()
    return {row[columns[0]] if len(columns) == 1 else tuple(row[name] for name in columns): row for row in rows}


def seconds(moment: datetime) -> int:
    """Seconds since 1970; the warehouse keeps its moments in UTC without saying so."""
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
