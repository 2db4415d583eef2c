"""What :class:`.Future` derives from: tornado's `Future` before tornado 5, which others ask for by `isinstance`.

Since tornado 5 that is asyncio's own, whose callbacks run at the loop's next turn and whose result must not be asked
for before it's there. :class:`Native` has the semantics of tornado 4.5 instead. (Measured on 4.5.3; see the table in
`docs/legacy-futures.md`.)
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Tuple, cast

from ..aio.loops import current_event_loop
from . import loops
from .warn import warn

Callback = Callable[[Any], Any]
ExcInfo = Tuple[Any, Any, Any]

LOGGER = logging.getLogger("asyncio")

#: The rule of plumpy-migrate for what only tornado's futures could do.
RULE = "TOR215"

# They use what only tornado's futures have for themselves, not for the user.
_OURS = ("plumpy_compat", "tornado")


def note(feature: str) -> None:
    """Warn that a feature is used, if it's the user who calls what calls this."""
    if sys._getframe(2).f_globals.get("__name__", "").partition(".")[0] not in _OURS:
        warn(feature, RULE)


class TracebackLogger:
    """The attribute `_tb_logger`: None on Python 3, but for what the user sets, which is then told as tornado's own.

    tornado has it for Python 2, whose collector never frees an object with a `__del__` that is part of a cycle.
    """

    def __get__(self, future: Any, owner: Any = None) -> Any:
        if future is None:
            return self
        note("`Future._tb_logger`")
        return getattr(future, "_tb_helper", None)

    def __set__(self, future: Any, value: Any) -> None:
        note("`Future._tb_logger`")
        future._tb_helper = value


# It's asyncio's for those who ask by `isinstance`. That one's own state is never set up: it would need a loop.
_AsyncioFuture: Any = object if TYPE_CHECKING else asyncio.Future


class Native(_AsyncioFuture):  # type: ignore[misc, unused-ignore]
    """asyncio's future by name; it has the state of tornado 4.5's, and does as that did.

    What is set here and in saved states is what tornado has, under tornado's names. Errors that nobody retrieved are
    logged as asyncio does.
    """

    _done = False
    _result: Any = None
    _exc_info: Optional[ExcInfo] = None
    _callbacks: Optional[List[Callback]] = None
    _log_traceback = False
    _tb_logger: Any = TracebackLogger()
    # What asyncio reads.
    _source_traceback = None

    def __init__(self) -> None:
        self._callbacks = []

    # Asking.

    def done(self) -> bool:
        return self._done

    def running(self) -> bool:
        """Tell whether it isn't done."""
        return not self.done()

    def result(self, timeout: Any = None) -> Any:
        failure = self._retrieve()
        if failure is None or self._result is not None:
            return self._result
        try:
            raise failure[1].with_traceback(failure[2])
        finally:
            del self, failure  # the error has this frame in its traceback

    def exception(self, timeout: Any = None) -> Any:
        failure = self._retrieve()
        return None if failure is None else failure[1]

    def exc_info(self) -> Optional[ExcInfo]:
        self._clear_tb_log()
        return self._exc_info

    def _retrieve(self) -> Optional[ExcInfo]:
        """What it failed with, if it did; nobody else needs to be told of it then.

        :raises Exception: if it isn't done.
        """
        self._clear_tb_log()
        if self._exc_info is None and self._result is None:
            self._check_done()
        return self._exc_info

    def _check_done(self) -> None:
        if not self._done:
            raise Exception("DummyFuture does not support blocking for results")

    # Settling. A second time is a TypeError, for there are no callbacks then.

    def set_result(self, result: Any) -> None:
        self._result = result
        self._set_done()

    def set_exception(self, exception: Any) -> None:
        self.set_exc_info((type(exception), exception, getattr(exception, "__traceback__", None)))

    def set_exc_info(self, exc_info: ExcInfo) -> None:
        self._exc_info, self._log_traceback = exc_info, True
        try:
            self._set_done()
        finally:
            helper = self._tb_logger if self._log_traceback else None
            if helper is not None:
                helper.activate()

    def _set_done(self) -> None:
        self._done = True
        # In here, since callbacks that settle the next future add up to a deep stack.
        for callback in cast("List[Callback]", self._callbacks):
            try:
                callback(self)
            except Exception:
                LOGGER.exception("Exception in callback %r for %r", callback, self)
        self._callbacks = None

    def add_done_callback(self, fn: Callback) -> None:
        if self._callbacks is None or self._done:
            fn(self)
        else:
            self._callbacks.append(fn)

    def _clear_tb_log(self) -> None:
        helper, self._log_traceback = self._tb_logger, False
        if helper is not None:
            self._tb_logger = None
            helper.clear()

    # What asyncio's own functions look at.

    @property
    def _state(self) -> str:
        return "PENDING" if not self._done else "CANCELLED" if self.cancelled() else "FINISHED"

    @property
    def _exception(self) -> Optional[BaseException]:
        return None if self._exc_info is None else self._exc_info[1]

    __repr__ = object.__repr__

    def __del__(self) -> None:
        if not self._log_traceback or self._exc_info is None or sys.is_finalizing():
            return
        error = self._exc_info[1]
        text = f"{type(self).__name__} exception was never retrieved"
        loop = current_event_loop()
        if loop is not None:
            loop.call_exception_handler({"message": text, "exception": error, "future": self})
        else:
            LOGGER.error("%s\nfuture: %r", text, self, exc_info=(type(error), error, error.__traceback__))


def _base() -> Any:
    if loops.TORNADO is not None and loops.TORNADO < (5, 0):
        from .future_tornado4 import TornadoFuture

        return TornadoFuture
    return Native


Base: Any = _base()
