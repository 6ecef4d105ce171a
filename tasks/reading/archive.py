"""Zip archives (an .xlsx is one) are looked through before anything else may open or unpack them."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from catalogue.errors import DeliveryError

# A full sheet of Excel takes about 1 GB inflated and shrinks to a fortieth; a bomb to a thousandth.
MOST_BYTES = 4 << 30
MOST_BYTES_OF_A_DOCUMENT = 64 << 20
MOST_TIMES_LARGER = 250
# Below this a high ratio harms nobody.
HARMLESS_BYTES = 16 << 20
MOST_MEMBERS = 20_000
_CHUNK_BYTES = 1 << 20


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip archive whose table of contents was looked through.

    Raises DeliveryError where it is cut short, protected by a password, would unpack outside its folder,
    or states that it unpacks to more than a delivery can be.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path, str(error)) from error
    with archive:
        for member in archive.infolist():
            _refuse_unsafe(path, member)
        _refuse_bomb(path, archive.infolist())
        yield archive


def inflated(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's bytes in pieces; raises DeliveryError where it is not as long, or not the same, as it states."""
    try:
        with archive.open(member) as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise _damaged(f"{path.name}/{member.filename}", str(error)) from error


@contextmanager
def unpacked(path: Path) -> Iterator[dict[str, Path]]:
    """The documents of a zip archive, name -> file in a temporary folder, in the order of their names."""
    with opened(path) as archive, tempfile.TemporaryDirectory() as folder:
        members = [member for member in archive.infolist() if not member.is_dir()]
        documents: dict[str, Path] = {}
        # Files are numbered: a name of the archive never becomes a path of this machine.
        for number, member in enumerate(sorted(members, key=lambda one: one.filename)):
            if member.file_size > MOST_BYTES_OF_A_DOCUMENT:
                raise _bomb(path, f"{member.filename} states {member.file_size:,} bytes")
            documents[member.filename] = Path(folder) / str(number)
            with documents[member.filename].open("wb") as file:
                file.writelines(inflated(path, archive, member))
        yield documents


def _refuse_unsafe(path: Path, member: zipfile.ZipInfo) -> None:
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]:
        raise DeliveryError(
            "the archive holds a file that would be written outside its folder",
            place=f"{path.name}, member {member.filename!r}",
            expected="names below the archive's own folder",
            found=member.filename,
            do="do not open the file; ask whoever sent it, and have it packed again",
        )
    if member.flag_bits & 0x1:
        raise DeliveryError(
            "the archive is protected by a password",
            place=f"{path.name}, member {member.filename}",
            expected="an archive that anyone with the file can open",
            found="an encrypted member",
            do="unpack it with its password and deliver the files themselves",
        )


def _refuse_bomb(path: Path, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    packed = max(1, path.stat().st_size)
    if len(members) > MOST_MEMBERS:
        raise _bomb(path, f"{len(members):,} members")
    if total > MOST_BYTES or (total > HARMLESS_BYTES and total / packed > MOST_TIMES_LARGER):
        raise _bomb(path, f"{packed:,} bytes that unpack to {total:,}")


def _bomb(path: Path, found: str) -> DeliveryError:
    return DeliveryError(
        "the file would unpack to more than a delivery can be (a zip bomb)",
        place=path.name,
        expected=f"at most {MOST_BYTES:,} bytes, and at most {MOST_TIMES_LARGER} times the packed size",
        found=found,
        do="do not open the file; ask whoever sent it for a new one",
    )


def _damaged(place: Path | str, found: str) -> DeliveryError:
    return DeliveryError(
        "the file is cut short or damaged",
        place=place.name if isinstance(place, Path) else place,
        expected="a whole .xlsx or .zip file",
        found=found,
        do="download or copy the file again (was the transfer broken off?), and deliver it again",
    )
