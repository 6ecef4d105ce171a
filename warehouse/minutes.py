"""Minutes of meetings: kept content-addressed beside the snapshots, `data/snapshots/minutes/<sha256>/<name>`."""

from __future__ import annotations

import zipfile
from pathlib import Path

from catalogue.errors import HelhedsplanError
from warehouse.paths import DataDirectory
from warehouse.snapshots import Snapshot, keep

MINUTES = "minutes"
MOST_MEGABYTES = 50
# The first bytes of what a machine would run: Windows, Linux, macOS, a script.
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_DOCUMENT_PARTS = ("word/document.xml", "content.xml")
_MACROS = ("vbaProject.bin", "Basic/")


def keep_minutes(data: DataDirectory, minutes: Path) -> Snapshot:
    """Keep a meeting's minutes. Raises HelhedsplanError where they are missing, huge, or no document."""
    found = _fault(minutes)
    if found:
        raise HelhedsplanError(
            "the minutes cannot be kept, so the meeting was not recorded",
            place=str(minutes),
            expected=f"a PDF, a Word or OpenDocument text without macros, or plain text, up to {MOST_MEGABYTES} MB",
            found=found,
            do="correct minutes.file (it is looked for beside the meeting's file), or save the minutes as PDF",
        )
    return keep(data, MINUTES, minutes)


def _fault(minutes: Path) -> str:
    """What is wrong with a file as minutes; nothing where it is a document."""
    try:
        if not minutes.is_file():
            return "a folder" if minutes.is_dir() else "no such file"
        size = minutes.stat().st_size
        if size == 0 or size > MOST_MEGABYTES << 20:
            return f"{size} bytes"
        content = minutes.read_bytes()
    except OSError as error:
        return error.strerror or str(error)
    return _fault_of_content(content, minutes)


def _fault_of_content(content: bytes, minutes: Path) -> str:
    if content.startswith(_PROGRAMS):
        return "a program"
    if content.startswith(b"%PDF-"):
        return ""
    if content.startswith(b"PK"):
        return _fault_of_archive(minutes)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "a file of an unknown kind"
    return "a file of an unknown kind" if "\0" in text else ""


def _fault_of_archive(minutes: Path) -> str:
    try:
        with zipfile.ZipFile(minutes) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return "a damaged archive"
    if any(mark in name for name in names for mark in _MACROS):
        return "a document with macros, which are programs"
    return "" if any(part in names for part in _DOCUMENT_PARTS) else "an archive that is no text document"
