"""What must hold: the checks declared under expectations/, read into frozen models that refuse what is not understood.

`expectations/raw/_every_source.yml` holds for every source; `expectations/raw/<source_id>.yml` adds to it, and an
entry there with the same `check` takes the common one's place. `expectations/mart/<table>.yml` is about one mart.
`expectations/prepared/<name>.sql` is one SELECT each, made once before the checks that read `prepared.<name>`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from catalogue.definitions import Declared, Identifier
from catalogue.errors import CatalogueError
from warehouse.paths import shipped
from warehouse.sql_text import literal

COMMON = "_every_source"
# What a source's contract says that it holds -> the file of checks that hold for every such source.
COMMON_OF = {"figures": COMMON, "milestones": "_every_milestone_source"}
_FEWEST_WORDS = 4


def _says_why(text: str) -> str:
    if len(text.split()) < _FEWEST_WORDS:
        raise ValueError("at least four words that say why it matters")
    return text


Reason = Annotated[str, AfterValidator(_says_why)]
Sql = Annotated[str, Field(min_length=1)]


_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml: ten times as fast


class _Loader(_SafeLoader):
    """YAML in which a key given twice is an error; PyYAML itself keeps the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping of a node, as the base class makes it."""
        keys = [str(key.value) for key, _ in node.value]
        for (key, _), name in zip(node.value, keys, strict=True):
            if keys.count(name) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"the key {name} is given twice", key.start_mark)
        return super().construct_mapping(node, deep=deep)


class Expectation(Declared):
    """One check: what is expected, how severe it is when it does not hold, and why it matters.

    Exactly one of `failing_rows` (a predicate that is true for a bad row), `query` (a SELECT of what is wrong)
    and `arguments` (of another Great Expectations class) says what is expected.
    """

    check: Identifier
    expectation: Annotated[str, Field(pattern=r"^[A-Z]\w+$")]
    failing_rows: Sql | None = None
    query: Sql | None = None
    arguments: dict[str, Any] = {}
    severity: Literal["critical", "warning"]
    because: Reason
    keep_rows: bool = False

    @model_validator(mode="after")
    def _says_one_thing(self) -> Expectation:
        by_sql = (self.failing_rows is not None) + (self.query is not None)
        if by_sql != (self.expectation == "UnexpectedRowsExpectation"):
            raise ValueError("UnexpectedRowsExpectation, and only that, states exactly one of failing_rows and query")
        if self.arguments and by_sql:
            raise ValueError("arguments do not go together with failing_rows or query")
        if self.keep_rows and (self.severity == "critical" or self.predicate is None):
            raise ValueError("keep_rows is for a warning about rows")
        if "mostly" in self.arguments:
            raise ValueError("mostly would let rows pass unseen; state keep_rows for rows that may stay")
        return self

    @property
    def predicate(self) -> str | None:
        """SQL that is true for each row that fails; None where the check is not about single rows."""
        return self.failing_rows or column_predicate(self.expectation, self.arguments)

    @property
    def text(self) -> str:
        """All SQL of the check, to see which prepared tables it reads."""
        return f"{self.failing_rows or ''} {self.query or ''}"


def column_predicate(expectation: str, arguments: dict[str, Any]) -> str | None:
    """The rows that an expectation about one column finds; None for an expectation of another kind.

    As in Great Expectations, a missing value fails nothing but ExpectColumnValuesToNotBeNull.
    """
    column = '"' + str(arguments.get("column", "")).replace('"', '""') + '"'
    match expectation:
        case "ExpectColumnValuesToNotBeNull":
            return f"{column} IS NULL"
        case "ExpectColumnValuesToBeInSet":
            return f"{column} NOT IN ({', '.join(_literal(value) for value in arguments['value_set'])})"
        case "ExpectColumnValuesToBeBetween":
            below = "<=" if arguments.get("strict_min") else "<"
            above = ">=" if arguments.get("strict_max") else ">"
            ends = ((below, arguments.get("min_value")), (above, arguments.get("max_value")))
            return " OR ".join(f"{column} {sign} {_literal(end)}" for sign, end in ends if end is not None)
    return None


def _literal(value: object) -> str:
    return literal(value) if isinstance(value, str) else str(value)


def for_source(source_id: str, home: Path | None = None, *, holds: str = "figures") -> tuple[Expectation, ...]:
    """The checks of a source's deliveries: those common to what it holds, then its own. Raises CatalogueError."""
    common, own = (_read(path) for path in _raw_files(source_id, home, holds))
    replaced = {entry.check for entry in own}
    return (*(entry for entry in common if entry.check not in replaced), *own)


def for_marts(home: Path | None = None) -> dict[str, tuple[Expectation, ...]]:
    """The checks of each mart under its table's name. Raises CatalogueError."""
    return {path.stem: _read(path) for path in sorted(_folder("mart", home).glob("*.yml"))}


def understand_all(holds_of_source: Mapping[str, str], home: Path | None = None) -> int:
    """Read every file of checks before anything is fetched; returns how many checks. Raises CatalogueError.

    `holds_of_source`: source_id -> what its contract says that it holds.
    """
    own = [_read(_raw_files(source_id, home, holds)[1]) for source_id, holds in holds_of_source.items()]
    common = [_read(_folder("raw", home) / f"{COMMON_OF[holds]}.yml") for holds in set(holds_of_source.values())]
    return sum(map(len, [*own, *common, *for_marts(home).values()]))


def prepared_selects(checks: Iterable[Expectation], home: Path | None = None) -> dict[str, str]:
    """Name -> SELECT of each prepared table that these checks read, each after those that it reads itself."""
    found: dict[str, str] = {}

    def take(text: str) -> None:
        for name in sorted(set(re.findall(r"\bprepared\.(\w+)", text)) - found.keys()):
            select = _prepared(name, home)
            take(select)
            found[name] = select

    for entry in checks:
        take(entry.text)
    return found


def digest_for_source(source_id: str, home: Path | None = None, *, holds: str = "figures") -> str:
    """SHA-256 over the files that say what a source's deliveries must obey."""
    hashed = hashlib.sha256()
    for path in [*_raw_files(source_id, home, holds), *sorted(_folder("prepared", home).glob("*.sql"))]:
        hashed.update(f"{path.name}\n".encode() + path.read_bytes() + b"\n")
    return hashed.hexdigest()


def _folder(name: str, home: Path | None) -> Path:
    return (home or shipped("expectations")) / name


def _raw_files(source_id: str, home: Path | None, holds: str) -> tuple[Path, Path]:
    folder = _folder("raw", home)
    return folder / f"{COMMON_OF[holds]}.yml", folder / f"{source_id}.yml"


def _prepared(name: str, home: Path | None) -> str:
    path = _folder("prepared", home) / f"{name}.sql"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogueError(
            f"a check reads prepared.{name}, which no file prepares",
            place=str(path),
            expected="one SELECT whose file bears the table's name",
            do="correct the name in the check, or add the file",
        ) from error


def _read(path: Path) -> tuple[Expectation, ...]:
    try:
        return _entries(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise CatalogueError(
            "a file of checks cannot be read",
            place=str(path),
            expected="a file with at least one check for every source that has a contract",
            found=error.strerror or str(error),
            do="write it, or give this user the right to read it; CONTRIBUTING.md shows a check",
        ) from error


@cache
def _entries(path: Path, changed_ns: int) -> tuple[Expectation, ...]:  # noqa: ARG001
    """The checks of a file as it was when it was last changed; each delivery of a source asks for them."""
    try:
        content = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise CatalogueError("a file of checks cannot be read", place=str(path), found=str(error)) from error
    try:
        entries = TypeAdapter(list[Expectation]).validate_python(content)
    except ValidationError as error:
        raise _not_understood(error, content, path) from error
    twice = [entry.check for number, entry in enumerate(entries) if entry.check in {e.check for e in entries[:number]}]
    if twice or not entries:
        found = f"twice {twice[0]}" if twice else "no check at all"
        raise CatalogueError(
            "a file of checks must hold checks, each of a name of its own",
            place=str(path),
            expected="at least one check, and no two of one name",
            found=found,
            do="write what only this source must hold; CONTRIBUTING.md shows a check",
        )
    return tuple(entries)


def _not_understood(error: ValidationError, content: object, path: Path) -> CatalogueError:
    first = error.errors()[0]
    number, *key = first["loc"] or (None,)
    entry = content[number] if isinstance(content, list) and isinstance(number, int) else None
    name = entry.get("check", f"entry {number}") if isinstance(entry, dict) else "the file as a whole"
    return CatalogueError(
        "a check is not stated as it must be",
        place=f"{path}, {name}{''.join(f', key {part}' for part in key)}",
        expected=first["msg"].removeprefix("Value error, "),
        found=repr(first["input"])[:200],
        do="correct the entry; CONTRIBUTING.md shows one",
    )
