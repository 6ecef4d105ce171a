"""The sections of a pack's index: a heading, points, and rows under columns; a cell is a text or a list of links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from tasks.auditing.names import Names
from tasks.auditing.papers import Papers
from tasks.auditing.sample import Drawn
from tasks.auditing.tables import Table

Section = dict[str, Any]
# Columns of the PDF share its width by their longest text, between these numbers of letters.
_NARROWEST, _WIDEST = 10, 36


def section(
    heading: str, points: Sequence[str], columns: Sequence[str] = (), rows: Sequence[Sequence[Any]] = ()
) -> Section:
    """A section; `widths` are those of its columns in the PDF, in letters."""
    lengths = [[_length(cell) for cell in cells] for cells in zip(columns, *rows, strict=True)]
    return {
        "heading": heading,
        "points": list(points),
        "columns": list(columns),
        "widths": [min(_WIDEST, max(_NARROWEST, *column)) for column in lengths],
        "rows": [list(row) for row in rows],
    }


def _length(cell: Any) -> int:
    # A name of a file has no blank to be broken at.
    return max((len(link["text"]) + 6 for link in cell), default=0) if isinstance(cell, list) else len(str(cell))


def _link(path: str, text: str = "") -> dict[str, str]:
    """A link to a file of the pack."""
    return {"text": text or path, "href": quote(path)}


def _listed(names: Names, key: str, rows: Sequence[Sequence[Any]]) -> Section:
    return section(names.texts[key], [] if rows else [names.texts["nothing"]], names.texts[f"{key}_columns"], rows)


def duty(table: Table, names: Names) -> Section:
    """Each series of the agreement: followed up or not, how often, when last, on which publication, or why not."""
    texts = names.texts
    rows = [
        (
            names.in_full(row["indicator_id"]), names.yes_or_no(row["is_followed_up"]),
            texts["meetings_of"].format(count=row["meetings"], all=row["meetings_held"]),
            names.day(row["last_followed_up_on"]), names.publication(row["publication_id"]),
            _why_not(row, texts),
        )
        for row in table.records()
    ]  # fmt: skip
    return _listed(names, "duty", rows)


def _why_not(row: Mapping[str, Any], texts: Mapping[str, Any]) -> str:
    # In a year in which the agreement was not in force no follow-up is missing.
    if not row["reason"]:
        return ""
    return texts["reasons"][row["reason"] if row["agreement_is_in_force"] else "not_in_force"]


def of_meetings(tables: Mapping[str, Table], names: Names) -> list[Section]:
    """The meetings, what each saw and decided, and the actions."""
    held = [
        (
            names.day(row["meeting_date"]), row["present"], names.publication(row["publication_id"]),
            names.publication(row["superseded_by"]), row["minutes_reference"], row["recorded_by"],
        )
        for row in tables["meetings"].records()
    ]  # fmt: skip
    # What a meeting said alike of several indicators is said once.
    alike: dict[tuple[str, ...], list[str]] = {}
    for row in tables["follow_up"].records():
        said = (names.day(row["meeting_date"]), row["seen"], row["remark"] or "", row["decision"] or "")
        alike.setdefault(said, []).append(names.indicator(row["indicator_id"]))
    seen = [(day, "; ".join(of), *rest) for (day, *rest), of in alike.items()]
    actions = [
        (
            f"{names.indicator(row['indicator_id'])}: {row['action']}", names.day(row["meeting_date"]), row["owner"],
            names.day(row["due"]),
            names.texts["done"].format(day=names.day(row["done_on"])) if row["done_on"]
            else names.texts["states"][row["state"]],
        )
        for row in tables["actions"].records()
    ]  # fmt: skip
    return [_listed(names, "meetings", held), _listed(names, "follow_up", seen), _listed(names, "actions", actions)]


def outdated(table: Table, names: Names) -> Section:
    """Figures that a meeting saw and that have changed since: then, now, and why."""
    causes = names.words.texts["since"]["because"]
    rows = [
        (
            names.day(row["meeting_date"]), names.indicator(row["indicator_id"]),
            names.area(row["agreement_id"], row["area_id"]), names.words.period(row["period"], "in_table"),
            _then(row, names), names.figure(row["value"], row["missing_reason"], row["indicator_id"]),
            names.words.cause(causes, row["cause"], is_known_figure=None not in (row["shown_value"], row["value"])),
        )
        for row in table.records()
    ]  # fmt: skip
    return _listed(names, "outdated", rows)


def _then(row: Mapping[str, Any], names: Names) -> str:
    # Neither: the number was shown then, and is withheld now.
    told = names.figure(row["shown_value"], row["shown_missing_reason"], row["indicator_id"])
    return told or names.words.texts["since"]["shown_then"]


def approvals(table: Table, names: Names) -> Section:
    """Each delivery: who received it, who approved it, whether these were two, and what the source's rule asks."""
    texts = names.texts
    rows = [
        (
            texts["delivered"].format(source=names.source(row["source_id"]), file=row["original_name"]),
            names.day(row["received_at"]), row["received_by"], row["approved_by"],
            names.yes_or_no(row["is_four_eyes"]),
            _rule(row, texts),
        )
        for row in table.records()
    ]  # fmt: skip
    return _listed(names, "approvals", rows)


def _rule(row: Mapping[str, Any], texts: Mapping[str, Any]) -> str:
    """The rule that the delivery was approved under; beside it the source's own where that is another one."""
    under, of_source = row["approved_under"], row["policy_of_the_source"]
    told = texts["rules"].get(under, under or "")
    if under == of_source:
        return told
    return texts["another_rule"].format(rule=told, of_source=texts["rules"].get(of_source, of_source or ""))


def papers(papers: Sequence[Papers], meetings: Table, names: Names) -> Section:
    """Each publication's papers: what is handed out, where it lies, and whether it is what the board received."""
    seen: dict[str, list[str]] = {}
    for row in meetings.records():
        seen.setdefault(row["publication_id"], []).append(names.day(row["meeting_date"]))
    rows = [
        (
            names.publication(one.publication_id), "; ".join(seen.get(one.publication_id, [])),
            [_link(path, path.removeprefix(f"{folder}/")) for path in one.first_pages if path.startswith(folder)],
            f"{folder}/" if folder else one.problem, names.texts["papers_states"][one.state],
        )
        for one in papers
        for folder in _folders(one) or [""]
    ]  # fmt: skip
    return _listed(names, "papers", rows)


def _folders(papers: Papers) -> list[str]:
    """Where a publication's papers lie: `snapshots/papers/<address>`, or `papers/<publication_id>`."""
    depth = 3 if papers.state == "kept" else 2
    return list(dict.fromkeys("/".join(PurePosixPath(name).parts[:depth]) for name in papers.first_pages))


def sample(drawn: Sequence[Drawn], seed: int, names: Names) -> Section:
    """The drawn figures, each with the place of its first part in the received file."""
    rows = [_sampled(one.figure, names) for one in drawn]
    publication = names.publication(drawn[0].publication_id) if drawn else ""
    lead = names.texts["sample_lead"].format(count=len(drawn), publication=publication, seed=seed)
    return _listed(names, "sample", rows) | ({"points": [lead]} if drawn else {})


def _sampled(figure: Mapping[str, Any], names: Names) -> tuple[str, ...]:
    first, *more = figure["parts"] or [{}]
    place = names.words.located(first.get("locator", ""))
    return (
        names.indicator(figure["indicator_id"]),
        names.area(figure["agreement_id"], figure["area_id"]),
        names.words.period(figure["period"], "in_table"),
        names.figure(figure["value"], None, figure["indicator_id"]),
        names.texts["more_places"].format(place=place, count=len(more)) if more else place,
    )


def files(tables: Mapping[str, Table], names: Names) -> list[Section]:
    """The tables with their rows, and what else lies in the pack."""
    texts = names.texts
    rows = [
        ([_link(f"tables/{name}.csv")], names.words.plain(len(tables[name].rows)), meaning)
        for name, meaning in texts["table_meanings"].items()
    ]
    return [
        _listed(names, "tables", rows),
        section(texts["files"], [], texts["files_columns"], list(texts["file_meanings"].items())),
    ]
