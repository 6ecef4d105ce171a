"""Minutes of meetings: kept content-addressed beside the snapshots, `data/snapshots/minutes/<sha256>/<name>`."""

from __future__ import annotations

import zipfile
from pathlib import Path

from catalogue.errors import HelhedsplanError
from warehouse.paths import DataDirectory
from warehouse.snapshots import Snapshot, keep

MINUTES = "minutes"
MOST_MEGABYTES = 50
# What a document may be called, and how the bytes of it begin; texts have no such mark.
_BEGINS = {".pdf": b"%PDF-", ".rtf": b"{\\rtf", ".docx": b"PK", ".odt": b"PK"}
_TEXTS = (".txt", ".md")
# The first bytes of what a machine would run: Windows, Linux, macOS, a script.
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_PART = {".docx": "word/document.xml", ".odt": "content.xml"}
_MACROS = ("vbaProject.bin", "Basic/")


def keep_minutes(data: DataDirectory, folder: Path, name: str) -> Snapshot:
    """Keep a meeting's minutes, a file in the folder of the meeting's file or below it.

    Raises HelhedsplanError where they lie elsewhere, are missing, huge, or no document.
    """
    minutes = folder / name
    found = _fault(minutes, folder)
    if found:
        raise HelhedsplanError(
            "the minutes cannot be kept, so the meeting was not recorded",
            place=str(minutes),
            expected=f"a document up to {MOST_MEGABYTES} MB in the folder of the meeting's file or below it: "
            f"{', '.join((*_BEGINS, *_TEXTS))}, without macros",
            found=found,
            do="correct minutes.file, put the minutes beside the meeting's file, or save them as PDF",
        )
    return keep(data, MINUTES, minutes)


def _fault(minutes: Path, folder: Path) -> str:
    """What is wrong with a file as minutes; nothing where it is a document."""
    try:
        if not minutes.resolve().is_relative_to(folder.resolve()):
            return "a file outside the folder of the meeting's file"
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
    # A link may be called otherwise than the file that it leads to; both must be a document's name.
    suffixes = {minutes.suffix.lower(), minutes.resolve().suffix.lower()}
    if content.startswith(_PROGRAMS):
        return "a program"
    unknown = suffixes.difference(_BEGINS, _TEXTS)
    if unknown:
        return f"a file whose name ends in {min(unknown) or 'nothing'}"
    suffix = minutes.suffix.lower()
    if suffix in _TEXTS:
        return "" if _is_text(content) else "a file that is no text in UTF-8, as its name says"
    if not content.startswith(_BEGINS[suffix]):
        return f"a file whose bytes are not those of a {suffix} file"
    return _fault_of_archive(minutes, _PART[suffix]) if suffix in _PART else ""


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _fault_of_archive(minutes: Path, part: str) -> str:
    try:
        with zipfile.ZipFile(minutes) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return "a damaged archive"
    if any(mark in name for name in names for mark in _MACROS):
        return "a document with macros, which are programs"
    return "" if part in names else "an archive that is no text document"
