"""Deliveries gone wrong at random, from a seed or as hypothesis chooses: truncated, bit-flipped, shuffled, retyped.

Of a workbook, the bytes of the archive or the text of one of its parts are changed: an archive with flipped bits is
hardly ever opened, so half of them are packed anew around a changed part and get as far as the reader.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deliveries_for_tests import (
    AGREEMENT_FIGURES,
    ELECTION,
    LBF_WORKBOOK,
    MINISTRY_LIST,
    SAMPLES,
    SURVEY,
    archive_of,
    part_of_workbook,
)

KINDS = ("truncated", "bit-flipped", "shuffled", "retyped")
# Beside these, what people do to files: columns in another order, a file twice over, another encoding.
FURTHER_KINDS = ("reordered", "doubled", "re-encoded")
UNTOUCHED = "untouched"
# What is delivered: source, a file or a folder, and the part of the source that it is.
ORIGINALS: tuple[Original, ...] = (
    ("lbf_boligsociale_data", LBF_WORKBOOK, ""),
    ("tryghedssurvey", SAMPLES / "tryghedssurvey" / "tryghedssurvey_2023.xlsx", ""),
    ("tryghedssurvey", SURVEY, ""),
    ("ministry_list", MINISTRY_LIST, ""),
    ("agreement_figures", AGREEMENT_FIGURES, ""),
    ("valg_dk", ELECTION, ELECTION.name),
    *(("statbank", SAMPLES / "statbank" / table, table) for table in ("FVKOM", "KVRES", "HFUDD21", "NEET1", "RAS209")),
)
# Texts where a number, a name or a day is expected, and the other way round.
ODD = (
    "", " ", "0", "-1", "250", "1e999", "-1e-999", "NaN", "inf", "TRUE", "99999999999999999999", "0,5", "1.234,5",
    "12:30", "2026-02-30", "31-12-1899", "2022/2023", "KV 2021", "=1+1", "#N/A", "..", "*", "-", "Ringparken", "æøå",
    "\u202e", "\x00", "'; DROP TABLE raw.observation; --", "a" * 40_000, "😀", "½", "٣", "NULL", "\t", '"', ";",
)  # fmt: skip
Change = Callable[[bytes, random.Random], bytes]
Original = tuple[str, Path, str]


@dataclass(frozen=True)
class Mutated:
    """One delivery gone wrong: what was done to it, which source and part it claims to be, and where it lies."""

    name: str
    kind: str
    source_id: str
    part_id: str
    path: Path


def mutated(number: int, seed: int, folder: Path) -> Mutated:
    """Write the mutated delivery of this number below `folder`; the same number and seed give the same bytes."""
    choose = random.Random(f"{seed} {number}")  # noqa: S311 - variety, not secrets
    original, kind = ORIGINALS[number % len(ORIGINALS)], KINDS[number // len(ORIGINALS) % len(KINDS)]
    return spoilt(original, kind, choose, folder, f"{number:05}")


def spoilt(original: Original, kind: str, choose: random.Random, folder: Path, name: str) -> Mutated:
    """Write one original gone wrong in this way, as `choose` has it, below `folder` under a name of its own."""
    source_id, path, part_id = original
    target = folder / name / (path.name if path.is_dir() else f"{name}-{path.name}")
    target.parent.mkdir(parents=True)
    if path.is_dir():
        shutil.copytree(path, target)
        victim = choose.choice(sorted(file for file in target.rglob("*") if file.is_file()))
        victim.write_bytes(_changed(kind, victim.suffix, victim.read_bytes(), choose))
    elif path.suffix == ".xlsx" and kind != "truncated" and choose.random() < 0.75:
        _repacked(path, target, kind, choose)
    else:
        target.write_bytes(_changed(kind, path.suffix, path.read_bytes(), choose))
    return Mutated(f"{kind} {source_id} {part_id} {name}", kind, source_id, part_id, target)


def _repacked(original: Path, target: Path, kind: str, choose: random.Random) -> None:
    """Write a workbook in which one part is changed, sheets and their texts more often than the rest."""
    with zipfile.ZipFile(original) as workbook:
        names = workbook.namelist()
        part = choose.choice([*names, *(3 * [name for name in names if "sheet" in name or "sharedStrings" in name])])
        changed = _changed(kind, ".xml", workbook.read(part), choose)
        if changed == workbook.read(part):
            archive_of([("added.bin", b"nothing")], original)(target)
        else:
            part_of_workbook(part, lambda _: changed, original)(target)


def _changed(kind: str, suffix: str, content: bytes, choose: random.Random) -> bytes:
    changes: dict[str, Change] = {
        "truncated": _truncated, "bit-flipped": _bit_flipped, "shuffled": _shuffled,
        "reordered": _reordered, "doubled": _doubled, "re-encoded": _re_encoded,
        UNTOUCHED: lambda content, _: content,
    }  # fmt: skip
    retyped: dict[str, Change] = {".csv": _retyped_csv, ".json": _retyped_json, ".xml": _retyped_xml}
    change = changes.get(kind) or retyped.get(suffix, _bit_flipped)
    return change(content, choose)


def _truncated(content: bytes, choose: random.Random) -> bytes:
    return content[: choose.randrange(len(content))]


def _bit_flipped(content: bytes, choose: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(choose.choice((1, 2, 8, 64))):
        changed[choose.randrange(len(changed))] ^= 1 << choose.randrange(8)
    return bytes(changed)


def _shuffled(content: bytes, choose: random.Random) -> bytes:
    """Some lines, cells or blocks change places, or stand twice."""
    separator = next((one for one in (b"</row>", b"</si>", b"\n", b"},", b",") if content.count(one) > 3), None)
    pieces = content.split(separator) if separator else [content[at : at + 64] for at in range(0, len(content), 64)]
    for _ in range(choose.choice((1, 3, len(pieces)))):
        one, other = choose.randrange(len(pieces)), choose.randrange(len(pieces))
        pieces[one], pieces[other] = pieces[other], pieces[one]
    if choose.random() < 0.3:
        pieces.insert(choose.randrange(len(pieces)), choose.choice(pieces))
    return (separator or b"").join(pieces)


def _reordered(content: bytes, choose: random.Random) -> bytes:
    """Two columns change places in every line that has both, or one stands twice."""
    lines = [line.split(b";") for line in content.split(b"\n")]
    width = max(map(len, lines))
    one, other, is_twice = choose.randrange(width), choose.randrange(width), choose.random() < 0.3
    for cells in lines:
        if len(cells) > max(one, other):
            moved = cells[one]
            cells[one] = cells[other]
            if not is_twice:
                cells[other] = moved
    return b"\n".join(b";".join(cells) for cells in lines)


def _doubled(content: bytes, choose: random.Random) -> bytes:
    """The whole once more, or a piece of it where it stood."""
    start = choose.choice((0, choose.randrange(len(content))))
    return content[:start] + content[start:] + content[start:]


def _re_encoded(content: bytes, choose: random.Random) -> bytes:
    to = choose.choice(("utf-16", "utf-32", "cp865", "cp1252", "utf-8-sig", "mac_roman"))
    return content.decode("utf-8", "replace").encode(to, "replace")


def _retyped_csv(content: bytes, choose: random.Random) -> bytes:
    lines = [line.split(b";") for line in content.split(b"\n")]
    for _ in range(choose.choice((1, 3, 20))):
        cells = choose.choice(lines)
        cells[choose.randrange(len(cells))] = choose.choice(ODD).encode(choose.choice(("utf-8", "utf-16")))
    return b"\n".join(b";".join(cells) for cells in lines)


def _retyped_xml(content: bytes, choose: random.Random) -> bytes:
    """Values of cells, and what kind of value a cell says that it holds."""
    values = list(re.finditer(rb"(?<=<v>)[^<]*(?=</v>)|(?<=>)[^<]+(?=</t>)|(?<= t=\")\w+(?=\")", content))
    if not values:
        return _bit_flipped(content, choose)
    pieces, at = [], 0
    chosen = sorted(choose.sample(values, min(len(values), choose.choice((1, 3, 20)))), key=re.Match.start)
    for match in chosen:
        kind_of_value = content[match.start() - 1 : match.start()] == b'"'
        odd = choose.choice(("s", "b", "e", "str", "n", "d", "inlineStr") if kind_of_value else ODD)
        pieces += [content[at : match.start()], odd.replace("<", "&lt;").encode()]
        at = match.end()
    return b"".join([*pieces, content[at:]])


def _retyped_json(content: bytes, choose: random.Random) -> bytes:
    document = json.loads(content)
    for _ in range(choose.choice((1, 3, 20))):
        _retype_somewhere(document, choose)
    return json.dumps(document, ensure_ascii=choose.random() < 0.5).encode("utf-8", "surrogatepass")


def _retype_somewhere(node: Any, choose: random.Random) -> None:
    """Walk down to a random place and put another type of value there."""
    odd: list[Any] = [None, True, [], {}, -1, 0.5, 10**30, [[1]], {"a": None}, choose.choice(ODD)]
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = choose.choice(keys)
        if not isinstance(node[key], dict | list) or choose.random() < 0.1:
            node[key] = choose.choice(odd)
            return
        node = node[key]
