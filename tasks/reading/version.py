"""The version of a reading: it changes with the readers' code, their SQL and what the contract says of the layout."""

from __future__ import annotations

from catalogue.sources import Source
from warehouse.code_digest import code_digest
from warehouse.ledger import digest_of
from warehouse.sql_files import sql_files

_READERS = ("tasks/read.py", "tasks/reading/*.py", "warehouse/reading_columns.py", "catalogue/statbank.py")
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
    """16 hexadecimal digits, a digest of the contract's layout, of the macros in sql/read and of the readers' code."""
    layout = source.model_dump(mode="json", exclude=NOT_ABOUT_READING)
    for table in (layout["statbank"] or {}).get("tables", []):
        del table["calendar"]
    macros = {file.name: file.text for file in sql_files(["read"])}
    return digest_of([layout, macros, code_digest(*_READERS)])[:16]
