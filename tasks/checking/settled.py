"""Great Expectations' classes with one thing less to do; what is no import of the package itself."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic.v1 import PrivateAttr


@cache
def settled(kind: Any) -> Any:
    """A class of expectations whose objects make their configuration once.

    Its parent makes it anew at each of some forty looks a check, which was the largest part of a check's time. An
    expectation is never changed here after it was made.
    """

    def configuration(self: Any) -> Any:
        if self._made is None:
            self._made = kind.configuration.fget(self)
        return self._made

    body = {"__module__": __name__, "_made": PrivateAttr(None), "configuration": property(configuration)}
    return type(kind)(f"Settled{kind.__name__}", (kind,), body)
