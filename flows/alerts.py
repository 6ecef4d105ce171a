"""Alerts at the end of every run, and from `helhedsplan serve` when none comes or one dies; never a fault of a run."""

from __future__ import annotations

from collections.abc import Callable

from catalogue.errors import HelhedsplanError
from catalogue.load import load_catalogue
from warehouse.paths import DataDirectory


def tell_without_fault(
    data: DataDirectory, actor: str, complain: Callable[[str], None], *, is_scheduled: bool = False
) -> None:
    """Tell what stands; whatever goes wrong with that is told to `complain`, and nothing is raised."""
    from tasks.alerts import tell
    from tasks.people import acting

    try:
        catalogue = load_catalogue()
    except HelhedsplanError as error:
        complain(f"The catalogue cannot be read, so no alert about sources can be told: {error.what} ({error.place})")
        catalogue = None
    try:
        named = acting(catalogue, actor) if catalogue else actor
        told = tell(data, catalogue, actor=named, is_scheduled=is_scheduled)
    except HelhedsplanError as error:
        complain(f"No alert could be sent: {error}")
        return
    except Exception as error:  # noqa: BLE001 - an alert must never make a run fail
        complain(f"No alert could be sent ({type(error).__name__}).")
        return
    for problem in told.problems:
        complain(f"An alert could not be sent and is tried again in the next run: {problem}")
