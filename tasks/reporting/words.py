"""What the pages, the paper and the workbook say about places, sources, breaks and counts."""

from __future__ import annotations

import re
from typing import Any

from tasks.reporting.findings import Findings
from tasks.reporting.folder import mark
from tasks.reporting.numbers import board_time

_BARE_NUMBER = re.compile(r"[\d.,]*")


class Words(Findings):
    """What is said in one language. Rows are those of `reports/queries/`."""

    def mark(self, verdict: str) -> Any:
        """The drawing of a verdict's mark, in the colour of the words beside it."""
        from markupsafe import Markup

        return Markup(mark(verdict))  # noqa: S704  # this repository's own drawing

    def published(self, publication: dict[str, Any]) -> str:
        """Which publication this is, when it was made, and the code that the ledger knows it by."""
        frame, digest = self.texts["frame"], publication["check_code"]
        made = frame["publication"].format(
            publication=publication["publication_id"], moment=self.moment(publication["as_of_seconds"])
        )
        code = frame["check_code"].format(digest=digest) if digest else frame["no_check_code"]
        return f"{made} · {code}"

    def agreement_period(self, agreement: dict[str, Any], publication: dict[str, Any]) -> str:
        """Whose agreement it is and when it is in force; of one that had ended by the publication, that it has."""
        has_ended = agreement["period_to"] < board_time(publication["as_of_seconds"]).date()
        return self.texts["frame"]["agreement_ended" if has_ended else "agreement_period"].format(
            municipality=agreement["municipality"],
            start=self.day(agreement["period_from"]),
            end=self.day(agreement["period_to"]),
        )

    def names(self, names: list[str]) -> str:
        """A list in words; semicolons, because the names of sources hold commas: 'a; b og c'."""
        return self.listed(names, "; ")

    def listed(self, parts: list[str], between: str = ", ") -> str:
        """Words, one after the other: 'a, b og c'."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{between.join(parts[:-1])} {self.texts['banner']['and']} {parts[-1]}"

    def counted(self, forms: dict[str, str], count: int) -> str:
        """A count with the form of its words: 'one' of one, 'other' of every other number."""
        return forms["one" if count == 1 else "other"].format(count=self.plain(count))

    def series_break(self, series_break: dict[str, Any]) -> str:
        """From when, for whose figures, and why a series is broken; one full stop whether it had one or not."""
        told, level = self.texts["series_break"], series_break["area_level"]
        return told["told"].format(
            day=self.day(series_break["from_day"]),
            concerns=told["concerns"][level] if level else "",
            because=f"{self.of(series_break, 'because').rstrip('.')}.",
        )

    def states(self, sources: list[dict[str, Any]]) -> str:
        """How many sources are in which state: 'Kilder: 4 ajour, 2 stoppede'."""
        found = [source["state"] for source in sources]
        if set(found) <= {"fresh"}:
            return self.texts["frame"]["all_fresh"]
        told = [
            self.counted(self.texts["state"]["counted"][state], found.count(state))
            for state in ("fresh", "due", "late", "stopped")
            if state in found
        ]
        return self.texts["frame"]["source_states"].format(states=", ".join(told))

    def milestone_states(self, areas: list[dict[str, Any]]) -> str:
        """How many milestones are in which state: 'Milepæle: 4 nåede, 1 overskredet.'."""
        texts, found = self.texts["milestones"], [one["state"] for area in areas for one in area["milestones"]]
        told = [self.counted(forms, found.count(state)) for state, forms in texts["counted"].items() if state in found]
        return texts["states"].format(states=", ".join(told))

    def source_names(self, series: dict[str, Any]) -> str:
        """Whose figures a series shows, and the municipality's source where it is another one."""
        source, municipality = self.of(series, "source"), self.of(series, "municipality_source")
        if municipality in (None, source):
            return source
        return self.texts["overview"]["two_sources"].format(source=source, municipality=municipality)

    def source_line(self, series: dict[str, Any]) -> str:
        """The same where no heading says that it is the source: 'Kilde: Landsbyggefonden'."""
        return self.texts["overview"]["source"].format(source=self.source_names(series))

    def as_worded(self, wording: str | None, value: float, unit: str) -> str:
        """A figure as its source words it; a bare number gets its unit: '495.000' -> '495.000 kr.'."""
        return self.amount_as_published(value, unit) if _BARE_NUMBER.fullmatch(wording or "") else str(wording)

    def context_title(self, group: dict[str, Any]) -> str:
        """The heading of one source's context figures."""
        titles = self.texts["context"]["source"]
        return titles.get(group["source_id"], titles["other"]).format(source=self.of(group, "source"))

    def counts(self, point: dict[str, Any], kind: str) -> str:
        """The counts behind a figure: '134 af 430', '54 svar, svarprocent 38,8 pct., designeffekt 1,33'."""
        goal, denominator = self.texts["goal"], self.plain(point["denominator"])
        if kind == "mean":
            return goal["pupils"].format(denominator=denominator)
        if kind != "survey_share":
            # A share may come with its denominator alone.
            if point["numerator"] is None:
                return ""
            return goal["counts"].format(numerator=self.plain(point["numerator"]), denominator=denominator)
        answers = goal["answers"].format(denominator=denominator)
        rate, effect = point["response_rate"], point["design_effect"]
        told = goal["response_rate"].format(value=self.amount(rate, "fraction")) if rate is not None else ""
        weighted = goal["design_effect"].format(value=self.plain(effect, 2)) if effect is not None else ""
        return ", ".join(filter(None, (answers, told, weighted)))

    def uncertainty(self, low: float | None, high: float | None, unit: str) -> str:
        """The 95 % interval, or that there is none because the counts were not delivered."""
        return self.texts["overview"]["no_interval"] if low is None or high is None else self.interval(low, high, unit)

    def marks(self, is_synthetic: bool, is_stale: bool, carried_over: str | None) -> list[str]:
        """The words that must stand beside a figure that is invented, old, or an earlier delivery's."""
        mark = self.texts["mark"]
        said = [mark["synthetic"]] if is_synthetic else []
        said += [mark["stale"]] if is_stale else []
        return said + ([mark["carried_over"][carried_over]] if carried_over else [])

    def how_real(self, source: dict[str, Any]) -> str:
        """Whether a source's figures are real or invented; not known of one of which nothing was read yet."""
        if source["is_synthetic"] is None:
            return self.texts["mark"]["unknown"]
        return self.texts["mark"]["synthetic" if source["is_synthetic"] else "real"]

    def notes(self, cells: list[dict[str, Any]]) -> list[str]:
        """What the source says of the figures in these rows, each once: 'Kommunen, KV 2021: Afledt: …'."""
        municipality, found = self.texts["overview"]["municipality"], {}
        for cell in cells:
            for when in ("baseline", "latest"):
                for place, name in ((municipality, f"{when}_municipality_note"), (self.place(cell), f"{when}_note")):
                    if cell[name]:
                        period = self.period(cell[f"{when}_period"], "in_table")
                        found[f"{place}, {period}: {cell[name]}."] = True
        return list(found)

    def banner(self, real_and_synthetic: list[dict[str, Any]]) -> str:
        """Which sources' figures are invented and which are real."""
        banner = self.texts["banner"]
        named = {row["is_synthetic"]: self.names(self.of(row, "names")) for row in real_and_synthetic}
        real = banner["real"].format(sources=named[False]) if named.get(False) else banner["no_real"]
        return f"{banner['synthetic'].format(sources=named.get(True, ''))} {real}"

    def definition(self, series: dict[str, Any]) -> list[tuple[str, str]]:
        """What is counted, of whom, in which version, and who has confirmed it."""
        goal = self.texts["goal"]
        version = f"{series['definition_version']}, {goal['status'][series['definition_status']]}"
        return [
            (goal["numerator"], self.of(series, "numerator")),
            (goal["denominator"], self.of(series, "denominator")),
            (goal["version_title"], version),
        ]

    def source_lines(self, series: dict[str, Any]) -> list[str]:
        """Whose figures they are, which questionnaires, and which deliveries."""
        goal = self.texts["goal"]
        lines = [self.source_names(series)]
        lines += [goal["instrument"].format(instrument=instrument) for instrument in series["instruments"]]
        if series["delivery_ids"]:
            lines.append(goal["deliveries"].format(deliveries=", ".join(series["delivery_ids"])))
        return lines

    def expected(self, series: dict[str, Any]) -> str:
        """When the next delivery is expected: the day if there is one, and the publisher's calendar in words."""
        goal, words = self.texts["goal"], self.of(series, "expected_in_words").rstrip(".")
        if series["expected_next"] is None:
            return goal["expected_words"].format(words=words)
        return goal["expected_on"].format(day=self.day(series["expected_next"]), words=words)
