"""The index of a pack as HTML and as PDF, both from one model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tasks.reporting.folder import print_colours, style
from tasks.reporting.paper import STANDARDS, fonts
from warehouse.paths import shipped


def as_html(page: Mapping[str, Any], language: str) -> bytes:
    """The index as one HTML page that asks nothing of any other place."""
    environment = Environment(
        loader=FileSystemLoader(shipped("reports") / "pack"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    css = Markup(style())  # noqa: S704  # this repository's own style sheet
    return environment.get_template("index.html.j2").render(page=page, language=language, style=css).encode()


def as_pdf(page: Mapping[str, Any], language: str) -> bytes:
    """The index as a tagged PDF that archives keep; the same page gives the same bytes."""
    import typst

    inputs = {
        "page": json.dumps(page, ensure_ascii=False),
        "language": language,
        "colours": json.dumps(print_colours()),
    }
    source = (shipped("reports") / "pack" / "index.typ").read_bytes()
    made = typst.compile(
        source, format="pdf", sys_inputs=inputs, timestamp=int(page["made_at"]),
        font_paths=fonts(), ignore_system_fonts=True,
        pdf_standards=STANDARDS,  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("typst gives one PDF as bytes")
    return made
