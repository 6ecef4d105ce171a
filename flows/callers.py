"""How the units of a run are called: as Prefect tasks, or in plain threads where there is no server.

Both call sources side by side, try a fetch again whose publisher did not answer, and tell the same
progress. Units get ids alone; frames and connections never pass between tasks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from prefect.cache_policies import NO_CACHE
from prefect.context import TagsContext
from prefect.states import Failed
from prefect.tasks import Task

from catalogue.errors import HelhedsplanError, SourceUnavailableError
from flows.progress import Progress
from tasks.context import result_or_error

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State, TaskRun

Result = TypeVar("Result")
RETRY_DELAYS_SECONDS = (2.0, 10.0, 30.0)
SIDE_BY_SIDE = 8


class _Caller:
    """What both callers share: how a unit is timed and told."""

    def __init__(self, progress: Progress, retry_delays_seconds: Sequence[float] = RETRY_DELAYS_SECONDS) -> None:
        self.progress = progress
        self.retry_delays_seconds = retry_delays_seconds

    def _told(self, name: str, key: str, unit: Callable[[], Result]) -> Result:
        began, problem = time.perf_counter(), "stopped"
        try:
            result = unit()
            problem = ""
        except Exception as error:
            problem = str(error).partition("\n")[0] or type(error).__name__
            raise
        finally:
            self.progress.done(step_of(name), key, time.perf_counter() - began, problem)
        return result


class InThreads(_Caller):
    """Calls units in threads of this process; no server is needed."""

    def each(
        self, unit: Callable[[str], Result], keys: Sequence[str], *, name: str, may_retry: bool = False
    ) -> list[Result | HelhedsplanError]:
        """See tasks.context.Caller."""
        self.progress.begun(step_of(name), keys)

        def told(key: str) -> Result:
            return self._told(name, key, partial(unit, key))

        call = partial(self._repeated, told) if may_retry else told
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            return list(threads.map(partial(result_or_error, call), keys))

    def once(self, unit: Callable[[], Result], *, name: str) -> Result:
        """See tasks.context.Caller."""
        self.progress.begun(name, [])
        return self._told(name, "", unit)

    def _repeated(self, unit: Callable[[str], Result], key: str) -> Result:
        for delay_seconds in self.retry_delays_seconds:
            try:
                return unit(key)
            except SourceUnavailableError:
                time.sleep(delay_seconds)
        return unit(key)


def _without_tags() -> TagsContext:
    """A task with tags asks the server for a place among those with the same ones, and fails where none answers."""
    return TagsContext(current_tags=set())


class AsTasks(_Caller):
    """Submits units as tasks of the Prefect flow run that this is called in."""

    def each(
        self, unit: Callable[[str], Result], keys: Sequence[str], *, name: str, may_retry: bool = False
    ) -> list[Result | HelhedsplanError]:
        """See tasks.context.Caller."""
        self.progress.begun(step_of(name), keys)

        def told(key: str) -> Result | State[Any]:
            return _failed_in_words(partial(self._told, name, key, partial(unit, key)), may_retry)

        task = self._task(told, name.format("{key}"), step_of(name), may_retry)
        with _without_tags():
            futures = [task.submit(key) for key in keys]
        for future in futures:
            future.wait()
        return [_result_or_error(future.state) for future in futures]

    def once(self, unit: Callable[[], Result], *, name: str) -> Result:
        """See tasks.context.Caller."""
        self.progress.begun(name, [])

        def told() -> Result | State[Any]:
            return _failed_in_words(partial(self._told, name, "", unit), may_retry=False)

        with _without_tags():
            future = self._task(told, name, name, may_retry=False).submit()
        future.wait()
        result = _result_or_error(future.state)
        if isinstance(result, HelhedsplanError):
            raise result
        return result

    def _task(self, unit: Callable[..., Any], run_name: str, step: str, may_retry: bool) -> Task[..., Any]:
        return Task(
            unit,
            name=step,
            task_run_name=run_name,
            cache_policy=NO_CACHE,
            persist_result=False,
            retries=len(self.retry_delays_seconds) if may_retry else 0,
            retry_delay_seconds=list(self.retry_delays_seconds) if may_retry else None,
            retry_condition_fn=_is_worth_repeating if may_retry else None,
        )


def step_of(name: str) -> str:
    """A step's name without the place for its key: 'fetch {}' is 'fetch'."""
    return name.replace("{}", "").strip()


def _failed_in_words(unit: Callable[[], Result], may_retry: bool) -> Result | State[Any]:
    """A unit's result; an error for a person becomes a failed state with its message, not a traceback."""
    try:
        return unit()
    except HelhedsplanError as error:
        if may_retry and isinstance(error, SourceUnavailableError):
            raise
        return Failed(message=str(error), data=error)


def _is_worth_repeating(_task: Task[..., Any], _task_run: TaskRun, state: State[Any]) -> bool:
    return isinstance(_outcome_of(state), SourceUnavailableError)


def _outcome_of(state: State[Any]) -> Any:
    return state.result(raise_on_failure=False)


def _result_or_error(state: State[Any]) -> Any:
    outcome = _outcome_of(state)
    if isinstance(outcome, BaseException) and not isinstance(outcome, HelhedsplanError):
        raise outcome
    return outcome
