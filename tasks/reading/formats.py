"""Which format a delivery is in: by the bytes of its files, never by their names."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from catalogue.errors import DeliveryError
from catalogue.sources import FileFormat, Source
from tasks.reading.archive import opened
from warehouse.snapshots import Snapshot

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PASSWORD_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_PEEK_BYTES = 4096


class Format(NamedTuple):
    """A format: what a person calls it, and the module that reads it, imported when a file of that format comes."""

    words: str
    reader: str


FORMATS = {
    "excel": Format("an Excel workbook (.xlsx)", "tasks.reading.excel"),
    "csv": Format("a CSV file", "tasks.reading.delimited"),
    "json": Format("JSON documents, or a zip file of them", "tasks.reading.json_documents"),
    "statbank": Format("answers of StatBank", "tasks.reading.statbank"),
}


def format_of(snapshot: Snapshot, source: Source) -> FileFormat:
    """The format of a delivery. Raises DeliveryError for what its source does not accept, and for nothing."""
    if "statbank" in source.accepts:
        return "statbank"
    # A folder of documents is read as such; its reader names each file that is no document.
    if source.accepts == ("json",) and len(snapshot.paths) > 1:
        return "json"
    found = {path: _format_of_file(path) for path in snapshot.paths}
    for path, name in found.items():
        if name not in source.accepts:
            raise _refused(path, source, FORMATS[name].words if name in FORMATS else name)
    if len(set(found.values())) > 1:
        raise _refused(snapshot.folder, source, "files of several formats in one delivery")
    return next(name for name in source.accepts if name in found.values())


def _format_of_file(path: Path) -> str:
    """One of our formats, or words for what a file is instead."""
    with path.open("rb") as file:
        head = file.read(_PEEK_BYTES)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text:
        return "an empty file" if not head else "a file of blanks only"
    if head.startswith(_ZIP):
        return _format_of_zip(path)
    if head.startswith(_OLE):
        return _format_of_ole(path)
    if text.startswith(b"<"):
        is_page = any(mark in text for mark in (b"<html", b"<!doctype html", b"<table", b"<head", b"<body"))
        return "a web page (HTML), perhaps the portal's log-in page" if is_page else "XML"
    if text.startswith(b"%pdf"):
        return "a PDF"
    return "json" if text[:1] in b"{[" else "csv"


def _format_of_zip(path: Path) -> str:
    with opened(path) as archive:
        names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "excel"
    if "xl/workbook.bin" in names:
        return "a binary Excel workbook (.xlsb)"
    if any(name.lower().endswith(".json") for name in names):
        return "json"
    return "a zip archive that holds neither a workbook nor JSON documents"


def _format_of_ole(path: Path) -> str:
    if _PASSWORD_PROTECTED in path.read_bytes():
        return "a workbook that is protected by a password"
    return "an old Excel workbook (.xls) or another old Office file"


def _refused(path: Path, source: Source, found: str) -> DeliveryError:
    return DeliveryError(
        "the delivery is not in a format that its source accepts",
        place=path.name,
        expected=" or ".join(FORMATS[name].words for name in source.accepts),
        found=found,
        do="download or export the file again in an accepted format, without a password, and deliver that",
    )
