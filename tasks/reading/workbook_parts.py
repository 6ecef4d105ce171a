"""An .xlsx file is looked through, part by part, before a library opens it."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from catalogue.errors import DeliveryError
from tasks.reading.archive import inflated, opened
from tasks.reading.sheet_scan import SheetFindings, SheetScan

# The last is UTF-16. No workbook declares a document type; who does so wants entities to be expanded.
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le")[:-1])
_OVERLAP_BYTES = 64


@dataclass(frozen=True)
class WorkbookParts:
    """What a workbook's parts tell. `sheets`: name -> what its XML tells beside its cells."""

    sheets: dict[str, SheetFindings]
    recalculates_when_opened: bool
    synthetic_mark_found: bool

    def findings(self, sheet: str) -> SheetFindings:
        """What was found in a sheet's XML; nothing where the workbook does not say which part it is."""
        return self.sheets.get(sheet, SheetFindings())

    def refuse_too_large(self, file_name: str, sheet: str) -> None:
        """Raise DeliveryError before the library takes more memory for a sheet than there is."""
        self.findings(sheet).refuse_too_large(file_name, sheet)

    def refuse_uncomputed(self, file_name: str, sheet: str) -> None:
        """Raise DeliveryError if a sheet has formulas of which nobody knows the result."""
        self.findings(sheet).refuse_uncomputed(file_name, sheet, recalculates_when_opened=self.recalculates_when_opened)


def look_through(path: Path, synthetic_mark: str) -> WorkbookParts:
    """Inflate every part of an .xlsx once. Raises DeliveryError for one that is damaged or made to harm."""
    found: dict[str, SheetFindings] = {}
    mark_found = False
    with opened(path) as archive:
        for member in archive.infolist():
            scan = SheetScan()
            mark_found = _look_at(path, archive, member, scan, synthetic_mark.encode()) or mark_found
            found[member.filename] = scan.finish()
        try:
            names, recalculates = _sheet_names(archive)
        except (KeyError, ET.ParseError) as error:
            raise DeliveryError(
                "the workbook's table of contents cannot be read",
                place=f"{path.name}/xl/workbook.xml",
                expected="a workbook as Excel writes it",
                found=str(error),
                do="open the file in Excel, save it, and deliver the saved file",
            ) from error
    sheets = {name: found.get(part, SheetFindings()) for name, part in names.items()}
    return WorkbookParts(sheets, recalculates, mark_found)


def _look_at(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, scan: SheetScan, mark: bytes) -> bool:
    """Look through one part; returns whether it holds the mark."""
    tail, mark_found = b"", False
    for chunk in inflated(path, archive, member):
        text = tail + chunk
        if any(declaration in text for declaration in _DECLARATIONS):
            raise DeliveryError(
                "the file declares XML entities, which no workbook does (an entity bomb)",
                place=f"{path.name}/{member.filename}",
                expected="XML without a DOCTYPE",
                found="a DOCTYPE or ENTITY declaration",
                do="do not open the file; ask whoever sent it for a new one",
            )
        mark_found = mark_found or mark in text
        # Every part: which of them are sheets is for the workbook to say, and nothing else looks like cells.
        scan.take(chunk)
        tail = text[-_OVERLAP_BYTES:]
    return mark_found


def _sheet_names(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """Sheet name -> its part, and whether the workbook asks to be computed when it is opened."""
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - no entities: see above
    targets = {one.get("Id"): (one.get("Target") or "").removeprefix("/xl/") for one in relations}
    content = archive.read("xl/workbook.xml")
    workbook = ET.fromstring(content)  # noqa: S314
    sheets = [element for element in workbook.iter() if element.tag.endswith("}sheet")]
    names = {sheet.get("name", ""): f"xl/{targets.get(_relation(sheet), '')}" for sheet in sheets}
    recalculates = re.search(rb'fullCalcOnLoad="(?:1|true)"', content) is not None
    return names, recalculates


def _relation(sheet: ET.Element) -> str:
    """A sheet's relation; the namespace differs between the two kinds of the format."""
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
