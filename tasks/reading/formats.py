"""Which format a delivery is in: by the first bytes of its files, never by their names."""

from __future__ import annotations

from pathlib import Path

from catalogue.errors import DeliveryError
from catalogue.sources import FileFormat, Source
from warehouse.snapshots import Snapshot

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PEEK_BYTES = 512
FORMAT_NAMES = {
    "excel": "an Excel workbook (.xlsx)",
    "csv": "a CSV file",
    "json": "JSON",
    "statbank": "StatBank answers",
}


def format_of(snapshot: Snapshot, source: Source) -> FileFormat:
    """The format of a delivery. Raises DeliveryError for one that its source does not accept, and for nothing."""
    if "statbank" in source.accepts:
        return "statbank"
    formats = {path: _format_of_file(path, source) for path in snapshot.paths}
    for path, found in formats.items():
        if found not in source.accepts:
            raise _refused(path, source, FORMAT_NAMES.get(found, found))
    if len(set(formats.values())) > 1:
        raise _refused(snapshot.folder, source, "files of several formats in one delivery")
    return next(iter(formats.values()))  # type: ignore[return-value]


def _refused(path: Path, source: Source, found: str) -> DeliveryError:
    return DeliveryError(
        "the delivery is not in a format that its source accepts",
        place=path.name,
        expected=" or ".join(FORMAT_NAMES[name] for name in source.accepts),
        found=found,
        do="download or export the file again in an accepted format, and deliver that",
    )


def _format_of_file(path: Path, source: Source) -> str:
    with path.open("rb") as file:
        head = file.read(_PEEK_BYTES)
    if not head.strip():
        raise _refused(path, source, "an empty file" if not head else "a file of blanks only")
    if head.startswith(_ZIP):
        return "excel" if "excel" in source.accepts else "json"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return "json"
    return "csv"
