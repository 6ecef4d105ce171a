"""What the first page says before its table: verdicts counted, changes since the last meeting, open actions."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from tasks.reporting.figures import AgreementFigures
from tasks.reporting.since import since_the_meeting
from tasks.reporting.words import Words

Row = dict[str, Any]
# So much of the open actions has room on the one page; all of them stand in full on the last pages.
MOST_ACTIONS, MOST_LETTERS = 4, 90
VERDICTS = ("better", "worse", "no_certain_difference", "cannot_be_judged")


def in_short(figures: AgreementFigures, words: Words) -> Row:
    """Counts of series, cells and verdicts, the sentences of what has changed, and the open actions."""
    series = [one for goal in figures.goals for one in goal["series"]]
    cells = [cell for one in series for cell in one["cells"]]
    return {
        "indicator_count": len({one["indicator_number"] for one in series}),
        "all_cells": len(cells),
        "filled_cells": sum(cell["latest_value"] is not None for cell in cells),
        "tally": [(verdict, sum(cell["verdict"] == verdict for cell in cells)) for verdict in VERDICTS],
        "since": since_the_meeting(figures, words),
        **_first_actions(figures, words),
    }


def open_actions(figures: AgreementFigures, words: Words) -> list[Row]:
    """Every open action in full, the most urgent first."""
    return [_action(action, words) for action in figures.actions]


def _first_actions(figures: AgreementFigures, words: Words) -> Row:
    """The most urgent ones as they have room on one page, and what to say of the rest.

    `more_actions[n]` is what to say where n of them are shown: '' where nothing is left out.
    """
    told, every = words.texts["summary"], open_actions(figures, words)
    first = [_action(action | _shortened(action), words) for action in figures.actions[:MOST_ACTIONS]]
    more = [told["actions_more"].format(count=words.plain(len(every) - shown)) for shown in range(len(first) + 1)]
    if len(first) == len(every):
        more[-1] = "" if first == every else told["actions_in_full"]
    return {"actions": first, "more_actions": more}


def _shortened(action: Row) -> Row:
    return {name: shorten(action[name] or "", MOST_LETTERS, placeholder=" …") for name in ("action", "owner")}


def _action(action: Row, words: Words) -> Row:
    told = words.texts["summary"]
    owner = action["owner"] or told["no_owner"]
    due = words.day(action["due"]) if action["due"] else told["no_due"]
    said = told["action"].format(action=action["action"], owner=owner, due=due)
    about = words.of(action, "short_name")
    return {
        "words": f"{about}: {said}" if about else said,
        # By it whoever takes the minutes records what was done (docs/board.md).
        "id": action["action_id"],
        "is_late": action["is_late"],
    }


def outdated_papers(figures: AgreementFigures, words: Words) -> list[str]:
    """Each earlier paper that showed figures otherwise than this one: which, who saw it, how many and whose."""
    told = words.texts["summary"]
    return [
        told["outdated_seen" if paper["meeting_day"] else "outdated"].format(
            publication=paper["publication_id"],
            day=words.day(paper["meeting_day"]) if paper["meeting_day"] else "",
            count=words.plain(paper["figures"]),
            names=words.names(words.of(paper, "names")),
        )
        for paper in figures.outdated
    ]
