"""What a source contract says: what arrives, how it is laid out, what its signs mean, when it is due."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from catalogue.calendar import Calendar
from catalogue.definitions import Declared, Identifier, Text, Wording
from catalogue.disclosure import Disclosure
from catalogue.statbank import StatBank

MissingReason = Literal[
    "not_delivered",
    "not_yet_published",
    "not_measured_in_this_period",
    "withheld_by_source",
    "withheld_here",
    "below_source_threshold",
    "rejected_by_a_check",
]
FileFormat = Literal["excel", "csv", "json", "statbank"]
TextColumn = Literal[
    "indicator_id",
    "unit_level",
    "unit_code",
    "unit_name",
    "municipality_code",
    "period",
    "instrument",
    "wording",
    "note",
]
NumberColumn = Literal[
    "numerator",
    "denominator",
    "value",
    "standard_deviation",
    "design_effect",
    "response_rate",
]
ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Pointer = Annotated[str, Field(pattern=r"^/")]


class ScaleBy(Declared):
    """A factor that another published column decides, such as `percent` -> 0.01."""

    column: ColumnName
    factors: dict[str, float]


class Column(Declared):
    """Where one of our columns comes from in a published row, and how its text is understood.

    Exactly one of `header` (CSV, Excel), `pointer` (JSON pointer) and `constant` is stated. With a
    pointer, `plus` and `minus` point to numbers to add and subtract, `joined_with` to texts that follow
    it, each after a space; an `optional` pointer may be missing in a document.
    `extract` keeps the first group of a regular expression; `codes` maps published texts to ours
    and leaves unknown ones as published, for the checks to find. `factor` turns 0-100 into 0-1.
    """

    header: Text | None = None
    pointer: Pointer | None = None
    plus: tuple[Pointer, ...] = ()
    minus: tuple[Pointer, ...] = ()
    joined_with: tuple[Pointer, ...] = ()
    constant: Text | None = None
    optional: bool = False
    extract: Text | None = None
    codes: dict[str, str] = {}
    template: Text | None = None
    factor: float = 1.0
    scale_by: ScaleBy | None = None

    @model_validator(mode="after")
    def _has_one_origin(self) -> Column:
        if sum(origin is not None for origin in (self.header, self.pointer, self.constant)) != 1:
            raise ValueError("state exactly one of header, pointer and constant")
        if self.pointer is None and (self.plus or self.minus or self.joined_with):
            raise ValueError("plus, minus and joined_with need a pointer to begin with")
        if self.joined_with and (self.plus or self.minus):
            raise ValueError("texts are joined, numbers added: state joined_with, or plus and minus")
        if self.template is not None and "{}" not in self.template:
            raise ValueError("template needs {} where the published text goes")
        return self


class Measure(Declared):
    """Which of our columns a measure of a wide layout fills, and the factor of its numbers."""

    column: ColumnName
    factor: float = 1.0


class PeriodColumns(Declared):
    """A wide layout: periods are columns, and a column says which measure a row holds.

    Of two measures that fill the same column, the second one counts where the first is empty.
    """

    header_pattern: Text
    measure_header: Text
    measures: dict[str, Measure]

    @model_validator(mode="after")
    def _a_column_has_at_most_two_measures(self) -> PeriodColumns:
        filled = [measure.column for measure in self.measures.values()]
        if any(filled.count(column) > 2 for column in filled):
            raise ValueError("at most two measures may fill the same column")
        return self


class Layout(Declared):
    """How a sheet or a CSV file is laid out; recognised by its headers, which may stand below titles.

    `columns` maps our column names to published headers; `alternatives` gives a second origin where
    the first is empty. `fill_down`: columns whose cells are merged or written once in Excel; a CSV has
    none. The last rows of a file in which `ends_when_empty` is empty are footnotes and no rows.
    """

    layout_id: Identifier
    sheet: Text | None = None
    header_within_rows: int = Field(default=30, ge=1, le=200)
    columns: dict[ColumnName, Column]
    alternatives: dict[ColumnName, Column] = {}
    fill_down: tuple[ColumnName, ...] = ()
    ends_when_empty: ColumnName | None = None
    period_columns: PeriodColumns | None = None

    @model_validator(mode="after")
    def _names_its_own_columns(self) -> Layout:
        always_there = {name for name, rule in self.columns.items() if rule.header and not rule.optional}
        if self.ends_when_empty is not None and self.ends_when_empty not in always_there:
            raise ValueError(f"ends_when_empty must name one of {', '.join(sorted(always_there))}")
        rules = [*self.columns.values(), *self.alternatives.values()]
        named = {*self.fill_down, *self.alternatives, *(rule.scale_by.column for rule in rules if rule.scale_by)}
        if unknown := named - self.columns.keys():
            raise ValueError(
                f"fill_down, alternatives and scale_by must name columns, not {', '.join(sorted(unknown))}"
            )
        return self


class Delimited(Declared):
    """How a CSV file is written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    encodings: tuple[Literal["utf-8", "cp1252"], ...] = ("utf-8", "cp1252")


class JsonDocuments(Declared):
    """One or more JSON documents; each entry of `rows` makes one row out of every document."""

    rows: tuple[dict[ColumnName, Column], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rows_agree_on_scales(self) -> JsonDocuments:
        rules = [(name, rule.factor, rule.scale_by) for row in self.rows for name, rule in row.items()]
        if any(rule.header for row in self.rows for rule in row.values()):
            raise ValueError("a JSON document has no header: state pointer or constant")
        if any(one != other for one in rules for other in rules if one[0] == other[0]):
            raise ValueError("rows must state the same factor and scale_by for the same column")
        return self


class Sample(Declared):
    """A delivery under samples/ to try the system with: real, or synthetic and saying so."""

    path: Text
    is_synthetic: bool
    origin: Text


class Source(Declared):
    """A source contract.

    `part_from`: what tells which part of the source a delivery is, where it comes in parts that do not replace one
    another: the name of what was delivered, or the newest period in it that had begun when it came.
    `instruments`: the questionnaires of a survey, each a series of its own; where a unit was asked with two in one
    period, the one that is named first gives the figure. `publisher_en` and `licence_en` stand where the Danish text
    is no name.
    """

    source_id: Identifier
    title: Wording
    publisher: Text
    publisher_en: Text | None = None
    url: Text | None = None
    licence: Text
    licence_en: Text | None = None
    arrives: Literal["by_hand", "by_api", "by_download"]
    part_from: Literal["none", "name", "newest_period"] = "none"
    approval: Literal["automatic", "steward", "four_eyes"]
    holds: Literal["figures", "milestones"] = "figures"
    accepts: tuple[FileFormat, ...] = Field(min_length=1)
    csv: Delimited = Delimited()
    layouts: tuple[Layout, ...] = ()
    json_documents: JsonDocuments | None = None
    statbank: StatBank | None = None
    decimal_mark: Literal["comma", "point"] = "comma"
    signs: dict[str, MissingReason | Literal["zero"]] = {}
    synthetic_mark: Text = "SYNTETISK"
    instruments: tuple[Text, ...] = ()
    extra_columns: dict[ColumnName, Literal["number", "text"]] = {}
    calendar: Calendar
    disclosure: Disclosure = Disclosure()
    samples: tuple[Sample, ...] = ()
    caveats: tuple[Wording, ...] = ()

    def calendar_of(self, part_id: str) -> Calendar:
        """When this part is expected: by its StatBank table's own calendar, where that states one."""
        tables = self.statbank.tables if self.statbank else ()
        own = next((table.release_calendar for table in tables if table.table_id == part_id), None)
        return own or self.calendar

    def about(self, municipalities: tuple[str, ...]) -> Source:
        """The contract with these municipalities' codes for the StatBank tables that state none of their own."""
        if self.statbank is None:
            return self
        tables = tuple(table.model_copy(update={"agreement_areas": municipalities}) for table in self.statbank.tables)
        return self.model_copy(update={"statbank": self.statbank.model_copy(update={"tables": tables})})

    @model_validator(mode="after")
    def _describes_each_format(self) -> Source:
        described = {
            "excel": bool(self.layouts),
            "csv": any(layout.period_columns is None for layout in self.layouts),
            "json": self.json_documents is not None,
            "statbank": self.statbank is not None,
        }
        missing = [name for name in self.accepts if not described[name]]
        if missing:
            raise ValueError(f"accepts {', '.join(missing)} but does not describe it")
        return self
