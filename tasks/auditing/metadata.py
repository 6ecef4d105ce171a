"""What the pack says of itself to machines: Frictionless `datapackage.json` and RO-Crate `ro-crate-metadata.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from tasks.auditing.tables import Table
from warehouse.column_comments import meaning_of

_KINDS = {
    "BIGINT": "integer", "INTEGER": "integer", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date",
    "TIMESTAMP": "datetime",
}  # fmt: skip
_MEDIA = {
    "csv": "text/csv", "json": "application/json", "jsonl": "application/jsonl", "html": "text/html",
    "pdf": "application/pdf", "py": "text/x-python", "svg": "image/svg+xml", "css": "text/css",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "yml": "application/yaml",
}  # fmt: skip


def datapackage(name: str, title: str, created: str, tables: Iterable[Table]) -> dict[str, Any]:
    """The Frictionless description of the pack's tables, each column with its meaning."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "title": title,
        "created": created,
        "resources": [_resource(table) for table in tables],
    }


def _resource(table: Table) -> dict[str, Any]:
    content = table.as_csv()
    fields = []
    for name, kind in table.columns.items():
        meaning = meaning_of(f"audit.{table.name}", name)
        field = {"name": name, "type": _KINDS.get(kind, "string")}
        fields.append(field | ({"description": meaning} if meaning else {}))
    return {
        "name": table.name.replace("_", "-"),
        "title": table.title,
        "path": f"tables/{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def ro_crate(title: str, description: str, created: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The RO-Crate 1.1 description: the pack as a dataset, and each file with its size, kind and SHA-256."""
    parts = [
        {
            "@id": name,
            "@type": "File",
            "name": name.rpartition("/")[2],
            "contentSize": str(len(content)),
            "encodingFormat": _MEDIA.get(name.rpartition(".")[2], "application/octet-stream"),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, content in sorted(files.items())
    ]
    about = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": description,
        "datePublished": created,
        "license": "Each source's own licence; see tables/definitions.csv and the board papers",
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [about, root, *parts]}


def as_json(value: object) -> bytes:
    """JSON for people and machines, the same bytes for the same content."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n").encode()
