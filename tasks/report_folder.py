"""The one reader of `reports/`: its templates, its style, its texts in two languages, its queries."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from warehouse.paths import shipped

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = ("da", "en")


def _text(name: str) -> str:
    return (shipped("reports") / name).read_text(encoding="utf-8")


@cache
def texts(language: str) -> dict[str, Any]:
    """Every text of the page in `da` or `en`; both have the same keys."""
    safe_loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(_text(f"texts/{language}.yml"), Loader=safe_loader)  # noqa: S506  # it is a safe one


@cache
def query(name: str) -> str:
    """The SELECT of `reports/queries/<name>.sql`."""
    return _text(f"queries/{name}.sql")


@cache
def style() -> str:
    """The style sheet that every page carries within it."""
    return _text("style.css")


@cache
def environment() -> Environment:
    """Jinja with autoescape on; a name that a template does not know is an error, not an empty text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder: Path = shipped("reports") / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
