"""What a contract says of Danmarks Statistik's StatBank: which tables, which cells make up which figure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from catalogue.calendar import Calendar
from catalogue.definitions import Declared, Identifier, Text


class StatBankSum(Declared):
    """Counts to add: for each variable, by its text in tableinfo, the values that count in, by id or text."""

    select: dict[str, tuple[str, ...]]


class StatBankSeries(Declared):
    """One indicator out of a StatBank table: sums over cells above sums over cells, or a cell itself."""

    indicator_id: Identifier
    numerator: StatBankSum | None = None
    denominator: StatBankSum | None = None
    value: StatBankSum | None = None
    factor: float = 1.0

    @model_validator(mode="after")
    def _is_a_ratio_or_a_value(self) -> StatBankSeries:
        stated = set(self.sums())
        if stated not in ({"value"}, {"numerator", "denominator"}):
            raise ValueError("state value alone, or numerator and denominator")
        return self

    def sums(self) -> dict[str, StatBankSum]:
        """The stated sums under the names of the columns that they fill."""
        named = {"numerator": self.numerator, "denominator": self.denominator, "value": self.value}
        return {column: stated for column, stated in named.items() if stated is not None}


class StatBankTable(Declared):
    """A StatBank table: variables are named by their text, ids are read from tableinfo.

    `areas` are codes of municipalities, and each must be in the table. A contract may leave them out: then those of
    `agreement_areas` are asked for that the table has; the catalogue fills them with all agreements' municipalities.
    """

    table_id: Annotated[str, Field(pattern=r"^[A-Z0-9]+$")]
    area_variable: Text
    area_level: Literal["municipality"] = "municipality"
    areas: tuple[str, ...] = ()
    agreement_areas: tuple[str, ...] = ()
    time_variable: Text = "tid"
    times: tuple[str, ...] = ("*",)
    periods: dict[str, str] = {}
    period_template: Text | None = None
    data_format: Literal["BULK", "CSV", "JSONSTAT"] = "BULK"
    series: tuple[StatBankSeries, ...] = Field(min_length=1)
    calendar: Calendar | None = None

    @model_validator(mode="after")
    def _every_sum_names_the_same_variables(self) -> StatBankTable:
        if len({frozenset(stated.select) for one in self.series for stated in one.sums().values()}) != 1:
            raise ValueError("each sum must select values of the same variables: BULK eliminates none")
        return self

    @property
    def release_calendar(self) -> Calendar | None:
        """The table's own calendar, if it has one; elections are those that its periods name."""
        if self.calendar is None or self.calendar.rule != "elections":
            return self.calendar
        days = tuple(period[3:] for period in self.periods.values() if period[:3] in ("KV-", "FV-"))
        return self.calendar.model_copy(update={"election_days": days})

    def variable_texts(self) -> list[str]:
        """The texts of all variables that the table must have, in the contract's order."""
        selected = next(iter(self.series[0].sums().values())).select
        return [self.area_variable, *selected, self.time_variable]


class StatBank(Declared):
    """Danmarks Statistik's API and the tables that are fetched from it."""

    base_url: Annotated[str, Field(pattern=r"^https?://")]
    language: Literal["da", "en"] = "da"
    timeout_seconds: float = Field(gt=0, le=600)
    tables: tuple[StatBankTable, ...] = Field(min_length=1)
