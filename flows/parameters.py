"""What a person may choose on Prefect's pages, made out of the catalogue.

Prefect shows a Literal as a list to choose from; the description of a parameter comes from its flow's docstring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from catalogue.load import declared_source_ids

if TYPE_CHECKING:
    SourceId = str
else:
    SourceId = Literal[declared_source_ids()]
