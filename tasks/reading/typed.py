"""The one SELECT that turns `published` into typed rows, the same columns for every source.

It is nested so that no text is worked out twice: cells, then what the contract keeps of them, then its
codes, then numbers and periods, then why a row has no figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import duckdb

from catalogue.sources import Column, Source
from tasks.reading.expressions import coded, extracted, number_expression
from tasks.reading.published import Published
from warehouse.sql_text import literal, quoted, texts

PLACES = ("file_name", "place", "first_line")
FIRST_TEXTS = ("indicator_id", "unit_level", "unit_code", "unit_name", "municipality_code", "period")
NUMBERS = ("numerator", "denominator", "value", "standard_deviation", "design_effect", "response_rate")
LAST_TEXTS = ("instrument", "wording", "note")
# Only a sign in the figure itself explains why a row has none; one in its deviation does not.
SIGN_COLUMNS = ("value", "numerator", "denominator")
NO_RULE = Column(constant="as published")


def typed_select(
    connection: duckdb.DuckDBPyConnection, published: Published, source: Source, *, is_small: bool = False
) -> str:
    """SQL of the typed rows of `published`, in its order: the standard columns, then the contract's own.

    Where there are few of them (`is_small`), to prepare the SELECT takes longer than to carry it out.
    """
    types = {name: kind for name, kind, *_ in connection.execute("DESCRIBE published").fetchall()}
    return _Typing(types, published, source, "read.trimmed" if is_small else "read.cell").select()


@dataclass(frozen=True)
class _Typing:
    types: dict[str, str]
    published: Published
    source: Source
    without_blanks: str

    def select(self) -> str:
        standard = [*PLACES, *FIRST_TEXTS, *NUMBERS, *LAST_TEXTS, "sign"]
        return f"""
            SELECT {_listed(standard)}, {self._missing_reason()} AS missing_reason,
                {self._unreadable()} AS unreadable{"".join(f", {quoted(name)}" for name in self.source.extra_columns)}
            FROM (SELECT *, {self._sign()} AS sign
            FROM (SELECT {_listed(PLACES)}, published_sign, {", ".join(self._typed())}
            FROM (SELECT * REPLACE ({", ".join([*self._coded(), "published_sign AS published_sign"])})
            FROM (SELECT {_listed(PLACES)}, {", ".join(self._cells())} FROM published))))"""

    @cached_property
    def rules(self) -> dict[str, Column]:
        """Column of `published`, or constant, -> its rule."""
        others = {f"{name}_alternative": rule for name, rule in self.published.alternatives.items()}
        rules = dict(self.published.columns) | others
        return {name: rules.get(name, NO_RULE) for name in [*rules, *self.types] if name not in PLACES}

    def _cells(self) -> list[str]:
        sign = "sign" if "sign" in self.types else "NULL::VARCHAR"
        cells = [f"{self._cell(name, rule)} AS {quoted(name)}" for name, rule in self.rules.items() if name != "sign"]
        return [*cells, f"{sign} AS published_sign"]

    def _cell(self, name: str, rule: Column) -> str:
        if name not in self.types:
            return literal(rule.constant) if rule.constant else "NULL::VARCHAR"
        if self.types[name] == "DOUBLE":
            return quoted(name)
        return extracted(rule, f"{self.without_blanks}({quoted(name)})")

    def _coded(self) -> list[str]:
        with_codes = {name: rule for name, rule in self.rules.items() if rule.codes or rule.template}
        return [f"{coded(rule, quoted(name))} AS {quoted(name)}" for name, rule in with_codes.items()]

    def _typed(self) -> list[str]:
        texts_of = [*FIRST_TEXTS, *LAST_TEXTS, *self._extra("text")]
        typed = [f"{self._text(name)} AS {quoted(name)}" for name in texts_of]
        typed.append(f"{self._text_of('period')} AS period_text")
        for name in self._numbers():
            typed.append(f"{self._number(name)} AS {quoted(name)}")
            typed.append(f"{self._text_of(name)} AS {quoted(name + '_text')}")
        return typed

    def _extra(self, kind: str) -> list[str]:
        return [name for name, wanted in self.source.extra_columns.items() if wanted == kind]

    def _numbers(self) -> list[str]:
        return [*NUMBERS, *self._extra("number")]

    def _text(self, name: str) -> str:
        canonical = {"period": "read.period", "municipality_code": "read.municipality_code"}.get(name, "")
        return f"{canonical}({quoted(name)})" if name in self.rules else "NULL::VARCHAR"

    def _number(self, name: str) -> str:
        if name not in self.rules:
            return "NULL::DOUBLE"
        if self.types.get(name) == "DOUBLE":
            return quoted(name)
        mark, signs = self.source.decimal_mark, self.source.signs
        number = number_expression(self.rules[name], quoted(name), mark, signs)
        other = f"{name}_alternative"
        if other not in self.rules:
            return number
        second = number_expression(self.rules[other], quoted(other), mark, signs)
        return f"CASE WHEN {quoted(name)} IS NULL THEN {second} ELSE {number} END"

    def _text_of(self, name: str) -> str:
        if name not in self.rules or self.types.get(name) == "DOUBLE":
            return "NULL::VARCHAR"
        other = f"{name}_alternative"
        return f"coalesce({quoted(name)}, {quoted(other)})" if other in self.rules else quoted(name)

    def _missing_signs(self) -> dict[str, str]:
        return {sign: reason for sign, reason in self.source.signs.items() if reason != "zero"}

    def _sign(self) -> str:
        signs = texts(self._missing_signs())
        found = [f"CASE WHEN {name}_text IN ({signs}) THEN {name}_text END" for name in SIGN_COLUMNS]
        return f"coalesce(published_sign, {', '.join(found)})" if signs else "published_sign"

    def _missing_reason(self) -> str:
        """Why a row has no figure; NULL where it has one, or where its text could not be read."""
        reasons = self._missing_signs().items()
        known = " ".join(f"WHEN {literal(sign)} THEN {literal(reason)}" for sign, reason in reasons)
        because = f"CASE sign {known} ELSE 'not_delivered' END" if known else "'not_delivered'"
        return f"""CASE
                WHEN value IS NOT NULL THEN NULL
                WHEN numerator IS NOT NULL AND (denominator IS NOT NULL OR sign IS NULL) THEN NULL
                WHEN sign IS NULL AND coalesce(value_text, numerator_text) IS NOT NULL THEN NULL
                ELSE {because}
            END"""

    def _unreadable(self) -> str:
        """`column='text'` for each text that is neither number nor known sign; NULL where all is understood."""
        is_no_sign = f"NOT IN ({texts(self.source.signs)})" if self.source.signs else "IS NOT NULL"
        lost = {
            name: f"{quoted(name)} IS NULL AND {quoted(name + '_text')} {is_no_sign}"
            for name in self._numbers()
            if name in self.rules
        }
        lost["period"] = "period IS NULL AND period_text IS NOT NULL"
        said = [
            f"CASE WHEN {condition} THEN {literal(name + '=')} || {_in_quotes(name)} END"
            for name, condition in lost.items()
        ]
        any_lost = " OR ".join(f"({condition})" for condition in lost.values())
        return f"CASE WHEN {any_lost} THEN concat_ws(', ', {', '.join(said)}) END"


def _in_quotes(name: str) -> str:
    return "'''' || " + quoted(name + "_text") + " || ''''"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quoted(name) for name in names)
