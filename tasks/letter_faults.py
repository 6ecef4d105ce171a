"""What a publisher is told, in Danish, of a fault that stopped a whole delivery: never our own words to ourselves."""

from __future__ import annotations

import re
from functools import cache

import yaml

from tasks.reporting.folder import texts
from warehouse.deliveries import Delivery
from warehouse.paths import shipped

_PLACE = re.compile(r"^  where: +(.*)$", re.MULTILINE)


@cache
def _patterns(name: str) -> list[list[str]]:
    return yaml.safe_load((shipped("reports") / "texts" / name).read_text(encoding="utf-8"))


def fault_in_danish(problem: str) -> str:
    """The sentence for a reader's error; one that is not known says that the file could not be read."""
    for pattern, sentence in _patterns("faults_da.yml"):
        if found := re.search(pattern, problem):
            return _in_danish_words(sentence.format(*found.groups()))
    return texts("da")["letter"]["not_read"]


def place_in_danish(problem: str) -> str:
    """Where in the delivery the fault is, as far as the reader knew; '' if it did not."""
    found = _PLACE.search(problem)
    return _in_danish_words(found[1].strip()) if found else ""


def _in_danish_words(text: str) -> str:
    for word, danish in _patterns("places_da.yml"):
        text = re.sub(word, danish, text)
    return text


def stopping_checks(delivery: Delivery) -> list[tuple[str, str]]:
    """(check, because) of the critical checks that stopped a delivery; none for one that could not be read."""
    outcomes = (delivery.checked or {}).get("outcomes", []) if delivery.stopped and not delivery.unreadable else []
    return [(one["check"], one["because"]) for one in outcomes if one["severity"] == "critical" and not one["success"]]
