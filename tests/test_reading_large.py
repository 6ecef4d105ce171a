"""A full sheet of Excel is read within 2 GiB, in a process of its own so that its memory can be told."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from benchmarks.generate import HEADERS
from tests.received import I3, workbook

ROWS_BELOW_THE_HEADER = 1_048_576 - 1
# Without the columns that may be empty: memory goes by rows and by the sheet's width, which the headers give.
ROW = ["Boligområde", None, "Ringparken", I3, "2023", 88, 333]
READ = """
import resource, sys
from pathlib import Path
from tests.received import read_file
reading = read_file(Path(sys.argv[1]), Path(sys.argv[2]))
print(reading.rows_in, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.fixture
def full_workbook(tmp_path) -> Path:
    """A workbook as XlsxWriter makes it, with its one row of figures repeated to the last row of the sheet."""
    small, full = workbook(tmp_path / "small.xlsx", HEADERS, ROW), tmp_path / "full.xlsx"
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(full, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename != "xl/worksheets/sheet1.xml":
                new.writestr(member.filename, content)
                continue
            before, after = content.split(b"</sheetData>")
            begin = before.index(b'<row r="2"')
            row = before[begin:].decode()
            with new.open(member.filename, "w", force_zip64=True) as sheet:
                sheet.write(before)
                for first in range(3, ROWS_BELOW_THE_HEADER + 2, 4096):
                    numbers = range(first, min(first + 4096, ROWS_BELOW_THE_HEADER + 2))
                    sheet.write("".join(_numbered(row, number) for number in numbers).encode())
                sheet.write(b"</sheetData>" + after)
    return full


def _numbered(row: str, number: int) -> str:
    return row.replace('2"', f'{number}"').replace("<v>88</v>", f"<v>{number % 333}</v>")


@pytest.mark.end_to_end
def test_a_full_sheet_is_read_within_two_gigabytes(full_workbook, data_folder, repository_root):
    command = [sys.executable, "-c", READ, str(full_workbook), str(data_folder)]
    done = subprocess.run(command, cwd=repository_root, capture_output=True, text=True, check=True)
    rows, most_kilobytes = map(int, done.stdout.split())
    assert rows == ROWS_BELOW_THE_HEADER
    assert most_kilobytes < 2 << 20
