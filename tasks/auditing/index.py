"""The index of a pack: what an auditor reads in ten minutes, as one model that HTML and PDF are both made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import yaml

from tasks.auditing.papers import Papers
from tasks.auditing.sample import Drawn
from tasks.auditing.tables import Table, visible
from tasks.auditing.year import Year
from warehouse.paths import shipped

LANGUAGES = ("da", "en")
Texts = dict[str, Any]
Section = dict[str, Any]
# Columns of the PDF share its width by their longest text, between these numbers of letters.
_NARROWEST, _WIDEST = 12, 36


@dataclass(frozen=True)
class Shown:
    """What else the index tells of: the sample and its seed, the papers, and what is not there.

    `left_out` are deliveries (`<source_id>/<sha256>`), `without_figures` publications of which no figure is known.
    """

    drawn: Sequence[Drawn]
    seed: int
    papers: Sequence[Papers]
    left_out: Sequence[str]
    without_figures: Sequence[str]


def texts_of(language: str) -> Texts:
    """The pack's texts in a language."""
    path = shipped("reports") / "pack" / "texts" / f"{language}.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def index_page(year: Year, tables: Mapping[str, Table], shown: Shown, texts: Texts) -> dict[str, Any]:
    """Title, marks, lead and sections (heading, points, columns, rows of texts and links) of the index."""
    made_up = sorted({row["source_id"] for row in tables["deliveries"].records() if row["is_synthetic"]})
    sources = sorted({name.partition("/")[0] for name in shown.left_out})
    names = {row["indicator_id"]: row["indicator"] for row in tables["definitions"].records()}
    page = {
        "title": texts["title"].format(year=year.year),
        "contents": texts["contents"],
        "marks": [texts["synthetic"].format(sources=", ".join(made_up))] if made_up else [],
        "lead": [
            texts["lead"].format(year=year.year),
            texts["made"].format(line=year.head.sequence, time=year.head.time[:16].replace("T", " ") + " UTC"),
            texts["head"].format(digest=year.head.digest),
            *([texts["left_out"].format(sources=", ".join(sources))] if sources else []),
            *(
                [texts["without_figures"].format(names=", ".join(shown.without_figures))]
                if shown.without_figures
                else []
            ),
        ],
        "sections": [
            _section(texts["in_short"], _in_short(year, tables, texts)),
            _duty(tables["duty"], texts),
            *_of_meetings(tables, texts),
            _outdated(tables["outdated_papers"], names, texts),
            _approvals(tables["approvals"], texts),
            _papers(shown.papers, tables["meetings"], texts),
            _sample(shown.drawn, names, shown.seed, texts),
            _tables(tables, texts),
            _section(texts["files"], [], texts["files_columns"], list(texts["file_meanings"].items())),
        ],
    }
    return _clean(page)


def _section(
    heading: str, points: Sequence[str], columns: Sequence[str] = (), rows: Sequence[Sequence[Any]] = ()
) -> Section:
    lengths = [[len(_text_of(cell)) for cell in cells] for cells in zip(columns, *rows, strict=True)]
    return {
        "heading": heading,
        "points": list(points),
        "columns": list(columns),
        "widths": [min(_WIDEST, max(_NARROWEST, *column)) for column in lengths],
        "rows": [list(row) for row in rows],
    }


def _text_of(cell: Any) -> str:
    return cell["text"] if isinstance(cell, dict) else str(cell)


def _link(path: str, text: str = "") -> dict[str, str]:
    """A cell that leads to a file of the pack."""
    return {"text": text or path, "href": quote(path)}


def _in_short(year: Year, tables: Mapping[str, Table], texts: Texts) -> list[str]:
    duty, approvals = tables["duty"].records(), tables["approvals"].records()
    followed = [row for row in duty if row["is_followed_up"]]
    superseded = sum(bool(row["superseded_by"]) for row in tables["meetings"].records())
    outdated = len(tables["outdated_papers"].rows)
    received = [row for row in tables["deliveries"].records() if row["received_this_year"]]
    told = {
        "short_followed": bool(year.meetings),
        "short_no_meeting": not year.meetings,
        "short_superseded": superseded > 0,
        "short_outdated": outdated > 0,
        "short_deliveries": True,
        "short_four_eyes": bool(approvals),
        "short_year_open": any(not row["year_is_over"] for row in duty),
        "short_not_in_force": bool(duty) and not any(row["agreement_is_in_force"] for row in duty),
    }
    counts = {
        "year": year.year, "followed": len(followed), "meetings": len(year.meetings),
        "received": len(received), "quarantined": sum(row["rows_quarantined"] for row in received),
        "four": sum(row["is_four_eyes"] for row in approvals),
    }  # fmt: skip
    totals = {"short_followed": len(duty), "short_four_eyes": len(approvals)}
    several = {"short_superseded": superseded, "short_outdated": outdated}
    return [
        texts[key].format(**counts, all=totals.get(key, 0), count=several.get(key, 0))
        for key, is_told in told.items()
        if is_told
    ]


def _duty(table: Table, texts: Texts) -> Section:
    rows = [
        (
            row["indicator"], texts["yes" if row["is_followed_up"] else "no"], row["last_followed_up_on"] or "",
            row["meeting_id"] or "", row["publication_digest"] or "",
            texts["reasons"][row["reason"]] if row["reason"] else "",
        )
        for row in table.records()
    ]  # fmt: skip
    return _listed(texts, "duty", rows)


def _of_meetings(tables: Mapping[str, Table], texts: Texts) -> list[Section]:
    meetings = [
        (
            row["meeting_date"], row["present"], row["publication_digest"][:16], row["superseded_by"] or "",
            row["minutes_reference"], row["recorded_by"],
        )
        for row in tables["meetings"].records()
    ]  # fmt: skip
    seen = [
        (
            row["meeting_date"],
            row["indicator"] or row["indicator_id"],
            row["seen"],
            row["remark"] or "",
            row["decision"] or "",
        )
        for row in tables["follow_up"].records()
    ]
    actions = [
        (row["action"], row["owner"], row["due"], texts["states"][row["state"]]) for row in tables["actions"].records()
    ]
    return [
        _listed(texts, "meetings", meetings), _listed(texts, "follow_up", seen), _listed(texts, "actions", actions),
    ]  # fmt: skip


def _outdated(table: Table, names: Mapping[str, str], texts: Texts) -> Section:
    rows = [
        (
            row["meeting_id"], names.get(row["indicator_id"], row["indicator_id"]), row["area_id"], row["period"],
            _figure(row["shown_value"], row["shown_missing_reason"]), _figure(row["value"], row["missing_reason"]),
            texts["causes"].get(row["cause"], row["cause"]),
        )
        for row in table.records()
    ]  # fmt: skip
    return _listed(texts, "outdated", rows)


def _figure(value: float | None, missing_reason: str | None) -> str:
    return f"{value:.6g}" if value is not None else missing_reason or ""


def _approvals(table: Table, texts: Texts) -> Section:
    rows = [
        (
            row["delivery_id"], row["received_by"], row["approved_by"],
            texts["yes" if row["is_four_eyes"] else "no"], row["policy_of_the_source"] or "",
        )
        for row in table.records()
    ]  # fmt: skip
    return _listed(texts, "approvals", rows)


def _papers(papers: Sequence[Papers], meetings: Table, texts: Texts) -> Section:
    """Each publication's papers, one line for each that is handed out, and whether they are what the board received."""
    seen: dict[str, list[str]] = {}
    for row in meetings.records():
        seen.setdefault(row["publication_id"], []).append(str(row["meeting_date"]))
    rows = [
        (one.publication_id, ", ".join(seen.get(one.publication_id, [])), link, texts["papers_states"][one.state])
        for one in papers
        for link in [*map(_link, one.first_pages)] or [one.problem]
    ]
    return _listed(texts, "papers", rows)


def _tables(tables: Mapping[str, Table], texts: Texts) -> Section:
    rows = [
        (_link(f"tables/{name}.csv"), str(len(tables[name].rows)), meaning)
        for name, meaning in texts["table_meanings"].items()
    ]
    return _listed(texts, "tables", rows)


def _sample(drawn: Sequence[Drawn], names: Mapping[str, str], seed: int, texts: Texts) -> Section:
    rows = [_sampled(one.figure, names) for one in drawn]
    publication = drawn[0].publication_id if drawn else ""
    lead = texts["sample_lead"].format(count=len(drawn), publication=publication, seed=seed)
    return _listed(texts, "sample", rows) | ({"points": [lead]} if drawn else {})


def _sampled(figure: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    """One drawn figure with its first part, and how many more it has."""
    first, *more = figure["parts"] or [{}]
    place = first.get("locator", "") + (f" (+{len(more)})" if more else "")
    name, value = names.get(figure["indicator_id"], figure["indicator_id"]), _figure(figure["value"], None)
    return (name, figure["area_id"], figure["period"], value, first.get("delivery_id", ""), place)


def _listed(texts: Texts, key: str, rows: Sequence[Sequence[Any]]) -> Section:
    return _section(texts[key], [] if rows else [texts["nothing"]], texts[f"{key}_columns"], rows)


def _clean(value: Any) -> Any:
    """The same with every text made visible and every value a text."""
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return visible(str(value))
