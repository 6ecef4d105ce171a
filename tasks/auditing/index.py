"""The index of a pack: what an auditor reads in ten minutes, as one model that HTML and PDF are both made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.auditing.in_force import in_force
from tasks.auditing.index_sections import approvals, duty, files, of_meetings, outdated, papers, sample, section
from tasks.auditing.names import Names, seconds
from tasks.auditing.papers import Papers
from tasks.auditing.sample import Drawn
from tasks.auditing.tables import Table
from tasks.auditing.year import Year
from tasks.reporting.folder import LANGUAGES
from tasks.visible import visible

# The index's file in each language; the first is what one opens.
FILES = {language: "index" if language == LANGUAGES[0] else f"index-{language}" for language in LANGUAGES}


@dataclass(frozen=True)
class Shown:
    """What else the index tells of: the sample and its seed, the papers, and what is not there.

    `left_out` are deliveries (`<source_id>/<sha256>`), `without_figures` publications of which no figure is known,
    `list_digest` that of the list of all files that are not the index and descriptions, `catalogue_digest` that of the
    catalogue of now, which lies in the pack.
    """

    drawn: Sequence[Drawn]
    seed: int
    papers: Sequence[Papers]
    left_out: Sequence[str]
    without_figures: Sequence[str]
    list_digest: str
    catalogue_digest: str = ""


def index_page(year: Year, tables: Mapping[str, Table], shown: Shown, language: str) -> dict[str, Any]:
    """Title, mark, lead, moment and sections (heading, points, columns, rows of texts and links) of the index."""
    names = Names(tables, year.entries, language)
    texts = names.texts
    sections = [
        section(texts["in_short"], _in_short(year, tables, names)),
        duty(tables["duty"], names),
        in_force(year, tables, shown.catalogue_digest, names),
        *of_meetings(tables, names),
        outdated(tables["outdated_papers"], names),
        approvals(tables["approvals"], names),
        papers(shown.papers, tables["meetings"], names),
        sample(shown.drawn, shown.seed, names),
        *files(tables, names),
    ]
    page = {
        "title": texts["title"].format(year=year.year),
        "contents": texts["contents"],
        "lead": _lead(year, shown, names),
        "made_at": seconds(datetime.fromisoformat(year.head.time)),
        "sections": sections,
        **_mark(tables["deliveries"], names),
        **_frame(tables["agreements"], names),
    }
    return _clean(page)


def _mark(deliveries: Table, names: Names) -> dict[str, str]:
    made_up = {row["source_id"] for row in deliveries.records() if row["is_synthetic"]}
    told = names.texts["synthetic"].format(sources=names.sources(made_up)) if made_up else ""
    return {"mark": names.words.texts["banner"]["title"], "mark_told": told}


def _frame(agreements: Table, names: Names) -> dict[str, str]:
    frame = names.words.texts["frame"]
    other = next(language for language in LANGUAGES if language != names.words.language)
    return {
        "agreements": names.words.names([row["agreement"] for row in agreements.records()]),
        "skip": frame["skip"],
        "other_language": other,
        "other_language_name": frame["other_language"],
        "other_language_hint": frame["other_language_hint"],
        "other_language_file": f"{FILES[other]}.html",
    }


def _lead(year: Year, shown: Shown, names: Names) -> list[str]:
    texts, left_out = names.texts, {name.partition("/")[0] for name in shown.left_out}
    lead = [
        texts["lead"].format(year=year.year),
        texts["made"].format(line=names.words.plain(year.head.sequence), moment=names.moment(year.head.time)),
        texts["head"].format(digest=year.head.digest),
        texts["list"].format(digest=shown.list_digest),
    ]
    if left_out:
        lead.append(texts["left_out"].format(sources=names.sources(left_out)))
    if shown.without_figures:
        lead.append(
            texts["without_figures"].format(
                names=names.words.names(list(map(names.publication, shown.without_figures)))
            )
        )
    return lead


def _in_short(year: Year, tables: Mapping[str, Table], names: Names) -> list[str]:
    series, approved = tables["duty"].records(), tables["approvals"].records()
    superseded = sum(bool(row["superseded_by"]) for row in tables["meetings"].records())
    changed = len(tables["outdated_papers"].rows)
    received = [row for row in tables["deliveries"].records() if row["received_this_year"]]
    told = {
        "short_followed": bool(year.meetings),
        "short_no_meeting": not year.meetings,
        "short_superseded": superseded > 0,
        "short_outdated": changed > 0,
        "short_deliveries": True,
        "short_four_eyes": bool(approved),
        "short_year_open": any(not row["year_is_over"] for row in series),
        "short_not_in_force": bool(series) and not any(row["agreement_is_in_force"] for row in series),
    }
    counts = {
        "followed": sum(row["is_followed_up"] for row in series), "meetings": len(year.meetings),
        "received": len(received), "quarantined": sum(row["rows_quarantined"] for row in received),
        "four": sum(row["is_four_eyes"] for row in approved),
    }  # fmt: skip
    totals = {"short_followed": len(series), "short_four_eyes": len(approved)}
    several = {"short_superseded": superseded, "short_outdated": changed}
    written = {key: names.words.plain(count) for key, count in counts.items()}
    return [
        names.texts[key].format(**written, year=year.year, all=totals.get(key, 0), count=several.get(key, 0))
        for key, is_told in told.items()
        if is_told
    ]


def _clean(value: Any) -> Any:
    """The same with every text made visible and every value a text."""
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return visible(str(value))
