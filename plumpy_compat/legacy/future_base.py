"""What :class:`.Future` derives from: tornado's `Future` before tornado 5, which others ask for by `isinstance`.

Since tornado 5 that is asyncio's own, whose callbacks run at the loop's next turn and whose result must not be asked
for before it's there. :class:`Native` gives it the semantics of tornado 4.5 back. (Measured on 4.5.3; see the table in
`docs/legacy-futures.md`.)
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Tuple

from .. import events
from . import loops
from .warn import warn

Callback = Callable[[Any], Any]
ExcInfo = Tuple[Any, Any, Any]

LOGGER = logging.getLogger("asyncio")

if TYPE_CHECKING:
    _AsyncioFuture = asyncio.Future[Any]
else:
    _AsyncioFuture = asyncio.Future


class Native(_AsyncioFuture):
    """asyncio's future with what tornado 4.5's could do."""

    def __init__(self) -> None:
        super().__init__(loop=events.get_or_create_event_loop())
        self._waiting: Optional[List[Tuple[Callback, contextvars.Context]]] = []
        self._traceback: Any = None

    def running(self) -> bool:
        """Tell whether it isn't done."""
        return not self.done()

    def result(self, timeout: Any = None) -> Any:
        self._check_done()
        return super().result()

    def exception(self, timeout: Any = None) -> Any:
        self._check_done()
        return super().exception()

    def exc_info(self) -> Optional[ExcInfo]:
        """The error as `sys.exc_info()` gives it, or None."""
        error = super().exception() if self.done() and not self.cancelled() else None
        return None if error is None else (type(error), error, self._traceback or error.__traceback__)

    def set_result(self, result: Any) -> None:
        self._check_pending()
        super().set_result(result)
        self._set_done()

    def set_exception(self, exception: Any) -> None:
        self._check_pending()
        if isinstance(exception, StopIteration):  # asyncio's future can't take it
            wrapped = RuntimeError(f"the future was given {exception!r}")
            wrapped.__cause__ = exception
            exception = wrapped
        super().set_exception(exception)
        self._set_done()

    def set_exc_info(self, exc_info: ExcInfo) -> None:
        """Fail it, as `sys.exc_info()` says."""
        kind, error, self._traceback = exc_info
        if error is None:
            error = kind()
        if self._traceback is not None:
            error = error.with_traceback(self._traceback)
        self.set_exception(error)

    def add_done_callback(self, fn: Callback, *, context: Optional[contextvars.Context] = None) -> None:
        if self._waiting is not None:
            self._waiting.append((fn, context or contextvars.copy_context()))
        elif context is not None or sys._getframe(1).f_globals.get("__name__", "").startswith("asyncio"):
            # asyncio's own functions aren't ready yet when they ask.
            self.get_loop().call_soon(fn, self)
        else:
            fn(self)

    def _remove(self, fn: Callback) -> None:
        for one in self._waiting or ():
            if one[0] == fn:
                self._waiting.remove(one)  # type: ignore[union-attr]
                return
        raise ValueError("the callback was not added, or has been called")

    def _set_done(self) -> None:
        waiting, self._waiting = self._waiting, None
        for callback, context in waiting or ():
            try:
                context.run(callback, self)
            except Exception as error:
                LOGGER.error("Exception in callback %r for %r", callback, self, exc_info=error)

    def _mark_cancelled(self) -> None:
        super().cancel()
        self._set_done()

    def _check_done(self) -> None:
        if not self.done():
            raise Exception("DummyFuture does not support blocking for results")

    def _check_pending(self) -> None:
        if self.done():
            raise TypeError("the future is done already")

    def _clear_tb_log(self) -> None:
        """Have nobody told of its error."""
        if self.done() and not self.cancelled():
            super().exception()

    @property
    def _callbacks(self) -> Optional[List[Callback]]:  # type: ignore[override, unused-ignore]
        return None if self._waiting is None else [callback for callback, _ in self._waiting]

    @property
    def _done(self) -> bool:
        return self.done()

    @property
    def _exc_info(self) -> Optional[ExcInfo]:
        error = self._exception
        return None if error is None else (type(error), error, self._traceback or error.__traceback__)

    @property
    def _tb_logger(self) -> None:
        """Nothing: on Python 3 no tornado ever set it. It's kept for code that touches it."""
        warn("`Future._tb_logger`", "TOR212")

    @_tb_logger.setter
    def _tb_logger(self, value: Any) -> None:
        warn("`Future._tb_logger`", "TOR212")


def _base() -> Any:
    if loops.TORNADO is not None and loops.TORNADO < (5, 0):
        from .future_tornado4 import TornadoFuture

        return TornadoFuture
    return Native


Base: Any = _base()
