"""The one family of errors that a person is meant to read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class HelhedsplanError(Exception):
    """An error for a person: where it is, what was expected, what was found, what to do.

    `parts`: where parts of a source failed and others did not, each failed part's own problem by its id.
    """

    parts: Mapping[str, str] = MappingProxyType({})

    def __init__(self, what: str, *, place: str = "", expected: str = "", found: str = "", do: str = "") -> None:
        self.what = what
        self.place = place
        self.expected = expected
        self.found = found
        self.do = do
        super().__init__(self.message())

    def message(self) -> str:
        """All parts that are known, one a line, in the order a reader needs them."""
        parts = [
            self.what,
            f"  where:    {self.place}" if self.place else "",
            f"  expected: {self.expected}" if self.expected else "",
            f"  found:    {self.found}" if self.found else "",
            f"  do this:  {self.do}" if self.do else "",
        ]
        return "\n".join(part for part in parts if part)


class CatalogueError(HelhedsplanError):
    """A file of the catalogue or of the expectations says something impossible."""


class DeliveryError(HelhedsplanError):
    """A delivery cannot be received or read; nothing published changes, nothing received is lost."""


class SourceUnavailableError(HelhedsplanError):
    """A publisher's service did not answer as agreed; trying again later may help."""


class LockHeldError(HelhedsplanError):
    """Another run is at work in the same data directory."""


class PublicationBlockedError(HelhedsplanError):
    """The new warehouse was built but must not be published; the last publication stays."""


class LedgerError(HelhedsplanError):
    """The ledger does not hold together, or cannot be written."""


class QueryRefusedError(HelhedsplanError):
    """A query asked for something that the readers' connection does not allow."""
