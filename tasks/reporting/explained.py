"""A figure's explanation as lines for a person: the facts of tasks/explain.py in the words of the page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tasks.explain import Explanation
from tasks.reporting.folder import texts
from tasks.reporting.words import Words

_MOST_CELLS = 6


def explained_in_words(explanation: Explanation, language: str) -> list[tuple[str, str]]:
    """The lines for a person, as (label, text); the first has no label and is the sentence."""
    return _Lines(Words(texts(language)), explanation).all()


class _Lines:
    def __init__(self, words: Words, explanation: Explanation) -> None:
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
        values = revision["old_value"], revision["new_value"]
        apart = self.words.told_apart(*values, self.it["unit"])
        reasons = (revision["old_missing_reason"], revision["new_missing_reason"])
        # Neither number nor reason: shown once, and withheld since.
        old, new = (one or self.words.reason(why or "withheld_here") for one, why in zip(apart, reasons, strict=True))
        cause = self.words.cause(self.text["cause"], revision["cause"], is_known_figure=None not in values)
        return {"day": self._moment(revision["revised_at"]), "cause": cause, "old": old, "new": new}

    def _moment(self, utc: datetime) -> str:
        return self.words.moment(int(utc.replace(tzinfo=UTC).timestamp()))

    def _baseline(self) -> list[tuple[str, str]]:
        if not self.it["is_baseline"]:
            return []
        cell = {"baseline_value": self.it["value"], "unit": self.it["unit"]}
        cell |= {name: self.it[name] for name in ("baseline_value_as_signed", "baseline_revised_because")}
        told = (self.text["baseline_told"], self.words.baseline_as_signed(cell))
        return [(self.text["baseline"], " ".join(filter(None, told)))]

    def _definition(self) -> tuple[str, str]:
        form = "definition_told" if self.it["definition_numerator"] else "definition_plain"
        told = self.text[form].format(
            wording=self.it["official_wording" if self.words.language == "da" else "official_wording_en"].rstrip("."),
            version=self.it["definition_version"],
            status=self.words.texts["goal"]["status"][self.it["definition_status"]],
            numerator=self.words.of(self.it, "definition_numerator"),
            denominator=self.words.of(self.it, "definition_denominator"),
        )
        return self.text["definition"], told
