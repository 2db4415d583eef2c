"""Futures of plumpy 0.14 and 0.15: tornado's, which can also be cancelled, and awaited."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from typing import Any, Callable, Generator, Optional

from .. import events, futures as modern
from ..aio.loops import call_threadsafe
from . import awaiting, loops
from .future_base import Base, note
from .warn import warn, warn_if_users

__all__ = ["CancelledError", "Future", "chain", "copy_future", "create_task", "gather"]

CancelledError = modern.CancelledError
InvalidStateError = modern.InvalidStateError
chain = modern.chain
copy_future = modern.copy_future
capture_exceptions = modern.capture_exceptions
unwrap_kiwi_future = modern.unwrap_kiwi_future


class Future(Base):  # type: ignore[misc, unused-ignore]
    """A future that needs no loop, and calls its callbacks inside of `set_result`.

    Coroutines of tornado may `yield` it, those of asyncio `await` it. It belongs to whichever loop waits for it. It
    must be used in one thread; only who waits for it may do so in another.
    """

    # What makes it one for `asyncio.isfuture`, and what `gather` looks at.
    _asyncio_future_blocking = False
    _cancel_message = None
    _cancelled = False

    def __init__(self) -> None:
        super().__init__()
        if asyncio._get_running_loop() is None:  # one of asyncio's couldn't be made here
            warn_if_users("a future made where no loop runs", "PLM105")

    def result(self, timeout: Any = None) -> Any:
        """Its result.

        :param timeout: means nothing, as in tornado.
        :raises kiwipy.CancelledError: if it was cancelled.
        :raises Exception: if it's not done.
        """
        if self._cancelled:
            # `wait_for` looks for asyncio's after it has cancelled what it waited for.
            raise asyncio.CancelledError if _name_of(sys._getframe(1)) == "asyncio.tasks" else CancelledError
        result = super().result
        try:
            return result(timeout)
        finally:
            del self, result  # the error has this frame in its traceback

    def exc_info(self) -> Any:
        """Its error as `sys.exc_info()` gives it, or None; also if it's not done."""
        note("`Future.exc_info`")
        return super().exc_info()

    def set_exc_info(self, exc_info: Any) -> None:
        """Fail it, as `sys.exc_info()` says."""
        note("`Future.set_exc_info`")
        super().set_exc_info(exc_info)

    def _clear_tb_log(self) -> None:
        """Have nobody told of its error."""
        note("`Future._clear_tb_log`")
        super()._clear_tb_log()

    def cancel(self, msg: Any = None) -> bool:
        """Cancel it, and call its callbacks; tells whether it wasn't done yet."""
        if self.done():
            return False
        self._cancelled = True
        self._set_done()
        return True

    def cancelled(self) -> bool:
        """Tell whether it was cancelled."""
        return self._cancelled

    def add_done_callback(self, fn: Callable[[Any], Any], *, context: Optional[contextvars.Context] = None) -> None:
        """Have `fn` called with it when it's done, now if it is. Those of event loops are called in the loop's turn."""
        caller = sys._getframe(1)
        if context is not None or _is_scheduler(caller):
            fn = _Later(fn, self.get_loop(), context)
        elif _root_of(caller) == "tornado":  # from 5.0 on it leaves that to the future
            fn = _InContext(fn, context)
        super().add_done_callback(fn)

    def remove_done_callback(self, callback: Callable[[Any], Any]) -> None:
        """Don't call this one.

        :raises ValueError: if it wasn't added.
        :raises AttributeError: if it's done.
        """
        # asyncio's functions and ours don't mind if there's none.
        if (self._callbacks and callback in self._callbacks) or _root_of(sys._getframe(1)) not in _OTHERS:
            self._callbacks.remove(callback)

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop that asks."""
        return events.get_or_create_event_loop()

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return self.get_loop()

    def _make_cancelled_error(self) -> asyncio.CancelledError:
        return asyncio.CancelledError()

    def __await__(self) -> Generator[Any, None, Any]:
        if not self.done():
            # Who waits gets a future of its own loop: cancelling that isn't cancelling this one, as in tornado.
            loop = self.get_loop()
            waiter = loop.create_future()

            def resume() -> None:
                if not waiter.done():
                    waiter.set_result(None)

            def wake(_: Any) -> None:
                if asyncio._get_running_loop() is loop:
                    resume()
                else:
                    call_threadsafe(loop, resume)

            self.add_done_callback(wake)
            try:
                yield from waiter
            finally:
                if not self.done():
                    self.remove_done_callback(wake)
        try:
            return self.result()
        finally:
            del self  # as above

    __iter__ = __await__


# Their functions are written for futures of asyncio.
_OTHERS = ("asyncio", "plumpy_compat")


def _name_of(frame: Any) -> str:
    name: str = frame.f_globals.get("__name__", "")
    return name


def _root_of(frame: Any) -> str:
    return _name_of(frame).partition(".")[0]


def _is_scheduler(frame: Any) -> bool:
    """Tell whether it's asyncio that asks, or a loop of tornado: they don't expect to be called back at once."""
    name = _name_of(frame)
    return name.startswith(("asyncio.", "plumpy_compat.aio.")) or name == "tornado.ioloop"


class _InContext:
    """A callback that is called in the context that it comes from; it's equal to what it calls."""

    def __init__(self, function: Callable[[Any], Any], context: Optional[contextvars.Context]) -> None:
        self._function = function
        self._context = context or contextvars.copy_context()

    def __call__(self, future: Any) -> None:
        # A copy, for it may be the one that this is called in.
        self._context.copy().run(self._function, future)

    def __eq__(self, other: object) -> bool:
        return bool(self._function == other) or self is other

    __hash__ = None  # type: ignore[assignment]


class _Later(_InContext):
    """And that in a turn of a loop."""

    def __init__(
        self, function: Callable[[Any], Any], loop: asyncio.AbstractEventLoop, context: Optional[contextvars.Context]
    ) -> None:
        super().__init__(function, context)
        self._loop = loop

    def __call__(self, future: Any) -> None:
        if asyncio._get_running_loop() is self._loop:
            self._loop.call_soon(self._function, future, context=self._context)
        else:
            call_threadsafe(self._loop, self._context.run, self._function, future)


class CancellableAction(modern.Action, Future):  # type: ignore[misc, unused-ignore]
    """An action to be run later, as a future of its result.

    :param action: what is called by :meth:`run`.
    :param cookie: anything that tells the action from others.
    """

    def __init__(self, action: Callable[..., Any], cookie: Any = None) -> None:
        super().__init__()
        self._action = action
        self._cookie = cookie


def gather(*futures: Any) -> Any:
    """Wait for all of them; what is returned gives the list of their results, or the error of the first in order."""
    warn("`plumpy.gather`, which waits for all when one fails", "PLM104")
    return awaiting.started(awaiting.all_of(futures), loops.asyncio_loop(None))


def create_task(coro: Callable[[], Any], loop: Any = None) -> Future:
    """Call `coro` on a loop, from any thread, and give a future of what it gives in the end."""
    future = Future()
    on = awaiting.given(loop)

    def settle(done: Any) -> None:
        if not future.done():
            awaiting.copy_outcome(done, future)

    def begin() -> None:
        awaiting.start(awaiting.call(coro), on).add_done_callback(settle)

    on.call_soon_threadsafe(begin)
    return future
