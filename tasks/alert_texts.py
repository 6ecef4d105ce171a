"""What an alert says: Danish first, then English; what stands, since when, and what to do."""

from __future__ import annotations

from tasks.alert_causes import Cause
from tasks.reporting.folder import LANGUAGES, texts
from warehouse.clock import in_minutes


def subject(cause: Cause) -> str:
    """One line, in Danish."""
    return " ".join(f"helhedsplan: {_what('da', cause)}".split())


def body(cause: Cause) -> str:
    """The whole message in Danish, then in English."""
    return "\n".join(_told(language, cause) for language in LANGUAGES)


def _what(language: str, cause: Cause) -> str:
    return texts(language)["alert"]["what"][cause.kind].format(about=cause.about)


def _told(language: str, cause: Cause) -> str:
    told = texts(language)["alert"]
    return told["body"].format(what=_what(language, cause), since=in_minutes(cause.since), do=told["do"][cause.kind])
