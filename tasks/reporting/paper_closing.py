"""What stands on the last pages of the board's paper: milestones, sources, checks, and how to read it."""

from __future__ import annotations

from typing import Any

from tasks.reporting.figures import AgreementFigures, Publication
from tasks.reporting.goal_table import marked
from tasks.reporting.in_short import open_actions, outdated_papers
from tasks.reporting.since import all_changes
from tasks.reporting.words import Words

Row = dict[str, Any]


def milestones(figures: AgreementFigures, words: Words) -> Row:
    """What the plan does: each focus area's milestones with their state on the day of the publication."""
    return {
        "states": words.milestone_states(figures.milestones),
        "areas": [
            {"name": area["focus_area"], "milestones": [_milestone(one, words) for one in area["milestones"]]}
            for area in figures.milestones
        ],
    }


def _milestone(one: Row, words: Words) -> Row:
    t = words.texts["milestones"]
    late = words.counted(t["days_late"], one["days_late"]) if one["days_late"] else ""
    return {
        "milestone": one["milestone"],
        "marks": words.marks(one["is_synthetic"], False, None),
        "told": " · ".join(filter(None, (one["sub_goal"], one["activity"], one["note"]))),
        "state": f"{t['state'][one['state']]}{f', {late}' if late else ''}",
        "is_late": one["state"] == "late",
        "due": words.day(one["due"]),
        "is_reached": one["reached_on"] is not None,
        "reached_on": words.day(one["reached_on"]) if one["reached_on"] else t["not_reached"],
        "responsible": one["responsible"] or "",
    }


def sources_and_checks(publication: Publication, figures: AgreementFigures, words: Words) -> Row:
    """The last pages: state of each source, warnings of the checks, how to read, what each reason means."""
    t = words.texts
    return {
        "sources": [_source(source, words) for source in publication.sources],
        "outdated": outdated_papers(figures, words),
        "actions": open_actions(figures, words),
        "changes": all_changes(figures, words),
        "warnings_lead": t["sources"]["warnings_lead"].format(count=len(publication.warnings)),
        "warnings": [
            {
                "source": words.of(one, "source"),
                "because": words.check(one["check_id"], one["because"]),
                "observed": words.observed(one),
                "action": t["sources"]["warning_actions"][one["action"] or "none"],
            }
            for one in publication.warnings
        ],
        "verdicts": [marked(verdict, t["verdict"]["mark"][verdict]) | {"explained": told}
                     for verdict, told in t["verdict"]["explained"].items()],
        "reasons": [[t["missing"]["reason"][reason], told] for reason, told in t["missing"]["explained"].items()],
        "how": t["overview"]["how"],
    }  # fmt: skip


def _source(source: Row, words: Words) -> Row:
    t, received = words.texts, source["received_at_seconds"]
    part = f" ({source['part_id']})" if source["part_id"] else ""
    problem = t["sources"]["problem"].format(problem=source["problem"]) if source["problem"] else ""
    return {
        "name": f"{words.of(source, 'source')}{part}",
        "kind": words.how_real(source),
        "is_synthetic": bool(source["is_synthetic"]),
        "state": t["state"][source["state"]],
        "is_bad": source["state"] in ("late", "stopped"),
        "problem": problem,
        "newest": words.period(source["newest_period"], "in_table") if source["newest_period"] else "",
        "received": t["sources"]["never"] if received is None else words.moment(received),
        "expected": words.day(source["expected_next"]) if source["expected_next"] else t["sources"]["no_expected"],
    }
