"""The board's paper: one agreement in one language as a tagged PDF (PDF/UA-1 and PDF/A-2a), set by Typst.

Every word and number is put together here or in the words it uses; `reports/paper/*.typ` only lays them out.
Typst reads them as data, so nothing in a source's text can become layout.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

from catalogue.errors import HelhedsplanError
from tasks.reporting.figures import AgreementFigures, Publication
from tasks.reporting.folder import mark, paper_layout, print_colours, texts
from tasks.reporting.in_short import VERDICTS
from tasks.reporting.paper_closing import milestones, sources_and_checks
from tasks.reporting.paper_parts import front, goal
from tasks.reporting.words import Words

Row = dict[str, Any]
Drawn = dict[str, dict[str, str]]
STANDARDS: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"]
SANS = "Source Sans Pro"


def paper(publication: Publication, figures: AgreementFigures, drawn: Drawn, language: str) -> bytes:
    """The PDF of one agreement in one language; the same publication gives the same bytes.

    Raises HelhedsplanError if Typst refuses, with what it says.
    """
    import typst

    content, drawings = _content(publication, figures, drawn, Words(texts(language)))
    files: dict[str, bytes] = {name: text.encode() for name, text in (*paper_layout().items(), *drawings.items())}
    files["content.json"] = json.dumps(content, ensure_ascii=False).encode()
    # Typst takes the file of that name as the document.
    files["main.typ"] = files.pop("paper.typ")
    try:
        return typst.compile(
            files,  # pyright: ignore[reportArgumentType]
            format="pdf",
            font_paths=fonts(),
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,  # pyright: ignore[reportArgumentType]
            timestamp=publication.publication["as_of_seconds"],
        )
    except RuntimeError as error:
        raise HelhedsplanError(
            "the board's paper cannot be set as a PDF",
            place=f"{figures.agreement['agreement_id']}, {language}",
            expected="a document that meets PDF/UA-1 and PDF/A-2a",
            found=str(error).splitlines()[0],
            do="send this message to whoever maintains reports/paper/",
        ) from error


@cache
def fonts() -> Any:
    """Typst's own fonts and one more from a package, looked up once: what the machine has is of no account."""
    import font_source_sans_pro
    import typst

    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


def _content(
    publication: Publication, figures: AgreementFigures, drawn: Drawn, words: Words
) -> tuple[Row, dict[str, str]]:
    """(all that the layout shows, file name -> SVG of every chart and mark)."""
    colours = print_colours()
    drawings = {f"{verdict}.svg": _coloured(mark(verdict), colours, colours[_ink(verdict)]) for verdict in VERDICTS}
    goals = []
    for one in figures.goals:
        parts, charts = goal(one, figures, drawn, words)
        goals.append(parts)
        drawings |= {name: _coloured(svg, colours, colours["ink"]) for name, svg in charts.items()}
    content = {
        "language": words.language,
        "colours": colours,
        "texts": words.texts,
        "front": front(publication, figures, words),
        "goals": goals,
        "milestones": milestones(figures, words),
        "closing": sources_and_checks(publication, figures, words),
    }
    return content, drawings


def _ink(verdict: str) -> str:
    return {"better": "better", "worse": "worse", "cannot_be_judged": "muted"}.get(verdict, "ink")


def _coloured(svg: str, colours: dict[str, str], current: str) -> str:
    """A drawing with the print's colours in the place of the page's variables, and the paper's font."""
    svg = re.sub(r"var\(--([\w-]+)\)", lambda found: colours[found[1]], svg).replace("currentColor", current)
    return svg.replace('font-family="sans-serif"', f'font-family="{SANS}"')
