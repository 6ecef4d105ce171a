"""Meetings for tests: a file as a secretary writes it, each key open to change, and a small true PDF as its minutes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

MINUTES = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def a_meeting(publication: str, day: str, **changes: Any) -> dict[str, Any]:
    """What a meeting's file says, with some keys changed."""
    return {
        "agreement": "en_faelles_indsats",
        "date": day,
        "publication": publication,
        "present": [{"name": "Anne Prøve", "organisation": "FOB"}, {"name": "Bo Prøve"}],
        "indicators": [an_item("daycare_1_5"), an_item("feels_safe", actions=[an_action(max(day, "2026-09-01"))])],
        "minutes": {"reference": "Sag 26/0012, punkt 4", "file": "referat.pdf"},
    } | changes


def an_item(indicator: str, **changes: Any) -> dict[str, Any]:
    """One indicator that a meeting took up."""
    return {"indicator": indicator, "seen": "Området ligger under kommunen.", "decision": "Følges."} | changes


def an_action(due: str = "2026-09-01", **changes: Any) -> dict[str, Any]:
    """One action."""
    return {"id": "1", "action": "Spørg skolerne", "owner": "Bo Prøve", "due": due} | changes


def written(folder: Path, meeting: dict[str, Any], minutes: bytes | None = MINUTES) -> Path:
    """The file of a meeting in `folder`, with its minutes beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    if minutes is not None:
        (folder / "referat.pdf").write_bytes(minutes)
    file = folder / f"{meeting['date']}.yml"
    file.write_text(yaml.safe_dump(meeting, allow_unicode=True), encoding="utf-8")
    return file
