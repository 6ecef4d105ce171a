"""Numbers, days and periods as a reader of Danish or English writes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from warehouse.clock import HOME_TIME

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
PERIOD_PATTERNS = (
    ("school_year", re.compile(r"(?P<years>\d{4}/\d{4})")),
    ("calendar_year", re.compile(r"(?P<year>\d{4})")),
    ("survey_wave", re.compile(r"(?P<year>\d{4})-wave")),
    ("reference_day", re.compile(r"(?P<day>\d{4}-\d\d-\d\d)")),
    ("KV", re.compile(r"KV-(?P<day>(?P<year>\d{4})-\d\d-\d\d)")),
    ("FV", re.compile(r"FV-(?P<day>(?P<year>\d{4})-\d\d-\d\d)")),
    ("as_signed", re.compile(r"as_signed")),
)
DECIMALS = {"fraction": 1, "mark": 1, "kr": 0, "per_1000": 0, "persons": 0}


def rounded(value: float, decimals: int) -> Decimal:
    """`value` with so many decimals, halves away from zero, as one rounds by hand."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def shown_scale(value: float, unit: str) -> float:
    """The number that is shown: per cent for a fraction 0-1, everything else as it is kept."""
    return float(Decimal(str(value)) * 100) if unit == "fraction" else value


def board_time(seconds_utc: int) -> datetime:
    """A moment (seconds since 1970, UTC) as the board's own clocks show it, without a zone."""
    return datetime.fromtimestamp(seconds_utc, UTC).astimezone(HOME_TIME).replace(tzinfo=None)


class Numbers:
    """Writes numbers, days and periods with the marks and words of one language's texts."""

    def __init__(self, texts: dict[str, Any]) -> None:
        self._number = texts["number"]
        self._period = texts["period"]

    def plain(self, value: float, decimals: int = 0) -> str:
        """A bare number: 65812 -> '65.812', -0.5 -> '−0,5' in Danish."""
        exact = rounded(value, decimals)
        digits = f"{abs(exact):,f}".replace(",", "\0").replace(".", self._number["decimal_mark"])
        sign = MINUS if exact < 0 else ""
        return sign + digits.replace("\0", self._number["thousands_mark"])

    def _in_unit(self, number: str, unit: str, form: str = "unit") -> str:
        return self._number[form][unit].format(n=number).replace(" ", NO_BREAK_SPACE)

    def amount(self, value: float, unit: str) -> str:
        """A figure with its unit: 0.647 -> '64,7 pct.', 325000 -> '325.000 kr.'."""
        return self._in_unit(self.plain(shown_scale(value, unit), DECIMALS[unit]), unit)

    def amount_as_published(self, value: float, unit: str) -> str:
        """A figure with up to two decimals, none of them a trailing zero: 0.0207 -> '2,07 pct.'."""
        exact = rounded(shown_scale(value, unit), 2).normalize()
        exponent = exact.as_tuple().exponent
        return self._in_unit(self.plain(float(exact), max(0, -int(exponent))), unit)

    def told_apart(self, old: float | None, new: float | None, unit: str) -> list[str | None]:
        """What a figure was and is; with further decimals, three at most, where they would look the same."""
        forms = [
            [
                None if value is None else self._in_unit(self.plain(shown_scale(value, unit), decimals), unit)
                for value in (old, new)
            ]
            for decimals in range(DECIMALS[unit], DECIMALS[unit] + 4)
        ]
        return next((told for told in forms if told[0] != told[1]), forms[0])

    def interval(self, low: float, high: float, unit: str) -> str:
        """Both limits with one unit: '27,9–34,7 pct.'."""
        ends = (self.plain(shown_scale(limit, unit), DECIMALS[unit]) for limit in (low, high))
        low_text, high_text = ends
        return self._in_unit(self._number["range"].format(low=low_text, high=high_text), unit)

    def difference(self, value: float, unit: str) -> str:
        """The size of a change without its sign: 0.031 -> '3,1 procentpoint'."""
        return self._in_unit(self.bare_difference(value, unit), unit, "difference")

    def bare_difference(self, value: float, unit: str) -> str:
        """The same without the unit, for the second half of a sentence: '1,2'."""
        return self.plain(abs(shown_scale(value, unit)), DECIMALS[unit])

    def is_unchanged(self, value: float, unit: str) -> bool:
        """Whether a change rounds to nothing in the decimals that are shown."""
        return rounded(shown_scale(value, unit), DECIMALS[unit]) == 0

    def signed_difference(self, value: float, unit: str) -> str:
        """A difference with its sign and one more decimal, for the cross-checks."""
        exact = rounded(shown_scale(value, unit), DECIMALS[unit] + 1)
        sign = "+" if exact > 0 else ""
        return sign + self._in_unit(self.plain(float(exact), DECIMALS[unit] + 1), unit, "difference")

    def signed(self, value: float, unit: str) -> str:
        """A difference with its sign and without its unit, in the decimals that are shown: '+0,3'."""
        exact = rounded(shown_scale(value, unit), DECIMALS[unit])
        return ("+" if exact > 0 else "") + self.plain(float(exact), DECIMALS[unit])

    def signed_in_words(self, value: float, unit: str) -> str:
        """The same with its unit: '+0,3 karakterpoint'."""
        return self._in_unit(self.signed(value, unit), unit, "difference")

    def day(self, day: date) -> str:
        """A day in words: '18. november 2025'."""
        return self._day(day, self._number["months"])

    def _day(self, day: date, months: list[str]) -> str:
        month = months[day.month - 1]
        return self._number["day"].format(day=day.day, month=month, year=day.year)

    def moment(self, seconds_utc: int) -> str:
        """A moment (seconds since 1970, UTC) in the board's own time: '23. november 2026 kl. 02.02'."""
        local = board_time(seconds_utc)
        return self._number["moment"].format(day=self.day(local), hour=f"{local:%H}", minute=f"{local:%M}")

    def period(self, period: str, form: str = "in_sentence") -> str:
        """A period in words; `form` is in_words (full), in_sentence or in_table. Unknown ones as they are."""
        for kind, pattern in PERIOD_PATTERNS:
            if found := pattern.fullmatch(period):
                parts = found.groupdict()
                if "day" in parts:
                    day, is_short = date.fromisoformat(parts["day"]), form == "in_table"
                    parts["day"] = self._day(day, self._number["short_months" if is_short else "months"])
                return self._period[form][kind].format(**parts)
        return period


def period_on_axis(period: str) -> str:
    """A period as short as an axis needs it, the same in every language: '2023', '22/23'."""
    years = re.findall(r"\d{4}", period)
    if re.fullmatch(r"\d{4}/\d{4}", period):
        return "/".join(year[2:] for year in years)
    return years[0] if years else period
