"""What a source contract says of small counts: when one is withheld, and how closely it may still be known."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from catalogue.definitions import Declared, Text


class AcceptedExposure(Declared):
    """Small counts that publications up to and with a day have shown: nothing can make them unknown again.

    Without it a publication stops that withholds what an earlier one showed, until a person has seen it.
    """

    until: date
    because: Text


class Disclosure(Declared):
    """Limits below which a count is withheld; LBF's own rule is not known, so they are parameters.

    A withheld count must stay possible within an interval at least `protection_width` wide (limit + 1 if not stated).
    """

    limit: int = Field(default=5, ge=0)
    minimum_denominator: int = Field(default=0, ge=0)
    protection_width: int | None = Field(default=None, ge=1)
    applies: bool = True
    accepted_exposure: AcceptedExposure | None = None

    @property
    def width(self) -> int:
        """The narrowest interval that a withheld count may be known to lie in."""
        return self.limit + 1 if self.protection_width is None else self.protection_width
