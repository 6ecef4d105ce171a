"""The board's workbook: the same figures as the paper, as real numbers, by XlsxWriter.

One sheet for each goal, before them the overview, after them definitions, sources and checks. Every text is written
as a text, whatever it begins with: nothing that a source says can become a formula or a link.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate
from math import ceil
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from tasks.reporting.figures import AgreementFigures, Publication
from tasks.reporting.folder import texts
from tasks.reporting.since import by_kind, since_the_meeting
from tasks.reporting.words import Words
from tasks.reporting.workbook_changes import changes
from tasks.reporting.workbook_columns import (
    Column,
    definitions,
    figures_of_goal,
    milestones,
    overview,
    sources,
    warnings,
)

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Row = dict[str, Any]
NO_FORMULAS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
INK, MUTED, SYNTHETIC = "#14191c", "#4a545b", "#6b3a00"
HEAD = {"bold": True, "text_wrap": True, "bg_color": "#e7ece8", "bottom": 1}
LINE_HEIGHT = 13.5  # points, of Calibri 10
FIRST_ROW = 5
BANNER_WIDTH = 110  # letters
PAPER_WIDTH = 230  # letters across a sheet of A4 on its side, at a size that can be read
LEADING_COLUMNS = 2  # which say what a row is about
# Windows' own numbers of the two languages: a day is written as its readers write it.
LOCALE = {"da": "[$-406]", "en": "[$-809]"}


@dataclass(frozen=True)
class _Sheet:
    """One sheet: its name, what stands above its table, its columns, its rows."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    lead: str = ""  # what its rows come to, in a sentence below the title


def workbook(publication: Publication, figures: AgreementFigures, language: str) -> bytes:
    """The workbook of one agreement in one language; the same publication gives the same bytes."""
    import xlsxwriter

    words, content = Words(texts(language)), io.BytesIO()
    with xlsxwriter.Workbook(content, NO_FORMULAS) as book:
        made = datetime.fromtimestamp(publication.publication["as_of_seconds"], UTC).replace(tzinfo=None)
        book.set_properties({
            "title": words.texts["paper"]["title"].format(agreement=figures.agreement["agreement"]),
            "author": figures.agreement["agreement"],
            "comments": words.published(publication.publication),
            "created": made,
        })  # fmt: skip
        styles = _styles(book, language)
        for sheet in _sheets(publication, figures, words):
            _write(book.add_worksheet(sheet.name), sheet, _above(publication, words), styles)
    return content.getvalue()


def _sheets(publication: Publication, figures: AgreementFigures, words: Words) -> list[_Sheet]:
    t = words.texts
    names = t["workbook"]["sheet"]
    cells = [
        cell | {"goal": goal, "series": series}
        for goal in figures.goals
        for series in goal["series"]
        for cell in series["cells"]
    ]
    return [
        _Sheet(names["overview"], t["overview"]["title"], overview(words), cells),
        _changes_sheet(figures, words),
        *(_goal_sheet(goal, figures, words) for goal in figures.goals),
        _Sheet(names["milestones"], t["milestones"]["title"], milestones(words), _milestones(figures)),
        _Sheet(names["definitions"], t["goal"]["definition_title"], definitions(words), figures.series),
        _Sheet(names["sources"], t["sources"]["freshness_title"], sources(words), publication.sources),
        _Sheet(names["warnings"], t["sources"]["warnings_title"], warnings(words), publication.warnings),
    ]


def _changes_sheet(figures: AgreementFigures, words: Words) -> _Sheet:
    t, lead = words.texts, since_the_meeting(figures, words)["lead"]
    return _Sheet(t["workbook"]["sheet"]["changes"], t["since"]["title"], changes(words), by_kind(figures), lead)


def _milestones(figures: AgreementFigures) -> list[Row]:
    return [one for area in figures.milestones for one in area["milestones"]]


def _goal_sheet(goal: Row, figures: AgreementFigures, words: Words) -> _Sheet:
    rows = [
        point | {"series": series, "place": unit}
        for series in figures.series
        if series["goal_id"] == goal["goal_id"]
        for unit in series["units"]
        for point in unit["points"]
    ]
    name = words.texts["frame"]["goal"].format(number=goal["goal_number"])
    return _Sheet(name, f"{name}. {words.of(goal, 'goal')}", figures_of_goal(words), rows)


def _above(publication: Publication, words: Words) -> list[str]:
    """What stands on every sheet: which publication, its digest in the ledger, whether figures are invented."""
    book, made = words.texts["workbook"], publication.publication
    is_synthetic = any(row["is_synthetic"] for row in publication.real_and_synthetic)
    frame = words.texts["frame"]
    return [
        words.published(made),
        book["digest"].format(digest=made["digest"]) if made["digest"] else frame["no_check_code"],
        f"{words.texts['banner']['title']}: {words.banner(publication.real_and_synthetic)}"
        if is_synthetic
        else frame["all_real"],
    ]


def _styles(book: Workbook, language: str) -> dict[str, Any]:
    """Formats by the kinds of workbook_columns.py; a number's decimal mark is the reader's own Excel's."""
    base = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
    percent = LOCALE[language] + ('0.0" %"' if language == "da" else "0.0%")
    numbers = {
        "fraction": percent.replace('" %"', r"\ %"),
        "mark": LOCALE[language] + "0.0",
        "count": LOCALE[language] + "#,##0",
        "points": ";".join(LOCALE[language] + form for form in ("+0.0", "\u22120.0", "0.0")),
        "day": LOCALE[language] + ("d. mmmm yyyy" if language == "da" else "d mmmm yyyy"),
        "moment": LOCALE[language] + ('d. mmm yyyy "kl." hh.mm' if language == "da" else "d mmm yyyy hh:mm"),
    }
    to_the_right = base | {"align": "right", "indent": 1}
    styles = {kind: book.add_format(to_the_right | {"num_format": form}) for kind, form in numbers.items()}
    return styles | {
        "text": book.add_format(base | {"text_wrap": True, "indent": 1}),
        "synthetic": book.add_format(base | {"font_color": SYNTHETIC, "bold": True}),
        "banner": book.add_format(base | {"font_color": SYNTHETIC, "bold": True, "text_wrap": True}),
        "lead": book.add_format(base | {"text_wrap": True}),
        "title": book.add_format(base | {"bold": True, "font_size": 14}),
        "small": book.add_format(base | {"font_color": MUTED}),
        "head": book.add_format(base | {"indent": 1} | HEAD),
        "head of numbers": book.add_format(to_the_right | HEAD),
    }


def _write(page: Worksheet, sheet: _Sheet, above: Sequence[str], styles: dict[str, Any]) -> None:
    _write_above(page, sheet, above, styles)
    last = FIRST_ROW + len(sheet.rows)
    lines = [1] * (len(sheet.rows) + 1)
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        head = "head of numbers" if column.is_of_numbers else "head"
        page.write_string(FIRST_ROW, number, column.title, styles[head])
        written = [column.title, *_write_column(page, number, column, sheet.rows, styles)]
        lines = [max(found, _lines(value, column.width)) for found, value in zip(lines, written, strict=True)]
    # Not every program makes room for a text of several lines by itself.
    for place, found in enumerate(lines, start=FIRST_ROW):
        page.set_row(place, found * LINE_HEIGHT + 2)
    page.autofilter(FIRST_ROW, 0, last, len(sheet.columns) - 1)
    page.freeze_panes(FIRST_ROW + 1, LEADING_COLUMNS)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    # As many sheets of paper beside each other as leave the letters large enough to read.
    page.fit_to_pages(ceil(sum(column.width for column in sheet.columns) / PAPER_WIDTH), 0)
    page.repeat_columns(0, LEADING_COLUMNS - 1)
    page.print_area(0, 0, last, len(sheet.columns) - 1)
    page.repeat_rows(FIRST_ROW)
    # A sign of its own would make Excel's footer read what follows as a code.
    page.set_footer(f"&L{above[0].replace('&', '&&')}&R&P / &N")


def _write_above(page: Worksheet, sheet: _Sheet, above: Sequence[str], styles: dict[str, Any]) -> None:
    page.set_row(0, 20)
    page.write_string(0, 0, sheet.title, styles["title"])
    *lines, banner = above
    for number, line in enumerate(lines, start=1):
        page.write_string(number, 0, line, styles["small"])
    # The sources that it names take several lines, over as many columns as make one line readable.
    widths = list(accumulate(column.width for column in sheet.columns))
    over = next((number for number, width in enumerate(widths) if width >= BANNER_WIDTH), len(widths) - 1)
    for place, said, style in ((len(above), banner, "banner"), (len(above) + 1, sheet.lead, "lead")):
        if said:
            page.merge_range(place, 0, place, over, said, styles[style])
            page.set_row(place, _lines(said, widths[over]) * LINE_HEIGHT + 2)


def _lines(value: Any, width: float) -> int:
    """How many lines a cell's text takes in a column of so many letters; a number takes one."""
    if not isinstance(value, str):
        return 1
    return sum(1 if len(line) <= width else len(wrap(line, int(width))) for line in value.split("\n"))


def _write_column(
    page: Worksheet, number: int, column: Column, rows: Sequence[Row], styles: dict[str, Any]
) -> list[Any]:
    """Write a column's cells and the notes on them; returns the values."""
    values = [column.value(row) for row in rows]
    for place, (row, value) in enumerate(zip(rows, values, strict=True), start=FIRST_ROW + 1):
        if value is None:
            continue
        _writer(page, value)(place, number, value, styles[column.kind(row)])
        if column.note and (said := column.note(row)):
            page.write_comment(place, number, said, {"x_scale": 2.2, "y_scale": 1.4, "font_size": 9})
    return values


def _writer(page: Worksheet, value: Any) -> Callable[..., Any]:
    if isinstance(value, str):
        return page.write_string
    return page.write_datetime if isinstance(value, date) else page.write_number
