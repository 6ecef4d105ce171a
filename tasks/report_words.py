"""Figures as sentences that a board member understands: plain facts, no verdict."""

from __future__ import annotations

from typing import Any

from tasks.report_numbers import Numbers


class Words(Numbers):
    """What the templates say, in one language. Rows are those of `reports/queries/`."""

    def __init__(self, texts: dict[str, Any]) -> None:
        super().__init__(texts)
        self.texts = texts
        self.language: str = texts["language"]

    def of(self, row: dict[str, Any], name: str) -> Any:
        """A text of the catalogue in this language; Danish is the official one and always there."""
        own = row.get(f"{name}_{self.language}")
        return own or row[name]

    def reason(self, missing_reason: str) -> str:
        """Why a cell is empty, in a few words."""
        return self.texts["missing"]["reason"][missing_reason]

    def no_figure(self, missing_reason: str | None) -> str:
        """What an empty cell says; a cell without a stated reason has not been delivered."""
        return self.texts["missing"]["short"].format(reason=self.reason(missing_reason or "not_delivered"))

    def names(self, names: list[str]) -> str:
        """A list in words; semicolons, because the names of sources hold commas: 'a; b og c'."""
        if len(names) < 2:
            return "".join(names)
        return f"{'; '.join(names[:-1])} {self.texts['banner']['and']} {names[-1]}"

    def series_break(self, series_break: dict[str, Any]) -> str:
        """From when, for whose figures, and why a series is broken; one full stop whether it had one or not."""
        told, level = self.texts["series_break"], series_break["area_level"]
        return told["told"].format(
            day=self.day(series_break["from_day"]),
            concerns=told["concerns"][level] if level else "",
            because=f"{self.of(series_break, 'because').rstrip('.')}.",
        )

    def change(self, cell: dict[str, Any]) -> str:
        """The development since the baseline in a sentence, or why it cannot be shown."""
        return self._why_no_change(cell) or self._moved(cell)

    def shows_change(self, cell: dict[str, Any]) -> bool:
        """Whether the development is told, and not why it cannot be."""
        return not self._why_no_change(cell)

    def _why_no_change(self, cell: dict[str, Any]) -> str:
        change = self.texts["change"]
        if cell["latest_value"] is None:
            return change["no_figure"]
        if cell["baseline_period"] is None:
            return change["no_baseline"]
        start, end = self.period(cell["baseline_period"]), self.period(cell["latest_period"])
        if cell["baseline_value"] is None:
            reason = self.reason(cell["baseline_missing_reason"] or "not_delivered")
            return change["baseline_missing"].format(start=start, reason=reason)
        if cell["series_break"]:
            return change["series_break"].format(start=start, end=end)
        return change["no_newer"] if cell["change"] is None else ""

    def _moved(self, cell: dict[str, Any]) -> str:
        change, kind, unit = self.texts["change"], cell["kind"], cell["unit"]
        own = cell["change"]
        unchanged = self.is_unchanged(own, unit)
        sentence = change["unchanged" if unchanged else "moved"].format(
            noun=change["noun"][kind],
            verb=self._verb(own),
            amount=self.difference(own, unit),
            start=self.period(cell["baseline_period"]),
            end=self.period(cell["latest_period"]),
        )
        municipality = self._moved_in_municipality(cell, with_unit=unchanged)
        return change["both"].format(own=sentence, municipality=municipality)

    def _moved_in_municipality(self, cell: dict[str, Any], *, with_unit: bool) -> str:
        change, moved, unit = self.texts["change"], cell["change_municipality"], cell["unit"]
        pronoun = change["pronoun"][cell["kind"]]
        if moved is None:
            return change["municipality_unknown"]
        if self.is_unchanged(moved, unit):
            return change["municipality_unchanged"].format(pronoun=pronoun)
        amount = self.difference(moved, unit) if with_unit else self.bare_difference(moved, unit)
        return change["municipality_moved"].format(verb=self._verb(moved), pronoun=pronoun, amount=amount)

    def _verb(self, change: float) -> str:
        return self.texts["change"]["verb"]["rose" if change > 0 else "fell"]

    def newer(self, cell: dict[str, Any]) -> str:
        """That a newer period exists for which the area has no figure, why, and the municipality's figure."""
        known = cell["newer_municipality"]
        told = self.texts["change"]["newer" if known is None else "newer_and_municipality"].format(
            period=self.period(cell["newer_period"]),
            reason=self.reason(cell["newer_period_missing_reason"] or "not_delivered"),
            value="" if known is None else self.amount(known, cell["unit"]),
        )
        return told if told.endswith(".") else f"{told}."

    def states(self, sources: list[dict[str, Any]]) -> str:
        """How many sources are in which state: '4 ajour, 1 stoppet'."""
        found = [source["state"] for source in sources]
        if set(found) <= {"fresh"}:
            return self.texts["frame"]["all_fresh"]
        told = [
            self.texts["state"]["count"].format(count=found.count(state), state=self.texts["state"][state])
            for state in ("fresh", "due", "late", "stopped")
            if state in found
        ]
        return self.texts["frame"]["source_states"].format(states=", ".join(told))

    def place(self, row: dict[str, Any]) -> str:
        """An area's name; the sum of the areas has a name of its own in each language."""
        return self.texts["place"]["total"] if row["area_id"] == "total" else row["area"]

    def source_line(self, series: dict[str, Any]) -> str:
        """Whose figures a series shows, and the municipality's source where it is another one."""
        source, municipality = self.of(series, "source"), self.of(series, "municipality_source")
        told = self.texts["overview"]["source" if municipality in (None, source) else "two_sources"]
        return told.format(source=source, municipality=municipality)

    def context_title(self, group: dict[str, Any]) -> str:
        """The heading of one source's context figures."""
        titles = self.texts["context"]["source"]
        return titles.get(group["source_id"], titles["other"]).format(source=self.of(group, "source"))

    def counts(self, point: dict[str, Any], kind: str) -> str:
        """The counts behind a figure: '134 af 430', '54 svar, svarprocent 38,8 pct.', '34 elever'."""
        goal, denominator = self.texts["goal"], self.plain(point["denominator"])
        if kind == "mean":
            return goal["pupils"].format(denominator=denominator)
        if kind != "survey_share":
            return goal["counts"].format(numerator=self.plain(point["numerator"]), denominator=denominator)
        answers = goal["answers"].format(denominator=denominator)
        rate = point["response_rate"]
        told = goal["response_rate"].format(value=self.amount(rate, "fraction")) if rate is not None else ""
        return ", ".join(filter(None, (answers, told)))
