"""The board's site: static pages in Danish and English, made from one published warehouse alone."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from catalogue.errors import HelhedsplanError
from tasks.reporting.charts import draw_panels
from tasks.reporting.figures import AgreementFigures, Publication, read_publication
from tasks.reporting.folder import LANGUAGES
from tasks.reporting.pages import list_of_agreements, pages


def write_site(warehouse_file: Path, target: Path) -> Path:
    """Write the site of a published warehouse into the folder `target`; return its first page.

    Danish stands in `target`, English in `target/en`; several agreements each have a folder of their own.
    The whole site is built aside and then takes the old one's place, so that no reader meets half of one.
    The same publication gives the same bytes. Raises HelhedsplanError if the warehouse or the folder is unusable.
    """
    publication = read_publication(warehouse_file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            _write_all(publication, aside / "new")
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


def _write_all(publication: Publication, folder: Path) -> None:
    several = len(publication.agreements) > 1
    for figures in publication.agreements:
        _write_agreement(publication, figures, folder / figures.agreement["agreement_id"] if several else folder)
    if several:
        _write(folder / "index.html", list_of_agreements(publication, "da", ("", "")))
        _write(folder / "en" / "index.html", list_of_agreements(publication, "en", ("../", "en/")))


def _write_agreement(publication: Publication, figures: AgreementFigures, folder: Path) -> None:
    drawn = draw_panels(figures.series, figures.agreement)
    for language in LANGUAGES:
        home = folder if language == LANGUAGES[0] else folder / language
        for file, html in pages(publication, figures, drawn, language):
            _write(home / file, html)


def _write(path: Path, html: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8", newline="\n")
