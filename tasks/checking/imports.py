"""Imports that take seconds, made shorter."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any


@contextmanager
def kept_for_good() -> Iterator[None]:
    """Look for no garbage meanwhile, and never again in what is alive afterwards.

    What is imported stays: looking through it takes a sixth of the time of a long import, and most of a second once
    more at the end of the process.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
        gc.freeze()


def import_when_used(name: str) -> None:
    """Put a package, or the module `package.module`, where imports find it; it is imported when it is first used.

    For what others import and hardly ever use. The standard library's LazyLoader imports a module as soon as another
    one imports it. Does nothing if it is imported already, or if there is none of that name to be imported.
    """
    spec = None if name in sys.modules else find_spec(name)
    if spec is None:
        return
    module = _WhenUsed(name)
    module.__spec__, module.__file__ = spec, spec.origin
    sys.modules[name] = module
    package, _, own = name.rpartition(".")
    if package:
        setattr(sys.modules[package], own, module)


class _WhenUsed(ModuleType):
    """Stands for a module until something in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)
