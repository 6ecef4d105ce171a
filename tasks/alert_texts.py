"""What an alert says: Danish first, then English; what stands, since when, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.alerts import Cause
from warehouse.clock import in_minutes


@dataclass(frozen=True)
class Words:
    """One kind of alert: what stands, in Danish and English with {about}, and what to do in both."""

    danish: str
    english: str
    do_danish: str
    do_english: str


WORDS = {
    "fetch_failed": Words(
        "Kilden {about} kunne ikke hentes",
        "The source {about} could not be fetched",
        "Der spørges igen i nat. Varer det ved, så se `helhedsplan status`.",
        "It is asked again tonight. If it lasts, look at `helhedsplan status`.",
    ),
    "delivery_stopped": Words(
        "Leverancen {about} kan ikke bruges",
        "The delivery {about} cannot be used",
        "Se `helhedsplan inbox`, og bed udgiveren om en rettet fil. Tal fra tidligere leverancer står uændret.",
        "See `helhedsplan inbox` and ask the publisher for a corrected file. Earlier deliveries' figures stand.",
    ),
    "delivery_late": Words(
        "Leverancen fra {about} er forsinket",
        "The delivery of {about} is late",
        "Spørg udgiveren, eller ret kildens kalender i kataloget.",
        "Ask the publisher, or correct the source's calendar in the catalogue.",
    ),
    "approval_waits": Words(
        "Leverancen {about} venter på godkendelse",
        "The delivery {about} waits for approval",
        "Se `helhedsplan inbox`; den siger hvem der kan godkende.",
        "See `helhedsplan inbox`; it says who may approve.",
    ),
    "publication_blocked": Words(
        "Udgivelsen er standset af et kontroltjek: {about}",
        "The publication is blocked by a check: {about}",
        "Se `helhedsplan status`. Den seneste udgivelse står, til årsagen er væk.",
        "See `helhedsplan status`. The last publication stands until the cause is gone.",
    ),
    "run_failed": Words(
        "Kørslen {about} mislykkedes",
        "The run {about} failed",
        "Se `helhedsplan doctor`, og kør `helhedsplan refresh` igen. Den seneste udgivelse står.",
        "See `helhedsplan doctor` and run `helhedsplan refresh` again. The last publication stands.",
    ),
    "run_cut_off": Words(
        "Kørslen {about} blev afbrudt, før den var færdig",
        "The run {about} was cut off before its end",
        "Kør `helhedsplan refresh` igen; intet modtaget er tabt.",
        "Run `helhedsplan refresh` again; nothing received is lost.",
    ),
    "no_run": Words(
        "Der har ikke været nogen kørsel i et døgn",
        "There has been no run for a day",
        "Se `helhedsplan doctor`; kør `helhedsplan refresh`.",
        "See `helhedsplan doctor`; run `helhedsplan refresh`.",
    ),
}


def subject(cause: Cause) -> str:
    """One line, in Danish."""
    return " ".join(f"helhedsplan: {WORDS[cause.kind].danish.format(about=cause.about)}".split())


def body(cause: Cause) -> str:
    """The whole message in Danish, then in English."""
    words = WORDS[cause.kind]
    since = in_minutes(cause.since)
    return (
        f"{words.danish.format(about=cause.about)}.\nSiden {since}. {words.do_danish}\n"
        "Beskeden sendes én gang for hver årsag.\n\n"
        f"{words.english.format(about=cause.about)}.\nSince {since}. {words.do_english}\n"
        "This message is sent once for each cause.\n"
    )
