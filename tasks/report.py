"""The board's report of one publication: a site, a paper (PDF) and a workbook (Excel), in Danish and English."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from catalogue.errors import HelhedsplanError
from tasks.reporting.charts import draw_panels
from tasks.reporting.figures import AgreementFigures, Publication, read_publication
from tasks.reporting.folder import LANGUAGES, texts
from tasks.reporting.pages import list_of_agreements, pages
from warehouse.ledger import Entry

FORMS = ("site", "paper", "workbook")


def write_report(
    warehouse_file: Path,
    target: Path,
    entries: Sequence[Entry] = (),
    *,
    forms: Sequence[str] = FORMS,
    is_our_folder: bool = True,
) -> Path:
    """Write the report of a published warehouse into the folder `target`; return the site's first page.

    `entries` are the ledger's, for the digest that every page shows. Danish stands in `target`, English in
    `target/en`; several agreements each have a folder of their own. All is made aside and then takes the old
    one's place, so that no reader meets half of one; what else lies there goes, unless it is not `is_our_folder`:
    then the folder is refused. The same publication gives the same bytes. Raises HelhedsplanError if the warehouse or
    the folder is unusable.
    """
    publication = read_publication(warehouse_file, entries)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            _write_all(publication, aside / "new", forms)
            if not is_our_folder:
                _refuse_to_lose(target, aside / "new")
            _take_the_place_of(target, aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise HelhedsplanError(
            "the board's page cannot be written; the one that was there stands",
            place=str(error.filename or target),
            expected="a folder that this user may write to, on a disk with space left",
            found=error.strerror or str(error),
            do="give write permission or free disk space, then run `helhedsplan report`",
        ) from error
    return target / "index.html"


def _refuse_to_lose(target: Path, new: Path) -> None:
    """Raises HelhedsplanError where the folder holds a file that the new report does not, and that would be gone."""
    there = [target] if target.is_file() else [path for path in sorted(target.rglob("*")) if not path.is_dir()]
    lost = [path for path in there if not (new / path.relative_to(target)).is_file()]
    if lost:
        raise HelhedsplanError(
            "the report takes a folder's place as a whole, and other files lie in this one",
            place=str(target),
            expected="a new or an empty folder, or one with a report of the same agreements and nothing else",
            found=", ".join(path.name for path in lost[:3]) + (f" and {len(lost) - 3} more" if len(lost) > 3 else ""),
            do="name another folder with --to",
        )


def _take_the_place_of(target: Path, aside: Path) -> None:
    old = aside / "old"
    if target.exists():
        target.rename(old)
    try:
        (aside / "new").rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _write_all(publication: Publication, folder: Path, forms: Sequence[str]) -> None:
    several = len(publication.agreements) > 1
    for figures in publication.agreements:
        home = folder / figures.agreement["agreement_id"] if several else folder
        _write_agreement(publication, figures, home, forms)
    if several and "site" in forms:
        for language, folders in (("da", ("", "")), ("en", ("../", "en/"))):
            page = list_of_agreements(publication, language, folders).encode()
            _write(_home(folder, language) / "index.html", page)


def _home(folder: Path, language: str) -> Path:
    return folder if language == LANGUAGES[0] else folder / language


def _write_agreement(publication: Publication, figures: AgreementFigures, folder: Path, forms: Sequence[str]) -> None:
    drawn = draw_panels(figures.series, figures.agreement) if set(forms) & {"site", "paper"} else {}
    for language in LANGUAGES:
        home, frame = _home(folder, language), texts(language)["frame"]
        downloads = {form: frame[f"{form}_file"] for form in ("paper", "workbook") if form in forms}
        if "site" in forms:
            for file, html in pages(publication, figures, drawn, language, downloads):
                _write(home / file, html.encode())
        if "paper" in forms:
            from tasks.reporting.paper import paper

            _write(home / downloads["paper"], paper(publication, figures, drawn, language))
        if "workbook" in forms:
            from tasks.reporting.workbook import workbook

            _write(home / downloads["workbook"], workbook(publication, figures, language))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
