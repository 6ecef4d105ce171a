"""That two warehouses have the same marts: `python -m benchmarks.equal_marts ONE OTHER` fails where a row differs."""

from __future__ import annotations

import sys

import duckdb

TABLES = ("mart.indicator_series", "mart.goal_indicator", "mart.cross_check", "core.observation", "core.figure")


def main() -> None:
    contents = [content_of(path) for path in sys.argv[1:3]]
    if contents[0] != contents[1]:
        raise SystemExit(f"the two did not make the same tables: {contents}")


def content_of(path: str) -> dict[str, tuple[int, int]]:
    """Table -> number of its rows and a hash of them, whatever their order."""
    with duckdb.connect(path, read_only=True) as connection:
        question = "SELECT count(*), coalesce(bit_xor(hash(one)), 0) FROM {} AS one"
        return {table: connection.execute(question.format(table)).fetchone() or (0, 0) for table in TABLES}


if __name__ == "__main__":
    main()
