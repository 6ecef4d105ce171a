"""What holds of a helhedsplan's figures, told by the standard library of Python 3.9 or later alone.

    python verify.py                                    everything that lies beside this file
    python verify.py FOLDER                             another folder: an unzipped pack, or a data directory
    python verify.py --figure INDICATOR AREA PERIOD     one figure, from the printed number to its cells
    python verify.py --digest DIGEST                    which publication a paper's digest belongs to

It stops at the first thing that does not hold, names it, and ends with exit code 1; with 2 where it was asked for
something that is not here. It adds nothing up from received cells and takes no difference: it counts the parts of
figures that stand in their cells as they are, and those that do not.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import sys
import unicodedata
import zipfile
from collections import Counter
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as ET

FIRST_PREVIOUS = "0" * 64
NUMBER = re.compile(r"[-−]?\d[\d.,\u00a0]*(?:[eE]-?\d+)?")


class DoesNotHold(Exception):
    """The first thing that does not hold: where, and what was expected."""


class NotHere(Exception):
    """What was asked for is not here, which says nothing about what is."""


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


TOLD = ("year", "ledger_head", "snapshots", "left_out", "files", "sample")


def read_pack(path):
    """What pack.json tells. A pack of an earlier version tells less, and so might one that was shortened."""
    pack = json.loads(path.read_text("utf-8"))
    missing = [key for key in TOLD if not isinstance(pack, dict) or key not in pack]
    if missing:
        raise DoesNotHold(
            f"pack.json does not tell {', '.join(missing)}: an earlier version made this pack, or it was shortened. "
            "The verify.py that lies in a pack knows its version; `helhedsplan audit pack` makes the pack anew"
        )
    return pack


def in_words(found):
    """What an error says; of a key that is not there, that it is not."""
    if isinstance(found, KeyError):
        return f"{found} is not told where it must be: another version wrote this, or it was shortened"
    return str(found) if isinstance(found, DoesNotHold) else repr(found)


def check_pack(root, pack):
    """Every file of the pack has the bytes that its list names, and none was added."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if (path.is_symlink() or not path.is_dir()) and name != "pack.json" and name not in pack["files"]:
            raise DoesNotHold(f"{name} is not on the pack's list: it was added")
    for name, digest in sorted(pack["files"].items()):
        path = root / name
        if not path.is_file():
            raise DoesNotHold(f"{name} is gone from the pack")
        if sha256(path) != digest:
            raise DoesNotHold(f"{name} was changed: its SHA-256 is not the one in pack.json")
    return len(pack["files"])


INDEX = ("index.html", "index.pdf", "index-en.html", "index-en.pdf")
DESCRIBED = (*INDEX, "datapackage.json", "ro-crate-metadata.json")
TABLES = (
    "actions", "agreements", "approvals", "areas", "checks", "definitions", "deliveries", "duty", "follow_up",
    "meetings", "milestones", "outdated_papers", "publications", "quarantine", "revisions", "sources",
)  # fmt: skip


def must_hold(entries, year):
    """What a pack of a year must hold, by its ledger alone: a list that was shortened does not change it."""
    yield from ("verify.py", "ledger.jsonl", "sample.jsonl", "catalogue/corrections.csv", *DESCRIBED)
    yield from (f"tables/{name}.csv" for name in TABLES)
    for entry in seen_in(entries, year):
        name = entry["body"]["publication_id"]
        yield f"published/{name}.duckdb"
        if entry["body"].get("figures"):
            yield f"figures/{name}.jsonl"


def year_of(entry):
    """The year in Denmark, which begins an hour before that of UTC, in which the ledger keeps its moments."""
    return (datetime.fromisoformat(entry["time"]) + timedelta(hours=1)).year


def seen_in(entries, year):
    """The publications that the year's meetings saw; without a meeting the last one made by its end."""
    digests = {body["publication_digest"] for body, _ in meetings_of(entries, year)}
    made = list(publications(entries).values())
    by_then = [entry for entry in made if year_of(entry) <= year]
    return [entry for entry in made if entry["digest"] in digests] or by_then[-1:]


def deliveries_of(entries, year):
    """The deliveries that came in the year, or that a publication which was seen was made from."""
    in_force = {one for entry in seen_in(entries, year) for one in entry["body"]["deliveries"]}
    for entry in entries:
        body, is_of_year = entry["body"], year_of(entry) == year
        if entry["kind"] == "delivery_received" and (is_of_year or body["delivery_id"] in in_force):
            yield f"{body['source_id']}/{body['sha256']}"


def check_whole(root, entries, pack):
    """Nothing that the pack must hold was taken out of it, nor out of its list; returns the digest of its list."""
    for name in must_hold(entries, pack["year"]):
        if name not in pack["files"]:
            raise DoesNotHold(f"{name} is missing: the pack of {pack['year']} must hold it")
    for name in deliveries_of(entries, pack["year"]):
        if name not in pack["snapshots"] and name not in pack["left_out"]:
            raise DoesNotHold(f"snapshots/{name} is missing, and is not told left out")
    contents = {name: digest for name, digest in pack["files"].items() if name not in DESCRIBED}
    digest = text_digest(canonical(contents))
    if digest not in (root / INDEX[0]).read_text("utf-8"):
        raise DoesNotHold(f"pack.json: the digest of its list, {digest}, is not the one that stands in {INDEX[0]}")
    return digest


def is_stripped(root):
    """Whether a folder without pack.json has what packs alone have, and no data directory."""
    return any((root / name).exists() for name in (*DESCRIBED, "tables"))


def check_snapshots(root, entries, pack):
    """Every received file has the bytes that the ledger tells of; returns how many hold, and who lie elsewhere."""
    held, elsewhere, seen = 0, [], set()
    for source_id, address, files in received(entries):
        folder = root / "snapshots" / source_id / address
        if (source_id, address) in seen:
            continue
        seen.add((source_id, address))
        if pack is not None and not folder.is_dir() and f"{source_id}/{address}" not in pack["snapshots"]:
            if source_id != "papers":  # a pack has those alone that its year's meetings saw
                elsewhere.append(f"{source_id}/{address}")
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


def check_nothing_more(root, entries):
    """No file lies among a pack's received ones that the ledger does not tell of."""
    told = {f"{source}/{address}/{file['name']}" for source, address, files in received(entries) for file in files}
    for path in sorted(path for path in (root / "snapshots").rglob("*") if path.is_file()):
        if path.relative_to(root / "snapshots").as_posix() not in told:
            raise DoesNotHold(f"{path.relative_to(root)}: the ledger tells of no such file")


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
    if (root / "warehouse.duckdb").is_file():
        check_current(root / "warehouse.duckdb", list(made.values()))
    return held


def check_current(path, made):
    """The current file of a data directory is the ledger's newest publication, byte by byte."""
    if not made:
        raise DoesNotHold(f"{path.name}: the ledger knows no publication")
    names = {entry["body"]["file_sha256"]: entry["body"]["publication_id"] for entry in made}
    name, newest = names.get(sha256(path)), made[-1]["body"]["publication_id"]
    if name is None:
        raise DoesNotHold(f"{path.name} was edited: these are not the bytes of publication {newest}")
    if name != newest:
        raise DoesNotHold(f"{path.name} is publication {name}, not the newest one {newest}, which a refresh puts there")


def meetings_of(entries, year):
    """The year's meetings as they were last recorded, oldest first: (body, recorded_by)."""
    last = {e["body"]["meeting_id"]: (e["body"], e["actor"]) for e in entries if e["kind"] == "meeting_recorded"}
    held = [one for one in last.values() if one[0]["date"].startswith(f"{year:04d}-")]
    return sorted(held, key=lambda one: (one[0]["date"], one[0]["meeting_id"]))


def check_tables(root, entries, year):
    """Meetings, what they saw and decided, and the duty table say what follows from the ledger."""
    held = meetings_of(entries, year)
    check_kept(root, held)
    meetings, seen, actions = set(), set(), set()
    for body, recorded_by in held:
        name, day = body["meeting_id"], body["date"]
        minutes, present = body["minutes"], ", ".join(one["name"] for one in body["present"])
        meetings.add(
            as_cells(
                name, body["agreement_id"], day, body["publication_id"], body["publication_digest"],
                body["superseded_by"], present, minutes["reference"], minutes["sha256"], recorded_by, body["corrects"],
            )
        )  # fmt: skip
        for item in body["indicators"]:
            told = (item["indicator_id"], item["seen"], item["remark"], item["decision"])
            seen.add(as_cells(name, day, body["publication_id"], body["publication_digest"], *told))
            actions |= {as_cells(name, *(one[key] for key in ACTION)) for one in item["actions"]}
    compare(root, "meetings", MEETING, meetings)
    compare(root, "follow_up", SEEN, seen)
    compare(root, "actions", ("meeting_id", *ACTION), actions, {as_cells(body["meeting_id"])[0] for body, _ in held})
    return len(held), check_duty(root, [body for body, _ in held], year)


MEETING = (
    "meeting_id", "agreement_id", "meeting_date", "publication_id", "publication_digest", "superseded_by", "present",
    "minutes_reference", "minutes_sha256", "recorded_by", "corrected_because",
)  # fmt: skip
SEEN = ("meeting_id", "meeting_date", "publication_id", "publication_digest", "indicator_id", "seen", "remark",
        "decision")  # fmt: skip
ACTION = ("action_id", "action", "owner", "due")


def check_kept(root, held):
    """What the year's meetings had before them and left behind lies in the pack, under the digests in the ledger."""
    for body, _ in held:
        for home, address in (("minutes", body["minutes"]["sha256"]), ("papers", body.get("papers_sha256"))):
            if address and not (root / "snapshots" / home / address).is_dir():
                raise DoesNotHold(
                    f"snapshots/{home}/{address}, of the meeting {body['meeting_id']}, is not in the pack"
                )


def table_rows(root, name):
    with open(root / "tables" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def compare(root, name, columns, expected, meetings=None):
    """A table has just these rows; with `meetings`, its rows of these meetings."""
    rows = [row for row in table_rows(root, name) if meetings is None or row["meeting_id"] in meetings]
    found = [tuple(row[column] for column in columns) for row in rows]
    wrong = sorted(set(found) ^ expected)
    if wrong or len(found) != len(expected):
        named = " ".join(wrong[0][:2]) if wrong else "a row stands there twice"
        raise DoesNotHold(f"tables/{name}.csv: it is not what the ledger tells: {printable(named)}")


def check_duty(root, held, year):
    """Whether each series was followed up, when, and by which meetings; returns how many were."""
    rows, known, followed = table_rows(root, "duty"), set(), 0
    for row in rows:
        place = f"tables/duty.csv, {row['indicator_id']}"
        if row["year"] != str(year) or (row["agreement_id"], row["indicator_id"]) in known:
            raise DoesNotHold(f"{place}: it is of another year, or stands there twice")
        known.add((row["agreement_id"], row["indicator_id"]))
        told, expected = {key: row[key] for key in DUTY}, duty_of(row, held)
        if told != expected:
            wrong = next(key for key in DUTY if told[key] != expected[key])
            raise DoesNotHold(
                f"{place}: {wrong} is {printable(told[wrong] or 'nothing')}, where the ledger tells "
                f"{expected[wrong] or 'nothing'}"
            )
        reasons = {True: ("",), False: ("not_delivered", "not_taken_up") if row["meetings_held"] != "0" else NO_MEETING}
        if row["reason"] not in reasons[row["is_followed_up"] == "True"]:
            raise DoesNotHold(f"{place}: the reason {printable(row['reason'] or 'nothing')} cannot be")
        followed += row["is_followed_up"] == "True"
    for body in held:
        for item in body["indicators"]:
            if (body["agreement_id"], item["indicator_id"]) not in known:
                raise DoesNotHold(f"tables/duty.csv: {item['indicator_id']}, which a meeting took up, is gone")
    return followed


NO_MEETING = ("no_meeting",)
DUTY = ("is_followed_up", "meetings", "meetings_held", "first_followed_up_on", "last_followed_up_on", "meeting_ids")


def duty_of(row, held):
    """What the ledger tells of one series of an agreement in the year, as a row of tables/duty.csv says it."""
    here = [body for body in held if body["agreement_id"] == row["agreement_id"]]
    took = [body for body in here if row["indicator_id"] in {item["indicator_id"] for item in body["indicators"]}]
    days = [body["date"] for body in took] or [""]
    names = ", ".join(body["meeting_id"] for body in took)
    return dict(zip(DUTY, (str(bool(took)), str(len(took)), str(len(here)), days[0], days[-1], names)))


def as_cells(*values):
    """Texts as the pack's tables write them: hidden marks are seen, and no spreadsheet takes one for a formula."""
    return tuple(as_cell("" if value is None else value) for value in values)


def as_cell(text):
    seen = "".join(
        f"⟨U+{ord(letter):04X}⟩"
        if unicodedata.category(letter) in ("Cc", "Cf") and letter not in "\n\t\u00ad\u200d"
        else letter
        for letter in text
    )
    return f"'{seen}" if seen.startswith(("=", "+", "-", "@", "\t", "\r")) else seen


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


class Received:
    """The received files that lie here. None is opened before its bytes are held against the ledger."""

    def __init__(self, root, entries):
        self.root, self.told = root, {}
        for body in bodies(entries, "delivery_received"):
            self.told.setdefault((body["source_id"], body["sha256"]), body["files"])
        corrections = root / "catalogue" / "corrections.csv"
        # A published correction replaces a number whose cell stays as it came. Without the list nobody can tell.
        self.corrected = None
        if corrections.is_file():
            with open(corrections, encoding="utf-8", newline="") as file:
                self.corrected = {(row["source_id"], row["indicator_id"]) for row in csv.DictReader(file)}
        self.held = lru_cache(maxsize=None)(self._held)
        self.read = lru_cache(maxsize=16)(self._read)

    def _held(self, source_id, address):
        """The files of a delivery by name: a path, or an archive's path and a member; each as the ledger tells."""
        files = {}
        for file in self.told[source_id, address]:
            path = self.root / "snapshots" / source_id / address / file["name"]
            if not path.is_file():
                raise DoesNotHold(f"{path.relative_to(self.root)} is gone")
            if sha256(path) != file["sha256"]:
                raise DoesNotHold(
                    f"{path.relative_to(self.root)} was changed: these are not the bytes that were received"
                )
            files[file["name"]] = (path, None)
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    files.update({name: (path, name) for name in archive.namelist()})
        return files

    def _read(self, path, member, form):
        """A file's content as one of document, lines, or the cells of the sheet that `form` names."""
        if member is None:
            content = path.read_bytes()
        else:
            with zipfile.ZipFile(path) as archive:
                content = archive.read(member)
        if form == "#":
            return json.loads(content.decode("utf-8-sig"))
        return as_text(content).splitlines() if form == "line" else sheet_cells(content, form)


def cells_of(received, part):
    """What stands at a part's place in the received file: (place, text) of each cell; None if the file is not here."""
    if not (received.root / "snapshots" / part["source_id"] / part["snapshot_sha256"]).is_dir():
        return None
    files, locator = received.held(part["source_id"], part["snapshot_sha256"]), part["locator"]
    for name in sorted(files, key=len, reverse=True):
        if locator.startswith(name):
            return list(at_places(received, files[name], name, locator[len(name) :].lstrip(", ")))
    if len(files) == 1:
        name = next(iter(files))
        return list(at_places(received, files[name], name, locator))
    raise DoesNotHold(f"{locator}: no file of that name was received in {part['delivery_id']}")


def at_places(received, file, name, places):
    if places.startswith("#"):
        document = received.read(*file, "#")
        for pointer in pointers_in(places[1:]):
            yield f"{name}#{pointer}", by_pointer(document, pointer)
    elif "line" in places and "!" not in places:
        lines = received.read(*file, "line")
        for number in (int(found) for found in re.findall(r"\d+(?![\d]* lines)", places)):
            if number > len(lines):
                raise DoesNotHold(f"{name}, line {number}: the file has {len(lines)} lines")
            yield f"{name}, line {number}", lines[number - 1]
    else:
        for place in places.split(", "):
            sheet, _, cell = place.rpartition("!")
            cells = received.read(*file, sheet)
            if cell not in cells:
                raise DoesNotHold(f"{place}: there is nothing in that cell")
            yield f"{name}, {place}", cells[cell]


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


def sheet_cells(content, sheet):
    """The text of every cell of a sheet of an .xlsx file, by its name."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    link = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    cells = {}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = ET.fromstring(book.read("xl/workbook.xml")).iter(main + "sheet")
        links = {one.get("name"): one.get(link) for one in sheets}
        targets = {one.get("Id"): one.get("Target") for one in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))}
        if sheet not in links:
            raise DoesNotHold(f"{sheet}: the workbook has no such sheet")
        strings = shared_strings(book, main)
        target = targets[links[sheet]].lstrip("/")
        with book.open(target if target.startswith("xl/") else "xl/" + target) as rows:
            for _, row in ET.iterparse(rows):
                if row.tag == main + "row":
                    cells.update({cell.get("r"): text_of_cell(cell, strings, main) for cell in row.iter(main + "c")})
                    row.clear()
    return cells


def shared_strings(book, main):
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    found = ET.fromstring(book.read("xl/sharedStrings.xml")).findall(main + "si")
    return ["".join(node.text or "" for node in one.iter(main + "t")) for one in found]


def text_of_cell(cell, strings, main):
    text = "".join(node.text or "" for tag in ("v", "t") for node in cell.iter(main + tag))
    return strings[int(text)] if cell.get("t") == "s" and text else text


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


SHOWN, NOT_SHOWN, EMPTY, ELSEWHERE = "shown", "not shown", "empty", "elsewhere"


def is_in(number, found, within=1e-6):
    return any(abs(one - number) < within for one in found)


def names_shown(part, text):
    """Which of the part's numbers a cell shows."""
    found = numbers_in(text)
    shown = [name for name in ("numerator", "denominator") if part[name] is not None and is_in(part[name], found)]
    value = part["value"]
    # A share may stand as a percentage, and may be told to a tenth of a point where small counts are withheld.
    is_shown = value is not None and (is_in(value, found, 5.1e-4) or is_in(value * 100, found, 5.1e-2))
    return shown + (["value"] if is_shown else [])


def check_cells(received, figure):
    """Each part of a figure with what stands in its cells, and whether they show its numbers.

    They are shown, or not (a sum or a difference, which nobody recomputes here), or the part is empty, or its file lies
    elsewhere.
    """
    for part in figure["parts"]:
        cells = cells_of(received, part)
        wanted = wanted_of(part, cells or [])
        missing = [name for name in wanted if not any(name in names_shown(part, text) for _, text in cells or [])]
        if missing and cells and not may_differ(received, figure, part, cells):
            raise DoesNotHold(
                f"{figure['indicator_id']} {figure['area_id']} {figure['period']}: the {missing[0]} of its part "
                f"{part['part_id']} is {part[missing[0]]:g}, which is not what stands in {part['locator']}: "
                + ", ".join(printable(text) for _, text in cells)
            )
        yield part, cells, ELSEWHERE if cells is None else EMPTY if not wanted else NOT_SHOWN if missing else SHOWN


def wanted_of(part, cells):
    """The part's numbers that its cells should show: its numerator or else its value, and its denominator.

    A single cell has no room for a denominator, which stands elsewhere in the document.
    """
    numbers = [name for name in ("numerator", "value") if part[name] is not None][:1]
    has_room = len(cells) > 1 or any(", line " in place for place, _ in cells)
    return numbers + (["denominator"] if numbers and has_room and part["denominator"] is not None else [])


def may_differ(received, figure, part, cells):
    """Whether a part's numbers may be others than its cells': added up, subtracted, corrected, or in a line of text.

    They may not where each number has one cell: of a workbook, a single one of a document, or one by another.
    """
    if received.corrected is None or (part["source_id"], figure["indicator_id"]) in received.corrected:
        return True
    if "lines)" in part["locator"] or not all(NUMBER.fullmatch(text.strip()) for _, text in cells):
        return True
    if " / " in part["locator"]:
        return len(cells) != 2
    if "#/" in part["locator"]:
        return len(cells) != 1
    return 1 < len(cells) < sum(part[name] is not None for name in ("numerator", "denominator", "value"))


def verify_all(root, say):
    """Everything that lies here, in an order in which each step rests on the one before it.

    Returns what last_words tells: how many parts of figures their cells show, do not show, or could not be looked up,
    and how many publications are not here.
    """
    entries = read_ledger(root)
    say(f"ledger: {len(entries)} entries in one chain; its head is {entries[-1]['digest'] if entries else 'nothing'}")
    pack = read_pack(root / "pack.json") if (root / "pack.json").is_file() else None
    if pack is not None:
        say(f"pack of {pack['year']}: {check_pack(root, pack)} files as its list names them")
        if pack["ledger_head"] != (entries[-1]["digest"] if entries else None):
            raise DoesNotHold("ledger.jsonl: lines were added or taken away at its end since the pack was made")
        say(f"list: nothing is missing that the ledger asks for; its digest {check_whole(root, entries, pack)}")
    elif is_stripped(root):
        raise DoesNotHold("pack.json is gone: without it nobody can tell what else the pack held")
    held, elsewhere = check_snapshots(root, entries, pack)
    say(
        f"received: {held} files, the board's papers among them, have the bytes that the ledger tells of"
        + told_of_left_out(elsewhere, pack)
    )
    held = check_published(root, entries)
    gone = 0 if pack is not None else len(publications(entries)) - held
    say(
        f"published: {held} warehouses have the bytes that were published"
        + (f"; {gone} publications are not here" if gone else "")
    )
    if pack is not None:
        check_nothing_more(root, entries)
        meetings, followed = check_tables(root, entries, pack["year"])
        say(f"duty: {followed} series followed up at {meetings} meetings, as the ledger tells")
    files, states = Received(root, entries), Counter(publications=gone)
    for path in sorted((root / "figures").glob("*.jsonl")):
        lines, made = read_figures(path, entries), publications(entries)[path.stem]
        say(
            f"figures: {check_figures(lines, entries, made)} of {path.stem} are those of the ledger, each part from a "
            f"delivery in force; digest {made['digest'][:16]}"
        )
        counts = count_states(files, lines)
        say(f"  {told_of_parts(counts)}")
        states += counts
    if pack is not None:
        check_sample(files, entries, pack, say)
    return states


def count_states(received, lines):
    return Counter(state for line in lines for _, _, state in check_cells(received, json.loads(line)))


def told_of_parts(states):
    """How many parts of figures stand in their cells, and how many do not."""
    return (
        f"{states[SHOWN]} parts of figures have the number that their cell shows; {states[NOT_SHOWN]} do not and were "
        "not recomputed here (sums, differences, corrections: look with --figure)"
        + (f"; {states[EMPTY]} are empty" if states[EMPTY] else "")
    )


def told_of_left_out(elsewhere, pack):
    """How many deliveries a pack left out because of what they hold, and how many have no part in its year."""
    if not elsewhere:
        return ""
    left_out = [name for name in elsewhere if name in pack["left_out"]]
    rest, sources = len(elsewhere) - len(left_out), ", ".join(sorted({name.partition("/")[0] for name in left_out}))
    told = f"; {len(left_out)} deliveries are left out, for they hold withheld figures ({sources})"
    return (told if left_out else "") + (f"; {rest} have no part in the year" if rest else "")


def last_words(states):
    """What may be said at the end: nothing more than what was followed."""
    parts, gone, said = states[ELSEWHERE], states["publications"], []
    if parts:
        said.append(
            f"{parts} parts lie in files that are not here" if parts > 1 else "1 part lies in a file that is not here"
        )
    if gone:
        said.append(f"{gone} publications are not here" if gone > 1 else "1 publication is not here")
    if states[SHOWN] + states[NOT_SHOWN]:
        said.append(told_of_parts(states))
    whole = not (parts or gone or states[NOT_SHOWN])
    return (
        "; ".join(["All of this holds" if whole else "As far as it can be followed here, all of this holds", *said])
        + "."
    )


def check_sample(received, entries, pack, say):
    """The figures drawn by lot are those that the seed draws; each leads to the ledger's root, and to its cells."""
    drawn, cells, states = 0, 0, Counter()
    sample = [json.loads(line) for line in (received.root / "sample.jsonl").read_text("utf-8").splitlines()]
    check_lot(received.root, pack["sample"], [one["leaf"] for one in sample])
    for one in sample:
        made = publications(entries)[one["publication_id"]]
        if root_by_path(one["leaf"], one["path"]) != made["body"]["figures_root"]:
            raise DoesNotHold(f"sample.jsonl, figure {drawn + 1}: it is no figure of {one['publication_id']}")
        for _, found, state in check_cells(received, json.loads(one["leaf"])):
            cells, states[state] = cells + len(found or []), states[state] + 1
        drawn += 1
    say(
        f"sample: {drawn} figures lead to {cells} cells of received files, drawn by the seed {pack['sample']['seed']}; "
        + told_of_parts(states)
        + (f"; {states[ELSEWHERE]} parts to files that are not here" if states[ELSEWHERE] else "")
    )


SAMPLE_SIZE = 25


def check_lot(root, sample, drawn):
    """The sample holds just the figures that its seed draws from its publication, of those that have a value."""
    path, lines = root / "figures" / f"{sample['publication_id']}.jsonl", []
    if path.is_file():
        lines = [line for line in path.read_text("utf-8").splitlines() if json.loads(line)["value"] is not None]
    elif any((root / "figures").glob("*.jsonl")):
        raise DoesNotHold("sample.jsonl: it is drawn from a publication whose figures are not here")
    expected = sorted(lines, key=lambda line: text_digest(f"{sample['seed']}:{line}"))[:SAMPLE_SIZE]
    if drawn != expected:
        raise DoesNotHold(f"sample.jsonl: it is not the sample of {len(expected)} figures that its seed draws")


def verify_figure(root, wanted, publication_id, say):
    """One figure, from the printed number to the text of its cells."""
    entries = read_ledger(root)
    paths = sorted((root / "figures").glob(f"{publication_id or '*'}.jsonl"))
    if not paths:
        raise NotHere("no figures of such a publication lie here: --figure needs the folder of an unzipped pack")
    made, lines = publications(entries)[paths[-1].stem], read_figures(paths[-1], entries)
    names = ("indicator_id", "area_id", "period")
    found = [line for line in lines if [json.loads(line)[name] for name in names] == wanted]
    if not found:
        raise NotHere(f"{' '.join(wanted)}: publication {paths[-1].stem} shows no such figure")
    received, states = Received(root, entries), Counter()
    for line in found:
        check_figures([line], entries, made)
        figure = json.loads(line)
        say(f"figure: {figure_in_words(figure)}")
        say(f"publication: {paths[-1].stem}, check code {made['digest'][:16]}, ledger line {made['sequence']}")
        for part, cells, state in check_cells(received, figure):
            tell_part(part, cells, state, say)
            states[state] += 1
    return states


def figure_in_words(figure):
    """Its counts and value as they are kept, or why it is empty."""
    if figure["value"] is None and figure["missing_reason"]:
        return f"none, because {figure['missing_reason']}"
    counts = [figure["numerator"], figure["denominator"]]
    return f"{counts[0]} of {counts[1]}, value {figure['value']}" if None not in counts else f"value {figure['value']}"


def tell_part(part, cells, state, say):
    """One part of a figure: its numbers, the bytes that they came in, what stands there."""
    say(
        f"part: {part['part_level']} {part['part_id']}: {part['numerator']} of {part['denominator']}, value "
        f"{part['value']}, delivery {part['delivery_id']}, SHA-256 {part['snapshot_sha256']}"
    )
    if cells is None:
        say("  the received file is not here; it lies in the data directory")
    for place, text in cells or []:
        shown = " and ".join(names_shown(part, text))
        beside = f"  <- shows the {shown}" if shown else ""
        if state == NOT_SHOWN and not shown:
            beside += "  <- not recomputed here: a sum or difference; look"
        say(f"  {place}: {printable(text)}{beside}")


def printable(text):
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--figure", nargs=3, metavar=("INDICATOR", "AREA", "PERIOD"))
    parser.add_argument("--publication", metavar="ID", help="with --figure; else the newest that lies here")
    parser.add_argument("--digest", help="the digest that stands on a paper, 16 characters or more")
    asked, states = parser.parse_args(), Counter()
    try:
        if asked.figure:
            states = verify_figure(asked.folder, asked.figure, asked.publication, print)
        elif asked.digest:
            tell_digest(asked.folder, asked.digest, print)
        else:
            states = verify_all(asked.folder, print)
    except NotHere as asked_for:
        print(f"NOT HERE: {asked_for}")
        return 2
    except (DoesNotHold, OSError, ValueError, KeyError, zipfile.BadZipFile, ET.ParseError) as found:
        print(f"DOES NOT HOLD: {in_words(found)}")
        return 1
    print(last_words(states))
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
