"""What Prefect's own log lines say while `helhedsplan serve` runs: a reason in a line, no page of calls."""

from __future__ import annotations

import asyncio
import logging

# Whose errors say that a server did not answer; any other error of Prefect's keeps its traceback.
_OF_A_CONNECTION = ("websockets", "httpx", "httpcore")


class InWords(logging.Filter):
    """Puts the reason of a failed connection behind the message, in the place of its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter. What is cancelled as serve stops is no fault and is not told."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, asyncio.CancelledError):
            return False
        if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _OF_A_CONNECTION:
            record.msg, record.args = f"{record.getMessage()} ({type(error).__name__}: {error})", ()
            record.exc_info = record.exc_text = None
        return True


def tell_in_words() -> None:
    """Have every handler that Prefect has set up so far tell so."""
    known = [logging.root, *map(logging.getLogger, logging.root.manager.loggerDict)]
    for handler in {handler for logger in known for handler in logger.handlers}:
        handler.addFilter(InWords())
