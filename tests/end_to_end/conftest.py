"""What several end-to-end tests share: one real `helhedsplan serve` with its Prefect server, and the scripted year."""

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tasks.audit_pack import Pack, make_pack
from tasks.receive import deliver
from tests.deliveries_for_tests import MINISTRY_LIST, entries_of, good_data, replaced, the_catalogue
from tests.end_to_end.children import Children, children
from tests.end_to_end.chromium import chromium
from tests.end_to_end.harness import (
    Served,
    helhedsplan,
)
from tests.end_to_end.scripted_year import YEAR, ScriptedYear, the_scripted_year
from warehouse.paths import DataDirectory


@pytest.fixture(scope="session")
def runs() -> Iterator[Children]:
    """Refreshes in children of one process that has everything imported."""
    with children() as found:
        yield found


@pytest.fixture(scope="session")
def served(tmp_path_factory) -> Iterator[Served]:
    """In a copy of the data of the good run, which was made alone."""
    served = Served(tmp_path_factory.mktemp("served") / "data")
    good_data(tmp_path_factory.getbasetemp(), served.data)
    served.start()
    yield served
    if served.process.poll() is None:
        assert served.stop() == 0


@pytest.fixture(scope="session")
def served_refresh(served, tmp_path_factory) -> subprocess.CompletedProcess[str]:
    """The first refresh, with something to read and to publish; it finds the server by the data directory alone."""
    data = DataDirectory(served.data)
    for one in entries_of(data, "delivery_received"):
        if one.body["source_id"] == "valg_dk":
            shutil.rmtree(data.parsed / one.body["sha256"])
    path = tmp_path_factory.mktemp("handed-in") / "list.csv"
    replaced(MINISTRY_LIST, ";57,0;", ";57,1;")(path)
    deliver(data, the_catalogue(), path, "ministry_list", actor="test", is_synthetic=True)
    return helhedsplan(served.data, "refresh", "--samples")


@pytest.fixture(scope="module")
def asked_outside() -> list[str]:
    """Addresses of other machines that a page asked for."""
    return []


@pytest.fixture(scope="module")
def tab(served, asked_outside) -> Iterator[Page]:
    """A browser's one tab for Prefect's pages. While it is open, Prefect cannot run a flow in this process."""
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
        home = f"http://127.0.0.1:{served.port}/"
        local = (home, home.replace("http", "ws", 1), "data:", "blob:")
        tab.on("request", lambda asked: None if asked.url.startswith(local) else asked_outside.append(asked.url))
        tab.set_default_timeout(120_000)
        yield tab


@pytest.fixture
def page(tab) -> Iterator[Page]:
    """The tab, empty again afterwards: a page that stands open draws, and asks the server for news, all the time."""
    yield tab
    tab.goto("about:blank")


@pytest.fixture(scope="session")
def year(tmp_path_factory) -> ScriptedYear:
    """The data directory of the scripted year, lived through once."""
    folder = tmp_path_factory.mktemp("year")
    return the_scripted_year(DataDirectory(folder / "data"), folder / "handed_in")


@pytest.fixture(scope="session")
def pack(year) -> Path:
    """Its pack, the received files of every source in it."""
    target = year.folder / "pack.zip"
    make_pack(year.data, the_catalogue(), YEAR, target, with_withheld=True)
    return target


@pytest.fixture(scope="session")
def unzipped(pack, tmp_path_factory) -> Path:
    """The pack in an otherwise empty folder."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(folder)
    (root,) = folder.iterdir()
    return root


@pytest.fixture(scope="session")
def to_be_shared(year, tmp_path_factory) -> tuple[Pack, Path]:
    """The same pack without the received files of sources in which figures are withheld, unzipped."""
    folder = tmp_path_factory.mktemp("shared")
    made = make_pack(year.data, the_catalogue(), YEAR, folder / "shared.zip")
    with zipfile.ZipFile(folder / "shared.zip") as archive:
        archive.extractall(folder)
    return made, folder / f"helhedsplan-audit-{YEAR}"


@pytest.fixture
def published(sample_data, monkeypatch) -> Path:
    """The data directory of the test's own file, which commands are about meanwhile."""
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(sample_data))
    return sample_data
