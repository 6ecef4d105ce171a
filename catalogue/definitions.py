"""What an agreement, a goal and an indicator are: frozen models that refuse unknown keys."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
MunicipalityCode = Annotated[str, Field(pattern=r"^\d{3}$")]
Text = Annotated[str, Field(min_length=1)]

Kind = Literal["share", "mean", "survey_share", "turnout", "amount", "rate"]
Unit = Literal["fraction", "mark", "kr", "per_1000", "persons"]
PeriodKind = Literal["calendar_year", "school_year", "reference_day", "survey_wave", "election", "as_signed"]
Role = Literal["fixed", "context", "cross_check"]
UnitLevel = Literal[
    "department",
    "area",
    "agreement",
    "municipality",
    "polling_district",
    "ministry_area",
    "region",
    "country",
]
UNITS_OF_KIND: dict[Kind, tuple[Unit, ...]] = {
    "share": ("fraction",),
    "mean": ("mark",),
    "survey_share": ("fraction",),
    "turnout": ("fraction",),
    "amount": ("kr", "persons", "fraction"),
    "rate": ("per_1000",),
}


class Declared(BaseModel):
    """Base of all that the catalogue declares: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(Declared):
    """One text in both languages of the readers; Danish is the official one."""

    da: Text
    en: Text


class Goal(Declared):
    """One of the agreement's fixed overall goals (section 5)."""

    goal_id: Identifier
    goal_number: int = Field(ge=1)
    name: Wording


class Population(Declared):
    """Whom an indicator describes; ages in completed years, both ends included."""

    who: Wording
    age_from: int | None = Field(default=None, ge=0)
    age_to: int | None = Field(default=None, le=120)


class Break(Declared):
    """A break in a series: figures before `from_day` do not compare with those from it on."""

    from_day: date
    because: Wording
    unit_levels: tuple[UnitLevel, ...] = ()


class AgreementBreak(Break):
    """A break that concerns one agreement: all its indicators, or only those that are named."""

    indicator_ids: tuple[Identifier, ...] = ()


class Definition(Declared):
    """What exactly is counted, in which version, and who has confirmed it."""

    version: Text
    status: Literal["confirmed", "awaiting confirmation against LBF's datagrundlag", "as stated by the source"]
    numerator: Wording
    denominator: Wording


class CrossCheck(Declared):
    """Which indicator's municipality column a series is held against, and how far off is still fine."""

    indicator_id: Identifier
    tolerance: float = Field(gt=0)
    exact: bool = False


class LinkedCount(Declared):
    """What another indicator of the same source tells of this one's denominator, for the same unit.

    `same_denominator`: where both state the same number it is one count. `denominator_within`: the other's count holds
    all of them. The other one's period is the one of the same year, or `years_later`.
    """

    indicator_id: Identifier
    relation: Literal["same_denominator", "denominator_within"]
    years_later: int = Field(default=0, ge=-1, le=1)
    because: Text


class Series(Declared):
    """One series of an indicator: own figures, own periods, never compared with a sister series.

    `municipality_definition`: what the source of the municipality's figures counts, where that is another source.
    """

    indicator_id: Identifier
    name: Wording
    short_name: Wording
    municipality_source_id: Identifier | None = None
    municipality_definition: Definition | None = None


class Indicator(Declared):
    """A measured thing. The nine fixed ones carry `indicator_number` and a goal; context has neither.

    `also_called`: everyday words, in either language, by which somebody may ask for it.
    """

    indicator_id: Identifier
    role: Role
    indicator_number: int | None = Field(default=None, ge=1, le=99)
    goal_id: Identifier | None = None
    name: Wording
    short_name: Wording
    also_called: tuple[Text, ...] = ()
    kind: Kind
    unit: Unit
    better: Literal["higher", "lower"] | None = None
    population: Population
    period_kind: PeriodKind
    source_id: Identifier
    municipality_source_id: Identifier | None = None
    publication_lag_months: int = Field(ge=0, le=60)
    definition: Definition
    series: tuple[Series, ...] = ()
    breaks: tuple[Break, ...] = ()
    caveats: tuple[Wording, ...] = ()
    cross_check: CrossCheck | None = None
    linked_counts: tuple[LinkedCount, ...] = ()

    @model_validator(mode="after")
    def _role_decides_what_is_needed(self) -> Indicator:
        fixed = self.role == "fixed"
        if fixed != (self.goal_id is not None and self.indicator_number is not None and self.better is not None):
            raise ValueError("a fixed indicator, and only that, states indicator_number, goal_id and better")
        if (self.role == "cross_check") != (self.cross_check is not None):
            raise ValueError("a cross_check indicator, and only that, states cross_check")
        return self

    @model_validator(mode="after")
    def _kind_decides_the_unit(self) -> Indicator:
        if self.unit not in UNITS_OF_KIND[self.kind]:
            raise ValueError(f"the unit of a {self.kind} is {' or '.join(UNITS_OF_KIND[self.kind])}, not {self.unit}")
        return self

    def all_series(self) -> tuple[Series, ...]:
        """The declared series, or the indicator itself as its only one."""
        own = Series(indicator_id=self.indicator_id, name=self.name, short_name=self.short_name)
        return self.series or (own,)


class Department(Declared):
    """A department (afdeling) of a housing organisation, and when it belonged to the area."""

    department_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    organisation: Text
    name: Text
    published_as: tuple[Text, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    note: Wording | None = None


class Area(Declared):
    """A housing area (boligområde), made of departments."""

    area_id: Identifier
    name: Text
    published_as: tuple[Text, ...]
    departments: tuple[Department, ...]
    ministry_list_name: str | None = None


class FocusArea(Declared):
    """A focus area (indsatsområde, section 6) and the goal that it points to."""

    focus_area_id: Identifier
    name: Wording
    goal_id: Identifier


class Baseline(Declared):
    """A baseline that the agreement itself names, where the rule is not to choose."""

    indicator_id: Identifier
    period: Text
    because: Text


class Party(Declared):
    """A party to the agreement."""

    name: Text
    role: Literal["administering_organisation", "housing_organisation", "municipality", "police"]


class Agreement(Declared):
    """A strategic cooperation agreement: who, where, when."""

    agreement_id: Identifier
    name: Text
    published_as: tuple[Text, ...]
    parties: tuple[Party, ...]
    municipality_code: MunicipalityCode
    period_from: date
    period_to: date
    areas: tuple[Area, ...] = Field(min_length=1)
    focus_areas: tuple[FocusArea, ...]
    baselines: tuple[Baseline, ...] = ()
    breaks: tuple[AgreementBreak, ...] = ()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Agreement:
        if self.period_to <= self.period_from:
            raise ValueError("period_to must be later than period_from")
        return self
