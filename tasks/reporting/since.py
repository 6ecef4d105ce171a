"""What has changed since the board's last meeting, in sentences: verdicts, new periods, figures; each with why."""

from __future__ import annotations

from typing import Any, Literal

from tasks.reporting.figures import AgreementFigures
from tasks.reporting.numbers import board_time
from tasks.reporting.words import Words

Row = dict[str, Any]
Side = Literal["old", "new"]
# So many are told on the first page; all of them stand on the last pages and in the workbook.
MOST_CHANGES = 5
KINDS = ("verdict", "period", "figure")


def since_the_meeting(figures: AgreementFigures, words: Words) -> Row:
    """The lead of the first page, its first changes (the kinds in turn), and what to say of the rest.

    `more[n]` is what to say where n changes are shown: '' where nothing is left out.
    """
    told = words.texts["since"]
    if figures.meeting is None:
        return {"lead": told["no_meeting"], "changes": [], "more": [""]}
    meeting = told["meeting"].format(
        day=words.day(figures.meeting["meeting_day"]), publication=figures.meeting["publication_id"]
    )
    lead = [meeting, _counted(figures.changes, words)]
    if not figures.meeting["verdicts_are_known"]:
        lead.append(told["verdicts_unknown"])
    every = _sentences(figures.changes, words)
    shown = every[:MOST_CHANGES]
    return {
        "lead": " ".join(lead),
        "changes": shown,
        "more": [
            told["more"].format(count=words.plain(len(every) - number)) if number < len(every) else ""
            for number in range(len(shown) + 1)
        ],
    }


def all_changes(figures: AgreementFigures, words: Words) -> list[str]:
    """Every change in a sentence, kind by kind."""
    return _sentences(by_kind(figures), words)


def _sentences(changes: list[Row], words: Words) -> list[str]:
    """Each change as a sentence with its cause; new periods that came by the same delivery share one."""
    told, groups = words.texts["since"], {}
    for number, one in enumerate(changes):
        group = because(one, words) if one["what"] == "period" else number
        groups.setdefault(group, []).append(one)
    return [
        told["period"].format(news=words.names([_news(one, words) for one in group]), because=because(group[0], words))
        if group[0]["what"] == "period"
        else _sentence(group[0], words)
        for group in groups.values()
    ]


def _sentence(change: Row, words: Words) -> str:
    return words.texts["since"][change["what"]].format(
        indicator=words.of(change, "short_name"),
        area=words.place(change),
        period=words.listed([words.period(period) for period in change["periods"]]),
        old=stood(change, "old", words),
        new=stood(change, "new", words),
        because=because(change, words),
    )


def _news(change: Row, words: Words) -> str:
    """The new periods of one indicator; where they are many, how many and the newest."""
    found, told = [words.period(period, "in_table") for period in change["periods"]], words.texts["since"]
    many = told["many_periods"].format(count=words.plain(len(found)), newest=found[-1])
    return told["news"].format(
        indicator=words.of(change, "short_name"), period=words.listed(found) if len(found) <= 3 else many
    )


def by_kind(figures: AgreementFigures) -> list[Row]:
    """Every change, verdicts first, then new periods, then figures."""
    return sorted(figures.changes, key=lambda one: KINDS.index(one["what"]))


def _counted(changes: list[Row], words: Words) -> str:
    told = words.texts["since"]
    counts = [(kind, sum(one["what"] == kind for one in changes)) for kind in KINDS]
    parts = [words.counted(told["counts"][kind], count) for kind, count in counts if count]
    return told["counted"].format(counts=words.listed(parts)) if parts else told["nothing"]


def stood(change: Row, side: Side, words: Words) -> str:
    """What stood before the change (`old`) or stands now (`new`), in words; nothing of a period that is new.

    Such a period has a figure of each area, and had none before.
    """
    if change["what"] == "period":
        return ""
    if change["what"] == "verdict":
        return _verdict(change[f"{side}_verdict"], words)
    old, new = words.told_apart(change["old_value"], change["new_value"], change["unit"])
    return (old if side == "old" else new) or _no_figure(change[f"{side}_missing_reason"], words)


def _verdict(verdict: str | None, words: Words) -> str:
    # Of a figure that is withheld now, earlier verdicts are told no more.
    return words.texts["since"]["verdict_then"] if verdict is None else words.texts["verdict"]["short"][verdict]


def _no_figure(missing_reason: str | None, words: Words) -> str:
    # Neither: the number was shown then, and is withheld now.
    return words.texts["since"]["shown_then"] if missing_reason is None else words.reason(missing_reason)


def because(change: Row, words: Words) -> str:
    """Why: 'ny leverance fra LBF Boligsociale Data, modtaget 20. juli 2024'; where no delivery is told, the cause."""
    told = words.texts["since"]
    cause = words.cause(told["because"], change["cause"], is_known_figure=change["is_known_figure"])
    received = change["received_at_seconds"]
    if change["cause"] != "new_delivery" or not change["source"]:
        return cause
    source = words.of(change, "source").partition(" (")[0]
    if received is None:
        return told["from_source"].format(cause=cause, source=source)
    return told["from_delivery"].format(cause=cause, source=source, day=words.day(board_time(received)))
