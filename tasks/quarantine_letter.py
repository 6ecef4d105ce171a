"""A letter to a publisher about rows that cannot be used: a text in Danish, and the rows as an Excel file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.letter_faults import fault_in_danish, place_in_danish, stopping_checks
from tasks.people import acting_for
from tasks.quarantine_rows import Rejected, rejected_rows
from tasks.reporting.folder import checks_in_danish, environment, texts
from tasks.reporting.words import Words
from warehouse import clock
from warehouse.deliveries import Delivery, deliveries, the_delivery
from warehouse.ledger import Ledger
from warehouse.lock import receiving
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256

EXCEL = "afviste-raekker.xlsx"
_LETTER = "brev.txt"


@dataclass(frozen=True)
class Letter:
    """A letter as it lies below data/letters/, ready to be sent: its text, and its rows where there are any.

    `about` is rows, stopped_delivery or unreadable_file.
    """

    letter_id: str
    delivery_id: str
    publisher: str
    rows: int
    text: Path
    excel: Path | None
    about: str


def write_letter(data: DataDirectory, catalogue: Catalogue, delivery_id: str, *, actor: str) -> Letter:
    """Write the letter about a delivery's rejected rows, or about what stopped it, and tell the ledger.

    Raises HelhedsplanError where nothing of the delivery was rejected, or the actor may not.
    """
    ledger = Ledger(data.ledger)
    with receiving(data):  # two at once would be of one number
        entries = ledger.entries()
        delivery = the_delivery(deliveries(entries), delivery_id)
        actor = acting_for(catalogue, entries, actor, "write_letter")
        rejected = rejected_rows(data, delivery)
        if rejected.rows == 0 and not delivery.stopped:
            raise HelhedsplanError(
                "there is nothing to write about: every row of this delivery was taken in",
                place=delivery_id,
                expected="a delivery with rows in quarantine, or one that was stopped",
                found=delivery.state,
                do="see `helhedsplan quarantine list`",
            )
        number = sum(entry.kind == "quarantine_letter_made" for entry in entries) + 1
        letter = _written(data, catalogue, delivery, rejected, f"letter-{number:04d}", actor)
        ledger.append("quarantine_letter_made", _body(letter), actor=actor, reason=f"to {letter.publisher}")
        return letter


def _body(letter: Letter) -> dict[str, Any]:
    return {
        "delivery_id": letter.delivery_id,
        "letter_id": letter.letter_id,
        "publisher": letter.publisher,
        "rows": letter.rows,
        "text_sha256": file_sha256(letter.text),
        "excel_sha256": file_sha256(letter.excel) if letter.excel else None,
    }


def _written(
    data: DataDirectory, catalogue: Catalogue, delivery: Delivery, rejected: Rejected, letter_id: str, actor: str
) -> Letter:
    folder = data.letters / letter_id
    folder.mkdir(parents=True, exist_ok=True)
    source = catalogue.source(delivery.source_id)
    excel = folder / EXCEL if rejected.path else None
    by_check = _write_rows(rejected.path, excel, _names(catalogue)) if rejected.path and excel else []
    words, about = Words(texts("da")), _about(delivery)
    told = words.texts["letter"]
    text = environment().get_template("letter.txt.j2").render(
        told=told,
        about=about,
        is_synthetic=delivery.is_synthetic,
        publisher=source.publisher,
        today=words.day(clock.day_of(clock.now(data.ledger, "quarantine_letter_made"))),
        title=source.title.da,
        files=", ".join(told["file"].format(name=file.name) for file in delivery.files),
        received=words.day(delivery.received_on),
        stopped=delivery.stopped,
        problems=_problems(delivery, rejected),
        place=place_in_danish(rejected.problem) if delivery.unreadable else "",
        rows=rejected.rows,
        rows_in=rejected.rows_in,
        checks=[{"rows": rows, "words": checks_in_danish().get(check, because)} for check, because, rows in by_check],
        excel=EXCEL,
        delivery_id=delivery.delivery_id,
        sender=actor,
    )  # fmt: skip
    (folder / _LETTER).write_text(_plain(text), encoding="utf-8")
    return Letter(letter_id, delivery.delivery_id, source.publisher, rejected.rows, folder / _LETTER, excel, about)


def _about(delivery: Delivery) -> str:
    return "unreadable_file" if delivery.unreadable else "stopped_delivery" if delivery.stopped else "rows"


def _problems(delivery: Delivery, rejected: Rejected) -> list[str]:
    if delivery.unreadable:
        return [fault_in_danish(rejected.problem)]
    return [checks_in_danish().get(check, because) for check, because in stopping_checks(delivery)]


def _plain(text: str) -> str:
    """Templates escape for web pages; a letter is none."""
    from html import unescape

    return unescape(text)


_BY_CHECK = """
    SELECT failed.failed_check, any_value(failed.reason), count(*)
    FROM (SELECT unnest(failed_checks) AS failed_check, unnest(string_split(because, ' | ')) AS reason
      FROM read_parquet(?)) AS failed
    GROUP BY failed.failed_check ORDER BY count(*) DESC, failed.failed_check
"""
_IN_DANISH = "coalesce(danish[{0}], {0}) AS {0}"
_WORDS = """array_to_string(list_transform(list_zip(failed_checks, string_split(because, ' | ')),
    lambda one: coalesce(danish[one[1]], one[2])), '; ') AS words"""


def _names(catalogue: Catalogue) -> dict[str, str]:
    """What a Danish reader knows by another name than our tables do: checks, indicators, levels."""
    indicators = {one.indicator_id: one.name.da for each in catalogue.indicators for one in each.all_series()}
    return checks_in_danish() | indicators | texts("da")["letter"]["level"]


def _write_rows(rows: Path, target: Path, words: dict[str, str]) -> list[tuple[str, str, int]]:
    """Write the rows in quarantine to an Excel file; returns (check, because, rows) of each check."""
    titles = texts("da")["letter"]["columns"]
    with duckdb.connect() as connection:
        by_check = connection.execute(_BY_CHECK, [str(rows)]).fetchall()
        present = {name for name, *_ in connection.execute("DESCRIBE FROM read_parquet(?)", [str(rows)]).fetchall()}
        shown = [name for name in titles if name in present or name == "words"]
        told = {"words": _WORDS} | {name: _IN_DANISH.format(name) for name in ("indicator_id", "unit_level")}
        selected = ", ".join(told.get(name, name) for name in shown)
        found = connection.execute(
            f"SELECT {selected} FROM read_parquet(?), (SELECT map(?, ?) AS danish) ORDER BY row_number",
            [str(rows), list(words), list(words.values())],
        ).fetchall()
    columns = map(list, zip(*found, strict=True))
    _write_excel(target, dict(zip((titles[name] for name in shown), columns, strict=True)))
    return by_check


def _write_excel(target: Path, columns: dict[str, list[Any]]) -> None:
    """One sheet; whatever a text looks like, it is written as a text: nothing received may become a formula."""
    from xlsxwriter import Workbook

    as_it_is = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(str(target), as_it_is) as book:
        sheet, bold = book.add_worksheet(texts("da")["letter"]["sheet"]), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for number, (title, values) in enumerate(columns.items()):
            sheet.write_string(0, number, title, bold)
            sheet.write_column(1, number, [_cell(value) for value in values])
            sheet.set_column(number, number, min(60, max(len(title), *(len(str(one or "")) for one in values)) + 2))


def _cell(value: Any) -> Any:
    """A number that Excel can hold stays one; everything else is text."""
    if value is None or (isinstance(value, int | float) and math.isfinite(value)):
        return value
    return str(value)
