"""What plumpy 0.15.2 needs of tornado that `plumpy-migrate` leaves to be replaced by hand; see `by_hand.py`.

It's copied next to the migrated packages, and imported there on its own.
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar, Token
from typing import Any, Callable, Generator, List, Optional, Tuple


class Future:
    """A future that belongs to no loop, and calls back at once and in the thread that settles it, as tornado's did.

    Its attributes are those that plumpy saves, and sets in what it loads.
    """

    _asyncio_future_blocking = False  # so that `asyncio.isfuture` says yes

    def __init__(self) -> None:
        self._done = False
        self._result: Any = None
        self._exc_info: Any = None
        self._callbacks: Optional[List[Callable[[Any], object]]] = []

    def done(self) -> bool:
        return self._done

    def cancelled(self) -> bool:
        return False

    def result(self, timeout: object = None) -> Any:
        error = self.exception()
        if error is not None:
            raise error
        return self._result

    def exception(self, timeout: object = None) -> Optional[BaseException]:
        if not self._done:
            raise asyncio.InvalidStateError("it isn't done yet")
        error: Optional[BaseException] = self._exc_info[1] if self._exc_info else None
        return error

    def set_result(self, result: Any) -> None:
        self._result = result
        self._set_done()

    def set_exception(self, error: BaseException) -> None:
        self._exc_info = (type(error), error, error.__traceback__)
        self._set_done()

    def add_done_callback(self, callback: Callable[[Any], object], context: object = None) -> None:
        if self._done or self._callbacks is None:
            callback(self)
        else:
            self._callbacks.append(callback)

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_event_loop()

    def _set_done(self) -> None:
        self._done = True
        callbacks, self._callbacks = self._callbacks, None
        for callback in callbacks or ():
            try:
                callback(self)
            except Exception:
                logging.getLogger("asyncio").exception("exception in callback %r", callback)

    def __await__(self) -> Generator[Any, None, Any]:
        if not self._done:
            waiter = asyncio.get_running_loop().create_future()

            def wake(_: object) -> None:
                if not waiter.done():
                    waiter.set_result(None)

            self.add_done_callback(wake)
            yield from waiter
        return self.result()


STACK: ContextVar[Tuple[Any, ...]] = ContextVar("STACK", default=())
"""The processes that run in this context, the innermost one last."""


def push(process: Any) -> Token[Tuple[Any, ...]]:
    """Put a process on top; give what takes it away again."""
    return STACK.set((*STACK.get(), process))
