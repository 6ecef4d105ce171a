"""The one reader of `reports/`: its templates, its style, its texts in two languages, its queries."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from warehouse.paths import shipped

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = ("da", "en")
STYLE = ("base", "marks", "tables", "summary", "goal", "pack", "print")


def _text(name: str) -> str:
    return (shipped("reports") / name).read_text(encoding="utf-8")


@cache
def texts(language: str) -> dict[str, Any]:
    """Every text of the page in `da` or `en`; both have the same keys."""
    safe_loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(_text(f"texts/{language}.yml"), Loader=safe_loader)  # noqa: S506  # it is a safe one


@cache
def checks_in_danish() -> dict[str, str]:
    """Check -> what it finds wrong, in Danish; the expectation itself says in English why it matters."""
    return yaml.safe_load(_text("texts/checks_da.yml"))


@cache
def query(name: str) -> str:
    """The SELECT of `reports/queries/<name>.sql`."""
    return _text(f"queries/{name}.sql")


@cache
def style() -> str:
    """The style sheet that every page carries within it, put together by purpose; print comes last."""
    return "\n".join(_text(f"style/{part}.css") for part in STYLE)


@cache
def mark(verdict: str) -> str:
    """The SVG of a verdict's mark, drawn in `currentColor`."""
    return _text(f"marks/{verdict}.svg").strip()


@cache
def paper_layout() -> dict[str, str]:
    """File name -> Typst source of the board's paper."""
    return {
        path.name: path.read_text(encoding="utf-8") for path in sorted((shipped("reports") / "paper").glob("*.typ"))
    }


@cache
def print_colours() -> dict[str, str]:
    """Name -> colour, as the style sheet has them for print: the paper and the printed page look alike."""
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", _text("style/print.css")))


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
