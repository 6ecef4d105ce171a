"""Reading the catalogue: every file, every id cross-checked, every error with its file and key."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from catalogue.definitions import Agreement, Goal, Indicator
from catalogue.errors import CatalogueError
from catalogue.people import Person
from catalogue.sources import Source

HOME = Path(__file__).resolve().parent
PEOPLE = "people.yml"
_Model = TypeVar("_Model", bound=BaseModel)
_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml: ten times as fast


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All that is declared, and the digest of the files that declare it; equal to itself alone."""

    goals: tuple[Goal, ...]
    indicators: tuple[Indicator, ...]
    agreements: tuple[Agreement, ...]
    sources: tuple[Source, ...]
    municipalities: tuple[dict[str, str], ...]
    polling_districts: tuple[dict[str, str], ...]
    corrections: tuple[dict[str, str], ...]
    digest: str
    people: tuple[Person, ...] = ()

    @cached_property
    def source_by_id(self) -> dict[str, Source]:
        """The source contracts under their ids."""
        return {source.source_id: source for source in self.sources}

    def source(self, source_id: str) -> Source:
        """The contract of a source. Raises CatalogueError that lists the known ones."""
        try:
            return self.source_by_id[source_id]
        except KeyError:
            raise CatalogueError(
                "there is no such source",
                expected=f"one of {', '.join(sorted(self.source_by_id))}",
                found=source_id,
                do="use a known source_id, or add a contract under catalogue/sources/",
            ) from None


def declared_source_ids() -> tuple[str, ...]:
    """The ids of all source contracts, without reading them: a contract's file bears its id."""
    return tuple(sorted(path.stem for path in (HOME / "sources").glob("*.yml")))


def load_catalogue(root: Path | None = None) -> Catalogue:
    """Read and cross-check a catalogue folder; CatalogueError names file, key and what was expected."""
    from catalogue.cross_check import cross_check

    home = root or HOME
    agreements = tuple(_one_of(Agreement, path) for path in sorted((home / "agreements").glob("*.yml")))
    municipalities = tuple(sorted({agreement.municipality_code for agreement in agreements}))
    catalogue = Catalogue(
        goals=_list_of(Goal, home / "goals.yml"),
        indicators=_list_of(Indicator, home / "indicators.yml"),
        agreements=agreements,
        sources=tuple(_one_of(Source, path).about(municipalities) for path in sorted((home / "sources").glob("*.yml"))),
        municipalities=_rows(home / "municipalities.csv", ("municipality_code", "name")),
        polling_districts=_rows(
            home / "polling_districts.csv", ("dagi_id", "name", "municipality_code", "valid_from", "valid_to")
        ),
        corrections=_rows(home / "corrections.csv", CORRECTION_COLUMNS, MUNICIPALITY_OF_CORRECTION),
        digest=_digest(home),
        people=_list_of(Person, home / PEOPLE) if (home / PEOPLE).exists() else (),
    )
    cross_check(catalogue, home)
    return catalogue


CORRECTION_COLUMNS = (
    "source_id",
    "indicator_id",
    "unit_level",
    "unit_published_as",
    "period",
    "column",
    "as_published",
    "corrected",
    "reason",
    "corrected_by",
    "corrected_on",
)
# A last column that the table may have: where units of two municipalities bear the name that the source publishes.
MUNICIPALITY_OF_CORRECTION = "municipality_code"


def _digest(home: Path) -> str:
    """Over every file but the register of people: whoever is in it, no figure is another one."""
    hashed = hashlib.sha256()
    for path in sorted({*home.rglob("*.yml"), *home.rglob("*.csv")} - {home / PEOPLE}):
        hashed.update(f"{path.relative_to(home)}\n".encode() + path.read_bytes() + b"\n")
    return hashed.hexdigest()


class _StrictLoader(_SafeLoader):
    """YAML in which a key given twice is an error; PyYAML itself keeps the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping of a node, as the base class makes it."""
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                problem = f"the key {key.value} is given twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def _yaml(path: Path) -> Any:
    try:
        loader = _StrictLoader(path.read_bytes())
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except (OSError, yaml.YAMLError) as error:
        raise CatalogueError("a catalogue file cannot be read", place=str(path), found=str(error)) from error


def _one_of(model: type[_Model], path: Path) -> _Model:
    return _validated(model, _yaml(path), path)


def _list_of(model: type[_Model], path: Path) -> tuple[_Model, ...]:
    content = _yaml(path)
    if not isinstance(content, list):
        raise CatalogueError(
            "a catalogue file holds something else than expected",
            place=f"{path}, the file as a whole",
            expected="a list of entries, each beginning with '- '",
            found=_shortened(content),
        )
    return tuple(_validated(model, entry, path, _name_of(entry, number)) for number, entry in enumerate(content, 1))


def _name_of(entry: object, number: int) -> str:
    """What a reader can search for: the entry's own id, else its place in the list."""
    named = entry if isinstance(entry, dict) else {}
    return next((str(text) for key, text in named.items() if str(key).endswith("_id")), f"entry {number}")


def _validated(model: type[_Model], content: object, path: Path, entry: str = "") -> _Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in (entry, *first["loc"]) if part != "")
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        missing = [".".join(map(str, one["loc"])) for one in error.errors() if one["type"] == "missing"]
        raise CatalogueError(
            f"a catalogue file says something that is not understood{more}",
            place=f"{path}, key {key or 'of the file as a whole'}",
            expected=f"every required key; missing: {', '.join(missing)}"
            if first["type"] == "missing"
            else first["msg"].removeprefix("Value error, "),
            found=_shortened(first["input"]),
            do="correct the key; CONTRIBUTING.md shows one of each kind, and where every field is told of",
        ) from error


def _shortened(content: object) -> str:
    return f"the keys {', '.join(map(str, content))}" if isinstance(content, dict) else repr(content)[:200]


def _rows(path: Path, columns: Iterable[str], optional: str | None = None) -> tuple[dict[str, str], ...]:
    expected = list(columns)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            heading, *rows = list(csv.reader(file)) or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(
            "a catalogue table cannot be read",
            place=str(path),
            expected="a CSV file with commas, in UTF-8",
            found=str(error),
        ) from error
    if optional and heading == [*expected, optional]:
        expected = heading
    if heading != expected:
        raise _misshapen(path, 1, ",".join(expected), heading)
    for number, row in enumerate(rows, start=2):
        if len(row) != len(expected):
            raise _misshapen(path, number, f"{len(expected)} cells", row)
    return tuple(dict(zip(expected, row, strict=True)) for row in rows)


def _misshapen(path: Path, number: int, expected: str, row: list[str]) -> CatalogueError:
    return CatalogueError(
        "a catalogue table has other columns than expected",
        place=f"{path}, line {number}",
        expected=expected,
        found=",".join(row) or "nothing",
    )
