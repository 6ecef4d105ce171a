"""Imports that take seconds, made shorter."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import LazyLoader, find_spec, module_from_spec


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
    """Put the module `package.module` where imports find it, to be carried out when it is first used.

    For what others import and hardly ever use; the recipe of Python's own documentation (importlib, "Implementing lazy
    imports"). Does nothing if it is imported already. Raises ModuleNotFoundError if its package is not installed.
    """
    spec = None if name in sys.modules else find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    package, _, own = name.rpartition(".")
    setattr(sys.modules[package], own, module)
