"""What a person may choose on Prefect's pages, made out of the catalogue.

Prefect shows a Literal as a list to choose from; the description of a parameter comes from its flow's docstring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator

from catalogue.load import declared_source_ids

if TYPE_CHECKING:
    SourceId = str
else:
    SourceId = Literal[declared_source_ids()]

# None stands for everything, as an empty choice does; the forms show neither, for "None" is no word to choose.
Chosen = Annotated[tuple[SourceId, ...], BeforeValidator(lambda given: () if given is None else given)]
Period = Annotated[str, BeforeValidator(lambda given: "" if given is None else given)]
