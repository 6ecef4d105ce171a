"""What holds of a helhedsplan's figures, told by the standard library of Python 3.9 or later alone.

    python verify.py                                    everything that lies beside this file
    python verify.py FOLDER                             another folder: an unzipped pack, or a data directory
    python verify.py --figure INDICATOR AREA PERIOD     one figure, from the printed number to its cells
    python verify.py --digest DIGEST                    which publication a paper's digest belongs to

It stops at the first thing that does not hold, names it, and ends with exit code 1.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

FIRST_PREVIOUS = "0" * 64
NUMBER = re.compile(r"[-−]?\d[\d.,\u00a0]*(?:[eE]-?\d+)?")


class DoesNotHold(Exception):
    """The first thing that does not hold: where, and what was expected."""


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def text_digest(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_ledger(root):
    """Every entry, each of which follows the one before it and matches its own digest."""
    path, entries, previous = root / "ledger.jsonl", [], FIRST_PREVIOUS
    if not path.is_file():
        raise DoesNotHold(f"{path} is not there: this is no unzipped pack and no data directory")
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            entry = json.loads(line)
            digest = entry.pop("digest")
            follows = (entry["sequence"], entry["previous"]) == (number, previous)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DoesNotHold(f"ledger.jsonl, line {number}: this is no entry") from None
        if not follows:
            raise DoesNotHold(
                f"ledger.jsonl, line {number}: it does not follow line {number - 1}, which was swapped, "
                "removed or added by hand"
            )
        if text_digest(canonical(entry)) != digest:
            raise DoesNotHold(f"ledger.jsonl, line {number}: it was changed, for its digest is that of other words")
        entries.append(dict(entry, digest=digest))
        previous = digest
    return entries


def bodies(entries, kind):
    return [entry["body"] for entry in entries if entry["kind"] == kind]


def publications(entries):
    return {entry["body"]["publication_id"]: entry for entry in entries if entry["kind"] == "publication_made"}


def check_pack(root, pack):
    """Every file of the pack has the bytes that its list names, and none was added."""
    for name, digest in sorted(pack["files"].items()):
        path = root / name
        if not path.is_file():
            raise DoesNotHold(f"{name} is gone from the pack")
        if sha256(path) != digest:
            raise DoesNotHold(f"{name} was changed: its SHA-256 is not the one in pack.json")
    return len(pack["files"])


def check_snapshots(root, entries, pack):
    """Every received file has the bytes that the ledger tells of; returns how many hold and how many are elsewhere."""
    held, elsewhere, seen = 0, 0, set()
    for source_id, address, files in received(entries):
        folder = root / "snapshots" / source_id / address
        if (source_id, address) in seen:
            continue
        seen.add((source_id, address))
        if pack is not None and not folder.is_dir() and f"{source_id}/{address}" not in pack["snapshots"]:
            elsewhere += source_id != "papers"  # a pack has those alone that its year's meetings saw
            continue
        for file in files:
            path = folder / file["name"]
            if not path.is_file():
                raise DoesNotHold(f"{path.relative_to(root)} is gone")
            if sha256(path) != file["sha256"]:
                raise DoesNotHold(
                    f"{path.relative_to(root)} was changed: these are not the bytes that were received or written"
                )
            held += 1
    return held, elsewhere


def received(entries):
    for body in bodies(entries, "delivery_received"):
        yield body["source_id"], body["sha256"], body["files"]
    for body in bodies(entries, "meeting_recorded"):
        yield "minutes", body["minutes"]["sha256"], [body["minutes"]]
    for body in bodies(entries, "papers_written"):
        yield "papers", body["sha256"], body["files"]


def check_published(root, entries):
    """Every publication that lies here has the bytes that the ledger tells of."""
    made, held = publications(entries), 0
    for path in sorted((root / "published").glob("*.duckdb")):
        entry = made.get(path.stem)
        if entry is None:
            raise DoesNotHold(f"published/{path.name}: the ledger knows no such publication")
        if sha256(path) != entry["body"]["file_sha256"]:
            raise DoesNotHold(f"published/{path.name} was edited: these are not the bytes that were published")
        held += 1
    return held


def leaf_digest(line):
    return text_digest("leaf:" + line)


def root_of(digests):
    """The root of the hash tree over these leaves; a node that is left over moves up."""
    level = list(digests) or [leaf_digest("")]
    while len(level) > 1:
        pairs = [text_digest("node:" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]


def root_by_path(line, path):
    digest = leaf_digest(line)
    for side, neighbour in path:
        digest = text_digest("node:" + (neighbour + digest if side == "left" else digest + neighbour))
    return digest


def read_figures(path, entries):
    """The figures of one publication, line by line, held against the root in the ledger."""
    entry = publications(entries).get(path.stem)
    if entry is None:
        raise DoesNotHold(f"figures/{path.name}: the ledger knows no such publication")
    lines = path.read_text("utf-8").splitlines()
    if root_of([leaf_digest(line) for line in lines]) != entry["body"].get("figures_root"):
        raise DoesNotHold(
            f"figures/{path.name}: these are not the figures whose root stands in the ledger, line {entry['sequence']}"
        )
    return lines


def check_figures(lines, entries, made):
    """Each figure follows from its parts, and each part from a delivery that was in force in this publication."""
    sources = {body["delivery_id"]: body["sha256"] for body in bodies(entries[: made["sequence"]], "delivery_received")}
    for figure in map(json.loads, lines):
        name = "/".join(figure[key] for key in ("agreement_id", "indicator_id", "area_id", "period"))
        for part in figure["parts"]:
            if sources.get(part["delivery_id"]) != part["snapshot_sha256"]:
                raise DoesNotHold(f"{name}: its part {part['locator']} is from no delivery that the ledger tells of")
            if part["delivery_id"] not in made["body"]["deliveries"]:
                raise DoesNotHold(f"{name}: its part {part['locator']} is from a delivery that was not in force")
        check_sum(figure, name)
    return len(lines)


def check_sum(figure, name):
    """Counts are the sum of their parts' counts; a share is numerator by denominator."""
    parts, counted = figure["parts"], ("numerator", "denominator")
    for count in counted:
        told = [part[count] for part in parts]
        if figure[count] is not None and told and None not in told and abs(sum(told) - figure[count]) > 1e-6:
            raise DoesNotHold(f"{name}: its {count} {figure[count]:g} is not the sum of its parts {sum(told):g}")
    x, n, value = (figure[key] for key in (*counted, "value"))
    is_share = figure["kind"] in ("share", "turnout") and None not in (x, n, value) and n
    if is_share and abs(x / n - value) > 1e-9:
        raise DoesNotHold(f"{name}: its value is not its numerator by its denominator")


def cells_of(root, part):
    """What stands at a part's place in the received file: (place, text) of each cell; None if the file is not here."""
    folder = root / "snapshots" / part["source_id"] / part["snapshot_sha256"]
    if not folder.is_dir():
        return None
    files = {str(path.relative_to(folder).as_posix()): path.read_bytes for path in folder.rglob("*") if path.is_file()}
    for path in list(folder.rglob("*.zip")):
        archive = zipfile.ZipFile(path)
        files.update({name: (lambda a=archive, n=name: a.read(n)) for name in archive.namelist()})
    locator = part["locator"]
    for name in sorted(files, key=len, reverse=True):
        if locator.startswith(name):
            return list(at_places(files[name](), name, locator[len(name) :].lstrip(", ")))
    if len(files) == 1:
        name = next(iter(files))
        return list(at_places(files[name](), name, locator))
    raise DoesNotHold(f"{locator}: no file of that name was received in {part['delivery_id']}")


def at_places(content, name, places):
    if places.startswith("#"):
        document = json.loads(content.decode("utf-8-sig"))
        for pointer in pointers_in(places[1:]):
            yield f"{name}#{pointer}", by_pointer(document, pointer)
    elif "line" in places:
        lines = as_text(content).splitlines()
        for number in (int(found) for found in re.findall(r"\d+(?![\d]* lines)", places)):
            if number > len(lines):
                raise DoesNotHold(f"{name}, line {number}: the file has {len(lines)} lines")
            yield f"{name}, line {number}", lines[number - 1]
    else:
        for place in places.split(", "):
            sheet, _, cell = place.rpartition("!")
            yield f"{name}, {place}", in_workbook(content, sheet, cell)


def pointers_in(places):
    """Each JSON pointer of a locator; after the first, a bare number stands in the same list as the one before."""
    home = ""
    for word in re.split(r", | / ", places):
        if word.startswith("/"):
            home = word.rpartition("/")[0]
            yield word
        else:
            yield from (f"{home}/{number}" for number in re.findall(r"\d+(?! lines)", word))


def as_text(content):
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def by_pointer(document, pointer):
    for key in pointer.split("/")[1:]:
        name = key.replace("~1", "/").replace("~0", "~")
        try:
            document = document[int(name)] if isinstance(document, list) else document[name]
        except (KeyError, IndexError, ValueError, TypeError):
            raise DoesNotHold(f"{pointer}: there is no such place in the document") from None
    return str(document)


def in_workbook(content, sheet, cell):
    """The text of one cell of an .xlsx file."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    link = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = ET.fromstring(book.read("xl/workbook.xml")).iter(main + "sheet")
        links = {one.get("name"): one.get(link) for one in sheets}
        targets = {one.get("Id"): one.get("Target") for one in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))}
        if sheet not in links:
            raise DoesNotHold(f"{sheet}!{cell}: the workbook has no such sheet")
        target = targets[links[sheet]].lstrip("/")
        part = target if target.startswith("xl/") else "xl/" + target
        with book.open(part) as rows:
            for _, found in ET.iterparse(rows):
                if found.tag == main + "c" and found.get("r") == cell:
                    return text_of_cell(book, found, main)
                if found.tag == main + "row":
                    found.clear()
    raise DoesNotHold(f"{sheet}!{cell}: there is nothing in that cell")


def text_of_cell(book, cell, main):
    text = "".join(
        node.text or ""
        for node in cell.iter(
            main + "v",
        )
    ) or "".join(node.text or "" for node in cell.iter(main + "t"))
    if cell.get("t") == "s":
        strings = ET.fromstring(book.read("xl/sharedStrings.xml")).findall(main + "si")
        return "".join(node.text or "" for node in strings[int(text)].iter(main + "t"))
    return text


def numbers_in(text):
    """Every number that a text may be read as, with a Danish comma or an English point."""
    found = set()
    for word in NUMBER.findall(text):
        number = word.replace("−", "-").replace("\u00a0", "").rstrip(".,")
        for plain in (number, number.replace(".", "").replace(",", "."), number.replace(",", "")):
            try:
                found.add(float(plain))
            except ValueError:
                continue
    return found


def check_cells(root, figure):
    """Each part of a figure with what stands in its cells, and whether the part's numbers are among it."""
    for part in figure["parts"]:
        cells = cells_of(root, part)
        wanted = [part[key] for key in ("numerator", "value") if part[key] is not None]
        found = set().union(*(numbers_in(text) for _, text in cells or []))
        shows = any(abs(one - number * scale) < 1e-6 for number in wanted for scale in (1, 100) for one in found)
        yield part, cells, shows


def verify_all(root, say):
    """Everything that lies here, in an order in which each step rests on the one before it."""
    entries = read_ledger(root)
    say(f"ledger: {len(entries)} entries in one chain; its head is {entries[-1]['digest'] if entries else 'nothing'}")
    pack = json.loads((root / "pack.json").read_text("utf-8")) if (root / "pack.json").is_file() else None
    if pack is not None:
        say(f"pack of {pack['year']}: {check_pack(root, pack)} files as its list names them")
        if pack["ledger_head"] != (entries[-1]["digest"] if entries else None):
            raise DoesNotHold("ledger.jsonl: lines were added or taken away at its end since the pack was made")
    held, elsewhere = check_snapshots(root, entries, pack)
    say(
        f"received: {held} files, the board's papers among them, have the bytes that the ledger tells of"
        + (f"; {elsewhere} deliveries are not in this pack" if elsewhere else "")
    )
    say(f"published: {check_published(root, entries)} warehouses have the bytes that were published")
    for path in sorted((root / "figures").glob("*.jsonl")):
        lines, made = read_figures(path, entries), publications(entries)[path.stem]
        say(
            f"figures: {check_figures(lines, entries, made)} of {path.stem} follow from received rows; "
            f"digest {made['digest'][:16]}"
        )
    if (root / "sample.jsonl").is_file():
        check_sample(root, entries, say)


def check_sample(root, entries, say):
    """The figures that were drawn by lot: each leads to the root in the ledger, and to its cells."""
    drawn, cells, elsewhere = 0, 0, 0
    for one in map(json.loads, (root / "sample.jsonl").read_text("utf-8").splitlines()):
        made = publications(entries)[one["publication_id"]]
        if root_by_path(one["leaf"], one["path"]) != made["body"]["figures_root"]:
            raise DoesNotHold(f"sample.jsonl, figure {drawn + 1}: it is no figure of {one['publication_id']}")
        for _, found, _ in check_cells(root, json.loads(one["leaf"])):
            cells, elsewhere = cells + len(found or []), elsewhere + (found is None)
        drawn += 1
    say(
        f"sample: {drawn} figures lead to {cells} cells of received files"
        + (f"; {elsewhere} parts to files that are not in this pack" if elsewhere else "")
    )


def verify_figure(root, wanted, publication_id, say):
    """One figure, from the printed number to the text of its cells."""
    entries = read_ledger(root)
    paths = sorted((root / "figures").glob(f"{publication_id or '*'}.jsonl"))
    if not paths:
        raise DoesNotHold("figures/: no figures of such a publication lie here; give a pack's folder")
    made, lines = publications(entries)[paths[-1].stem], read_figures(paths[-1], entries)
    names = ("indicator_id", "area_id", "period")
    found = [line for line in lines if [json.loads(line)[name] for name in names] == wanted]
    if not found:
        raise DoesNotHold(f"{' '.join(wanted)}: publication {paths[-1].stem} shows no such figure")
    for line in found:
        check_figures([line], entries, made)
        figure = json.loads(line)
        say(
            f"figure: {figure['numerator']} of {figure['denominator']}, value {figure['value']}, "
            f"missing because {figure['missing_reason']}"
        )
        say(f"publication: {paths[-1].stem}, digest {made['digest'][:16]}, ledger line {made['sequence']}")
        for part, cells, shows in check_cells(root, figure):
            tell_part(part, cells, shows, say)


def tell_part(part, cells, shows, say):
    """One part of a figure: its numbers, the bytes that they came in, what stands there."""
    say(
        f"part: {part['part_level']} {part['part_id']}: {part['numerator']} of {part['denominator']}, value "
        f"{part['value']}, delivery {part['delivery_id']}, SHA-256 {part['snapshot_sha256']}"
    )
    if cells is None:
        say("  the received file is not here; it lies in the data directory")
    for place, text in cells or []:
        say(f"  {place}: {printable(text)}")
    if cells and not shows:
        say("  look: the part's number is not among these as it is (added up, subtracted, corrected or withheld)")


def printable(text):
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--figure", nargs=3, metavar=("INDICATOR", "AREA", "PERIOD"))
    parser.add_argument("--publication", metavar="ID", help="with --figure; else the newest that lies here")
    parser.add_argument("--digest", help="the digest that stands on a paper, 16 characters or more")
    asked = parser.parse_args()
    try:
        if asked.figure:
            verify_figure(asked.folder, asked.figure, asked.publication, print)
        elif asked.digest:
            tell_digest(asked.folder, asked.digest, print)
        else:
            verify_all(asked.folder, print)
    except (DoesNotHold, OSError, ValueError, KeyError, zipfile.BadZipFile, ET.ParseError) as found:
        print(f"DOES NOT HOLD: {found if isinstance(found, DoesNotHold) else repr(found)}")
        return 1
    print("All of this holds.")
    return 0


def tell_digest(root, digest, say):
    """The publication that a paper's digest belongs to."""
    entries = read_ledger(root)
    made = [one for one in publications(entries).values() if len(digest) >= 16 and one["digest"].startswith(digest)]
    if len(made) != 1:
        raise DoesNotHold(f"{digest}: the ledger knows no publication with that digest")
    say(f"publication {made[0]['body']['publication_id']}, made {made[0]['time']}, ledger line {made[0]['sequence']}")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
