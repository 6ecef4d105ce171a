"""A delivery read as a run reads it, without the ledger: for tests of format readers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import yaml

from catalogue.sources import Source
from tasks.reading.json_documents import publish_json
from tasks.reading.statbank import publish_statbank
from tasks.reading.typed import typed_select
from warehouse.in_memory import small_work
from warehouse.paths import DataDirectory
from warehouse.snapshots import keep

REPOSITORY = Path(__file__).resolve().parent.parent
PUBLISH = {"json": publish_json, "statbank": publish_statbank}


def contract_of(source_id: str) -> Source:
    """A source's contract as it stands in the catalogue, for an agreement in Slagelse."""
    path = REPOSITORY / "catalogue" / "sources" / f"{source_id}.yml"
    return Source.model_validate(yaml.safe_load(path.read_text("utf-8"))).about(("330",))


@contextmanager
def reading_of(source: Source, delivered: Path, data: Path, part_id: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the table `reading`, the typed rows of a delivered file or folder, and `mark_found`."""
    snapshot = keep(DataDirectory(data), source.source_id, delivered)
    with small_work() as connection:
        published = PUBLISH[source.accepts[0]](connection, snapshot, source, part_id)
        connection.execute(f"CREATE TEMP TABLE reading AS {typed_select(connection, published, source)}")
        connection.execute(f"CREATE TEMP TABLE mark_found AS SELECT {published.synthetic_mark_found} AS mark_found")
        yield connection
