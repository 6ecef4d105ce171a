"""The pages of one agreement in one language: which there are, and what each template is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.reporting.figures import AgreementFigures, Publication
from tasks.reporting.folder import LANGUAGES, environment, style, texts
from tasks.reporting.goal_table import goal_table
from tasks.reporting.in_short import in_short, open_actions, outdated_papers
from tasks.reporting.panels import axis_note, panels
from tasks.reporting.since import all_changes
from tasks.reporting.words import Words

Row = dict[str, Any]
Drawn = dict[str, dict[str, str]]


def pages(
    publication: Publication, figures: AgreementFigures, drawn: Drawn, language: str, downloads: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """(file name, HTML) of every page of one agreement's site in one language; `downloads`: form -> file beside it."""
    cells = {one["indicator_id"]: one["cells"] for goal in figures.goals for one in goal["series"]}
    words = Words(texts(language))
    shared = _shared(publication, figures, words) | {"downloads": downloads}
    first_page = in_short(figures, words) | goal_table(figures, words)
    yield _page("index", shared, first_page, _any_synthetic_cell(figures.goals))
    for number, goal in enumerate(figures.goals):
        own = [
            _whole(one, cells[one["indicator_id"]], drawn, words)
            for one in figures.series
            if one["goal_id"] == goal["goal_id"]
        ]
        given = {
            "goal": goal,
            "series_of_goal": own,
            "previous_goal": figures.goals[number - 1] if number else None,
            "next_goal": (*figures.goals[number + 1 :], None)[0],
        }
        yield _page("goal", shared, given, any(one["is_synthetic"] for one in own), f"goal-{goal['goal_id']}")
    milestones = {"milestones": figures.milestones}
    yield _page("milestones", shared, milestones, _any_synthetic(figures.milestones))
    context = {"context": figures.context, "districts": figures.districts}
    yield _page("context", shared, context, _any_synthetic([*figures.context, *figures.districts]))
    checks = {
        "cross_checks": figures.cross_checks,
        "warnings": publication.warnings,
        "outdated": outdated_papers(figures, words),
        "actions": open_actions(figures, words) if first_page["more_actions"][-1] else [],
        "changes": all_changes(figures, words),
    }
    yield _page("sources", shared, checks, _any_synthetic(figures.cross_checks))


def list_of_agreements(publication: Publication, language: str, folders: tuple[str, str]) -> str:
    """The first page where a warehouse holds several agreements; `folders`: to the agreements, then the language."""
    other = _other(language)
    return _render(
        "agreements",
        {
            "t": texts(language),
            "w": Words(texts(language)),
            "publication": publication.publication,
            "is_synthetic": _any_synthetic(publication.real_and_synthetic),
            "agreements": [figures.agreement for figures in publication.agreements],
            "folder_of_agreements": folders[0],
            "folder_of_language": folders[1],
            **_language_switch(language, other),
        },
    )


def _shared(publication: Publication, figures: AgreementFigures, words: Words) -> Row:
    frame = words.texts["frame"]
    goals = [(f"goal-{g['goal_id']}.html", frame["goal"].format(number=g["goal_number"])) for g in figures.goals]
    entries = [("index.html", frame["overview"]), *goals]
    entries += [(f"{name}.html", frame[name]) for name in ("milestones", "context", "sources")]
    return {
        "w": words,
        "t": words.texts,
        "publication": publication.publication,
        "sources": publication.sources,
        "agreement": figures.agreement,
        "goals": figures.goals,
        "menu": [{"file": file, "menu_name": name} for file, name in entries],
        "banner": words.banner(publication.real_and_synthetic),
        **_language_switch(words.language, _other(words.language)),
    }


def _other(language: str) -> str:
    return next(other for other in LANGUAGES if other != language)


def _language_switch(language: str, other: str) -> Row:
    return {"other_language": other, "other_language_folder": ".." if language != LANGUAGES[0] else other}


def _whole(series: Row, cells: list[Row], drawn: Drawn, words: Words) -> Row:
    """A series with its verdicts, its panels and the notes that its figures carry."""
    notes = dict.fromkeys(point["note"] for unit in series["units"] for point in unit["points"] if point["note"])
    return series | {
        "cells": cells,
        "notes": list(notes),
        "panels": panels(series, drawn.get(series["indicator_id"], {}), words),
        "axis_note": axis_note(series, words),
    }


def _any_synthetic(rows: list[Row]) -> bool:
    return any(row["is_synthetic"] for row in rows)


def _any_synthetic_cell(goals: list[Row]) -> bool:
    cells = [cell for goal in goals for series in goal["series"] for cell in series["cells"]]
    return any(cell["is_synthetic"] or cell["newer_municipality_is_synthetic"] for cell in cells)


def _page(template: str, shared: Row, given: Row, is_synthetic: bool, name: str | None = None) -> tuple[str, str]:
    file = f"{name or template}.html"
    title = next(entry["menu_name"] for entry in shared["menu"] if entry["file"] == file)
    return file, _render(
        template, shared | given | {"page": {"file": file, "title": title, "is_synthetic": is_synthetic}}
    )


def _render(template: str, given: Row) -> str:
    from markupsafe import Markup

    css = Markup(style())  # noqa: S704  # this repository's own style sheet
    return environment().get_template(f"{template}.html.j2").render(given, style=css)
