"""What a meeting decided to be done: each action under an id that stays when the meeting is recorded again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from tasks.meeting_file import Action, Item, Meeting

Refused = tuple[str, str, str]  # the key, what was expected, what was found
_DIGEST_LETTERS = 8


def items_with_ids(meeting: Meeting, meeting_id: str, last: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What the meeting took up, as the ledger has it, each action with its id.

    The id is the meeting's and the one that the file gives the action, else that under which the meeting was recorded
    before (`last`) with the same words, else a digest of its indicator and words: its place in the file does not count.
    """
    known = {_words(item["indicator_id"], one["action"]): one["action_id"] for item, one in _actions(last)}
    return [
        {
            "indicator_id": item.indicator,
            **item.model_dump(mode="json", exclude={"indicator", "actions"}),
            "actions": [
                {
                    "action_id": _id_of(action, item, meeting_id, known),
                    **action.model_dump(mode="json", exclude={"id"}),
                }
                for action in item.actions
            ],
        }
        for item in meeting.indicators
    ]


def _id_of(action: Action, item: Item, meeting_id: str, known: dict[str, str]) -> str:
    words = _words(item.indicator, action.action)
    if action.id:
        return f"{meeting_id}-{action.id}"
    return known.get(words) or f"{meeting_id}-{hashlib.sha256(words.encode()).hexdigest()[:_DIGEST_LETTERS]}"


def _words(indicator_id: str, action: str) -> str:
    return f"{indicator_id}\n{action}"


def _actions(meeting: dict[str, Any] | None) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for item in meeting["indicators"] if meeting else ():
        for action in item["actions"]:
            yield item, action


def action_ids(meeting: dict[str, Any] | None) -> list[str]:
    """The ids of what a recorded meeting decided, in its order."""
    return [action["action_id"] for _, action in _actions(meeting)]


def why_refused(body: dict[str, Any], others: Sequence[dict[str, Any]], last: dict[str, Any] | None) -> Refused | None:
    """What of a meeting's actions cannot be: the first of it. `others` are all other meetings that are recorded.

    It closes what was decided by its day, no action is due before it or told twice, and none that another meeting told
    done is lost when it is recorded again.
    """
    decided = [one for other in others if other["date"] <= body["date"] for one in action_ids(other)]
    for done in body["actions_done"]:
        if done["action_id"] not in decided:
            return (
                "actions_done",
                f"an action of an earlier meeting: {', '.join(decided) or 'there is none'}",
                done["action_id"],
            )
    for _, action in _actions(body):
        if action["due"] < body["date"]:
            return (
                "actions",
                f"a due date from {body['date']}, the day of the meeting",
                f"{action['due']}: {action['action']}",
            )
        if action_ids(body).count(action["action_id"]) > 1:
            expected = "each action once; actions of the same words each with an `id` of its own"
            return "actions", expected, f"{action['action_id']} twice: {action['action']}"
    told = {done["action_id"]: other["meeting_id"] for other in others for done in other["actions_done"]}
    for lost in [one for one in action_ids(last) if one in told and one not in action_ids(body)]:
        short = lost.removeprefix(f"{body['meeting_id']}-")
        return (
            "actions",
            f"the action {lost}, which the meeting {told[lost]} told done; in other words with `id: '{short}'`",
            "none",
        )
    return None
