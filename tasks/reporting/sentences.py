"""Figures and verdicts as sentences that a board member understands: what happened, and what can be said of it.

A verdict holds the area's development against the municipality's. No sentence here says why anything happened.
"""

from __future__ import annotations

from typing import Any

from tasks.reporting.numbers import Numbers

Cell = dict[str, Any]


class Sentences(Numbers):
    """The sentences about one row of `mart.goal_indicator`, in one language."""

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

    def told(self, cell: Cell) -> str:
        """The whole statement: how the area and the municipality moved, then the verdict."""
        moved = self._moved(cell) if cell["change"] is not None else ""
        return " ".join(filter(None, (moved, self.verdict_told(cell))))

    def told_in_short(self, cell: Cell) -> str:
        """The same without the periods, for the page that shows every indicator."""
        moved = self._moved(cell, in_short=True) if cell["change"] is not None else ""
        return " ".join(filter(None, (moved, self.verdict_told(cell))))

    def verdict(self, cell: Cell) -> str:
        """The verdict in two or three words, as they stand beside its mark."""
        return self.texts["verdict"]["mark"][cell["verdict"]]

    def verdict_told(self, cell: Cell) -> str:
        """The verdict as a sentence, with its reason where it cannot be judged."""
        told = self.texts["verdict"]["told"]
        if cell["verdict"] == "cannot_be_judged":
            return told["cannot_be_judged"].format(because=self.because(cell))
        if cell["verdict"] != "no_certain_difference":
            return told[cell["verdict"]].format(who=self._who(cell))
        smallest = cell["smallest_detectable_change"]
        if smallest is None:
            return told["no_certain_difference"]
        people = self.texts["verdict"]["people"][cell["kind"]]
        # The smallest change is one of the development against the municipality's, not of the area's own.
        distance = self.difference(abs(cell["development"]), cell["unit"])
        return told["too_few"].format(
            distance=distance, people=people, smallest=self.difference(smallest, cell["unit"])
        )

    def _who(self, cell: Cell) -> str:
        return self.texts["verdict"]["who"]["total" if cell["area_id"] == "total" else "area"]

    def because(self, cell: Cell) -> str:
        """Why a development cannot be judged, as half a sentence."""
        reasons, reason = self.texts["verdict"]["because"], cell["verdict_reason"]
        if reason in ("not_delivered", "withheld", "no_baseline"):
            return self._missing_part(cell) or reasons[reason]
        start, end = cell["baseline_period"], cell["latest_period"]
        between = {"start": self.period(start) if start else "", "end": self.period(end) if end else ""}
        # Only a survey has a questionnaire; other figures differ by who counted.
        is_source = reason == "different_instrument" and cell["kind"] != "survey_share"
        told = self.texts["verdict"]["because_of_source"] if is_source else reasons[reason]
        return told.format(**between, people=self.texts["verdict"]["people"][cell["kind"]])

    def _missing_part(self, cell: Cell) -> str:
        """The first of the four figures that is missing, and why; empty if none is."""
        parts = (
            ("area", "latest_value", "missing_reason", "latest_period"),
            ("municipality", "latest_municipality", "municipality_missing_reason", "latest_period"),
            ("baseline", "baseline_value", "baseline_missing_reason", "baseline_period"),
            (
                "municipality_baseline",
                "baseline_municipality",
                "baseline_municipality_missing_reason",
                "baseline_period",
            ),
        )
        for part, value, why, period in parts:
            if cell[value] is None and cell[period] is not None:
                reason = self.reason(cell[why] or "not_delivered")
                told = self.texts["verdict"]["missing"][part]
                return told.format(period=self.period(cell[period]), reason=reason)
        return ""

    def baseline_as_signed(self, cell: Cell) -> str:
        """What the baseline was when it was first published, and why it is another one now; empty if it is not."""
        if not cell["baseline_revised_because"]:
            return ""
        told, values = self.texts["verdict"]["revised"], (cell["baseline_value_as_signed"], cell["baseline_value"])
        signed, _ = self.told_apart(*values, cell["unit"])
        because = self.cause(told["because"], cell["baseline_revised_because"], is_known_figure=None not in values)
        return told["told"].format(value=signed or told["no_figure"], because=because)

    def cause(self, words: dict[str, str], cause: str, *, is_known_figure: bool) -> str:
        """Why a figure is another one; a delivery that states a known figure otherwise corrects it."""
        return words["redelivered" if cause == "new_delivery" and is_known_figure else cause]

    def development(self, cell: Cell) -> str:
        """The area's development minus the municipality's, with its sign: '−1,9 procentpoint'."""
        return self.signed_in_words(cell["development"], cell["unit"])

    def development_interval(self, cell: Cell) -> str:
        """The 95 % interval of that development: 'fra −4,1 til +0,3'."""
        ends = (self.signed(cell[limit], cell["unit"]) for limit in ("development_low", "development_high"))
        low, high = ends
        return self.texts["verdict"]["interval"].format(low=low, high=high)

    def _moved(self, cell: Cell, *, in_short: bool = False) -> str:
        change, unit, own = self.texts["change"], cell["unit"], cell["change"]
        unchanged = self.is_unchanged(own, unit)
        sentence = change[("unchanged" if unchanged else "moved") + ("_in_short" if in_short else "")].format(
            noun=change["noun"][cell["kind"]],
            verb=self._verb(own),
            amount=self.difference(own, unit),
            start=self.period(cell["baseline_period"]),
            end=self.period(cell["latest_period"]),
        )
        if cell["change_municipality"] is None:  # the verdict that follows says why
            return f"{sentence}."
        municipality = self._moved_in_municipality(cell, with_unit=unchanged)
        return change["both"].format(own=sentence, municipality=municipality)

    def _moved_in_municipality(self, cell: Cell, *, with_unit: bool) -> str:
        change, moved, unit = self.texts["change"], cell["change_municipality"], cell["unit"]
        pronoun = change["pronoun"][cell["kind"]]
        if self.is_unchanged(moved, unit):
            return change["municipality_unchanged"].format(pronoun=pronoun)
        amount = self.difference(moved, unit) if with_unit else self.bare_difference(moved, unit)
        return change["municipality_moved"].format(verb=self._verb(moved), pronoun=pronoun, amount=amount)

    def _verb(self, change: float) -> str:
        return self.texts["change"]["verb"]["rose" if change > 0 else "fell"]

    def periods_compared(self, cell: Cell) -> str:
        """From which period to which a figure moved, for a table: '2021 til 2024'."""
        start, end = (self.period(cell[name], "in_table") for name in ("baseline_period", "latest_period"))
        return self.texts["change"]["periods"].format(start=start, end=end)

    def newer(self, cell: Cell) -> str:
        """That a newer period exists for which the area has no figure, why, and the municipality's figure."""
        known = cell["newer_municipality"]
        told = self.texts["change"]["newer" if known is None else "newer_and_municipality"].format(
            period=self.period(cell["newer_period"]),
            reason=self.reason(cell["newer_period_missing_reason"] or "not_delivered"),
            value="" if known is None else self.amount(known, cell["unit"]),
        )
        return told if told.endswith(".") else f"{told}."
