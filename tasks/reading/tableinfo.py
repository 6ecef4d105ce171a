"""A StatBank table's description (`tableinfo`), and what the contract means in that table's own ids.

Variables are found by their text and values by id or text, so nothing here knows an id beforehand.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalogue.errors import DeliveryError
from catalogue.statbank import StatBankTable

# What was asked for, kept beside the answers: for the auditor, and to see that a contract asks for more.
REQUEST = "request.json"
TABLEINFO = "tableinfo.json"


@dataclass(frozen=True)
class Variable:
    """A variable of a table: its id in requests and data, its text, and the texts of its values by id."""

    variable_id: str
    text: str
    values: Mapping[str, str]

    def id_of(self, value: str) -> str | None:
        """The id of a value that is named by id or by text; None where no value, or more than one, fits."""
        if value in self.values:
            return value
        fitting = [one for one, text in self.values.items() if text.casefold() == value.casefold()]
        return fitting[0] if len(fitting) == 1 else None

    def labels(self) -> dict[str, str]:
        """Every text that a cell may show for a value -> its id: the id, the text, both; no ambiguous text."""
        shown = [(f"{one} {text}", one) for one, text in self.values.items()]
        shown += [(f"{text} {one}", one) for one, text in self.values.items()]
        bearers = Counter(self.values.values())
        shown += [(text, one) for one, text in self.values.items() if bearers[text] == 1]
        return dict(shown) | {one: one for one in self.values}


@dataclass(frozen=True)
class TableInfo:
    """A table as it describes itself; `updated` is the publisher's time of its last change, as written."""

    table_id: str
    text: str
    description: str
    updated: str
    mandatory_footnote: str
    variables: tuple[Variable, ...]

    def variable(self, text: str) -> Variable | None:
        """The variable of that text, whatever its case."""
        return next((one for one in self.variables if one.text.casefold() == text.casefold()), None)


@dataclass(frozen=True)
class Resolved:
    """A contract's table in ids: variables in the table's order, the areas, and what makes up each figure.

    `sums`: (position of the series, column) -> variable id -> value ids, for all but area and time.
    """

    variables: tuple[Variable, ...]
    area: Variable
    areas: tuple[str, ...]
    time: Variable
    sums: Mapping[tuple[int, str], Mapping[str, tuple[str, ...]]]

    def selected(self) -> dict[str, list[str]]:
        """Per variable but area and time every value id that any sum needs."""
        found: dict[str, dict[str, None]] = {}
        for select in self.sums.values():
            for variable_id, values in select.items():
                found.setdefault(variable_id, {}).update(dict.fromkeys(values))
        return {variable_id: list(values) for variable_id, values in found.items()}


def read_tableinfo(path: Path) -> TableInfo:
    """Read a recorded `tableinfo` body. Raises DeliveryError where it is none."""
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
        return _tableinfo(content)
    except OSError as error:
        raise _no_tableinfo(path, "no such file") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _no_tableinfo(path, f"{type(error).__name__}: {error}") from error


def _no_tableinfo(path: Path, found: str) -> DeliveryError:
    return DeliveryError(
        "the table's description cannot be read",
        place=path.name,
        expected="the answer of StatBank's tableinfo as JSON, with id, updated and variables",
        found=found,
        do="fetch the table again; a delivery of StatBank is tableinfo.json and data.csv or data.json",
    )


def _tableinfo(content: Any) -> TableInfo:
    footnote = content.get("footnote") or {}
    return TableInfo(
        table_id=_said(content, "id"),
        text=_said(content, "text"),
        description=_said(content, "description") if content.get("description") else "",
        updated=_said(content, "updated"),
        mandatory_footnote=" ".join(footnote["text"].split()) if footnote.get("mandatory") else "",
        variables=tuple(
            Variable(
                _said(one, "id"),
                _said(one, "text"),
                {_said(value, "id"): _said(value, "text") for value in one["values"]},
            )
            for one in content["variables"]
        ),
    )


def _said(content: Any, key: str) -> str:
    """A text of the description; a number or a list in its place would be met much later, far from here."""
    if not isinstance(content[key], str):
        raise TypeError(f"{key} is {type(content[key]).__name__}, not a text")
    return content[key]


def resolve(table: StatBankTable, info: TableInfo) -> Resolved:
    """Say the contract in the table's ids. Raises DeliveryError where its variables or values changed."""
    texts = table.variable_texts()
    if {text.casefold() for text in texts} != {one.text.casefold() for one in info.variables}:
        raise _changed(info, "variables", ", ".join(texts), ", ".join(one.text for one in info.variables))
    sums = {
        (position, column): {
            _variable(info, text).variable_id: _ids(info, _variable(info, text), values)
            for text, values in stated.select.items()
        }
        for position, series in enumerate(table.series)
        for column, stated in series.sums().items()
    }
    area, time = _variable(info, table.area_variable), _variable(info, table.time_variable)
    known = tuple(code for code in table.agreement_areas if area.id_of(code) is not None)
    areas = table.areas or known or table.agreement_areas
    return Resolved(info.variables, area, _ids(info, area, areas), time, sums)


def _variable(info: TableInfo, text: str) -> Variable:
    variable = info.variable(text)
    if variable is None:
        raise _changed(info, "variables", text, ", ".join(one.text for one in info.variables))
    return variable


def _ids(info: TableInfo, variable: Variable, values: Iterable[str]) -> tuple[str, ...]:
    found = {value: variable.id_of(value) for value in values}
    unknown = [value for value, value_id in found.items() if value_id is None]
    if unknown:
        known = ", ".join(f"{one} {text}" for one, text in list(variable.values.items())[:40])
        raise _changed(info, f"values of {variable.text}", ", ".join(unknown), known)
    return tuple(dict.fromkeys(value_id for value_id in found.values() if value_id is not None))


def _changed(info: TableInfo, what: str, expected: str, found: str) -> DeliveryError:
    return DeliveryError(
        f"StatBank table {info.table_id} has other {what} than the contract expects",
        place=f"{TABLEINFO}, {what}",
        expected=expected,
        found=found or "none",
        do="compare the table with its series in catalogue/sources/, correct the contract, then fetch again",
    )
