"""Verifying a data directory or a pack: what verify.py tells, and whether the figures come out again, built anew."""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from catalogue.errors import HelhedsplanError, PublicationBlockedError
from catalogue.load import Catalogue
from tasks.as_of import read_what_is_not_at_hand
from tasks.auditing.told import hold_against
from tasks.context import Night, Plain
from tasks.disclosure.withhold import Withholding
from tasks.publication import request_for
from warehouse.build import build
from warehouse.described import fingerprints
from warehouse.figures import figures_root
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory, shipped
from warehouse.snapshots import file_sha256

Say = Callable[[str], None]


def verify(place: Path, catalogue: Catalogue, say: Say, living: DataDirectory | None = None) -> None:
    """Verify a data directory, an unzipped pack or a pack's zip file, telling each thing that holds.

    A pack is held against the `living` ledger too, where there is one. The last thing told is what may be said of it
    all: that it holds, or that it does so as far as it can be followed here. Raises HelhedsplanError that names the
    first thing that does not hold.
    """
    program = _verify_program()
    with _opened(place) as root:
        try:
            states = program.verify_all(root, say)
        except (program.DoesNotHold, OSError, ValueError, KeyError) as found:
            raise _does_not_hold(program.in_words(found), place) from found
        if not (root / "pack.json").exists():
            _verify_figures(DataDirectory(root), catalogue, say)
        elif living is not None and living.ledger.exists():
            hold_against(root, living, say)
    say(program.last_words(states))


def _verify_program() -> ModuleType:
    """The script that goes into every pack; it is told once, so it is used here too."""
    path = shipped("reports") / "pack" / "verify.py"
    spec = importlib.util.spec_from_file_location("verify", path)
    if spec is None or spec.loader is None:
        raise HelhedsplanError("verify.py is missing from this installation", place=str(path))
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


@contextmanager
def _opened(place: Path) -> Iterator[Path]:
    """The folder itself, or what a pack's zip file holds."""
    if not place.is_file():
        yield place
        return
    with TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(place) as archive:
                archive.extractall(folder)
        except (zipfile.BadZipFile, OSError) as error:
            raise _does_not_hold(f"it is no whole zip file ({error})", place) from error
        packs = sorted(path.parent for path in Path(folder).rglob("pack.json"))
        yield packs[0] if packs else Path(folder)


def _verify_figures(data: DataDirectory, catalogue: Catalogue, say: Say) -> None:
    """Every publication's figures against the ledger; the newest one is built anew from received rows as well."""
    entries = tuple(Ledger(data.ledger).entries())
    made = [entry for entry in entries if entry.kind == "publication_made"]
    for entry in made:
        path = data.published / f"{entry.body['publication_id']}.duckdb"
        if not path.exists() or "figures_root" not in entry.body:
            say(f"figures: {path.name} is not here, or was made before the ledger told of figures")
        elif figures_root(path)[0] != entry.body["figures_root"]:
            raise _does_not_hold(
                f"published/{path.name}: its figures are not those whose root stands in the ledger", path
            )
        else:
            say(f"figures: {entry.body['figures']} of {path.stem} are those whose root stands in the ledger")
    if made:
        _verify_steward(data, made[-1], say)
        _build_again(data, catalogue, entries, made[-1], say)


def _verify_steward(data: DataDirectory, made: Entry, say: Say) -> None:
    """The steward's own file, where it is here and the ledger tells of its bytes."""
    expected = made.body.get("steward_sha256")
    if expected and data.steward.exists():
        if file_sha256(data.steward) != expected:
            raise _does_not_hold(
                f"{data.steward.name} was changed: its SHA-256 is not the one in the ledger", data.root
            )
        say(f"steward: {data.steward.name} has the bytes that the ledger tells")


def _build_again(data: DataDirectory, catalogue: Catalogue, entries: tuple[Entry, ...], made: Entry, say: Say) -> None:
    name = made.body["publication_id"]
    night = Night(
        data=data, catalogue=catalogue, actor="audit verify", run_id=made.body["run_id"], as_of=made.body["as_of"],
        call=Plain(), source_ids=(),
    )  # fmt: skip
    known = entries[: made.body["ledger_sequence"]]
    try:
        read_what_is_not_at_hand(data, catalogue, known)
        request = request_for(night, known)
    except PublicationBlockedError as gone:
        say(f"built anew: {name} cannot be: other code or contracts read {gone.place}, and its parsed rows are gone")
        return
    if request.inputs_digest != made.body["inputs_digest"]:
        say(f"built anew: {name} was made under another catalogue or other SQL, so it cannot be built again here")
        return
    with TemporaryDirectory() as folder:
        built = build(request, Path(folder) / f"{name}.duckdb", Withholding())
        if (fingerprints(built), figures_root(built)[0]) != (made.body["tables"], made.body.get("figures_root")):
            raise _does_not_hold(f"{name}: built anew from the received rows it shows other figures", data.published)
    say(f"built anew: {name} comes out of the received rows the same, in every mart")


def _does_not_hold(found: str, place: Path) -> HelhedsplanError:
    return HelhedsplanError(
        "this is the first thing that does not hold",
        place=str(place),
        found=found,
        do="restore what is named from a backup; whoever changed it must say why",
    )
