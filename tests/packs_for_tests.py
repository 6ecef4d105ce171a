"""The year of the tests' data, and a pack unzipped."""

import zipfile
from pathlib import Path

from tests.deliveries_for_tests import entries_of
from warehouse.paths import DataDirectory


def this_year(data: DataDirectory) -> int:
    """The year in which the data directory was made, by its ledger."""
    return int(entries_of(data)[0].time[:4])


def unzipped(pack: Path, to: Path) -> Path:
    """The one folder that the pack holds, below `to`."""
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(to / "unzipped")
    (root,) = (to / "unzipped").iterdir()
    return root
