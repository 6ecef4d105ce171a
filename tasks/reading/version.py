"""The version of a reading: it changes with the reader, its SQL and what the contract says of the layout."""

from __future__ import annotations

from catalogue.sources import Source
from warehouse.ledger import digest_of
from warehouse.sql_files import sql_files

# Raise it when a change in Python gives other rows out of the same bytes.
READER_VERSION = 1
# What a contract says beside the layout: a new caveat is no reason to parse ten million rows again.
NOT_ABOUT_READING = {
    "title",
    "publisher",
    "url",
    "licence",
    "arrives",
    "approval",
    "calendar",
    "disclosure",
    "samples",
    "caveats",
}


def reading_version(source: Source) -> str:
    """`<reader version>-<16 digits>`, a digest of the contract's layout and of the macros in sql/read."""
    layout = source.model_dump(mode="json", exclude=NOT_ABOUT_READING)
    for table in (layout["statbank"] or {}).get("tables", []):
        del table["calendar"]
    macros = {file.name: file.text for file in sql_files(["read"])}
    return f"{READER_VERSION}-{digest_of([layout, macros])[:16]}"
