"""Waiting from synchronous code: how a plain function may run a process inside a running event loop.

A *portal* is a greenlet that synchronous code runs in. :func:`sync_await` leaves it, the coroutine underneath awaits,
and the code goes on when the outcome is there. The event loop isn't re-entered (as with nest_asyncio), so the stack
does not grow with the depth of nesting.

plumpy 0.26 opens a greenback portal for each synchronous call, at about 9 µs each. Here :class:`Drive` opens one only
while code runs: greenlets come from a pool and go back when the coroutine suspends, so a process that waits holds
none. greenback itself serves :func:`ensure_portal`, which needs a portal on a task that somebody else drives.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import weakref
from contextlib import suppress
from typing import Any, Awaitable, Callable, Coroutine, List, Optional, Tuple, TypeVar, cast

from greenlet import error as GreenletError, getcurrent, greenlet

__all__ = ["ensure_portal", "has_portal", "run_until_complete", "run_with_portal", "sync_await"]

_T = TypeVar("_T")

# What a portal hands to its drive: the code waits for something, the coroutine suspended, returned, or raised.
_WAITS, _SUSPENDED, _RETURNED, _RAISED = range(4)
_Outcome = Tuple[int, Any]
_POOLED = 16
_TASKS_CAN_BE_ASKED = sys.version_info >= (3, 11)


class _Pool(threading.local):
    """The idle portals of a thread. (A greenlet can't be used from another thread.)"""

    def __init__(self) -> None:
        self.portals: List[_Portal] = []
        self.drive: Optional[Drive] = None  # the innermost one that runs


class _Portal(greenlet):  # type: ignore[misc, unused-ignore]
    """Runs one call after the other, each for the drive that resumes it."""

    caller: Optional[greenlet] = None
    # It's no argument of `switch`: a portal that lies idle is in the middle of that call, which holds its arguments.
    outcome: Optional[_Outcome] = None
    function: Optional[Callable[[Any], Any]] = None
    argument: Any = None

    def run(self) -> None:
        while True:
            # Nothing of the call may stay in a local variable here while the portal lies idle in the pool.
            self.outcome = self.perform()
            if self.caller is None:  # it was closed while it waited
                return
            self.caller.switch()

    def perform(self) -> _Outcome:
        function, argument = self.function, self.argument
        self.function = self.argument = None
        try:
            return _SUSPENDED, function(argument)  # type: ignore[misc]
        except StopIteration as stop:
            return _RETURNED, stop.value
        except BaseException as exception:
            return _RAISED, exception
        finally:
            function = argument = None  # the frame may live on, in the traceback of the error that it was given

    def wait(self, awaitable: Awaitable[Any]) -> Any:
        """Leave the portal until `awaitable` has an outcome; called from within it."""
        caller, self.caller = self.caller, None
        self.outcome = _WAITS, awaitable
        return caller.switch()  # type: ignore[union-attr]


_pool = _Pool()


def _open_portal() -> _Portal:
    """A portal that belongs to who calls this, with the same context variables."""
    portals = _pool.portals
    portal = portals.pop() if portals else _Portal()
    portal.caller = here = getcurrent()
    portal.gr_context = here.gr_context
    return portal


def _close_portal(portal: _Portal) -> None:
    if len(_pool.portals) < _POOLED:
        portal.gr_context = None
        _pool.portals.append(portal)


class Drive(Coroutine):  # type: ignore[type-arg]
    """A coroutine that runs another one such that synchronous code in it may :func:`sync_await`.

    It can be awaited or made a task of. And it can be interrupted where it awaits (:meth:`cancel`) without the task
    that runs it being cancelled: what is awaited is cancelled, and if that can't be done, CancelledError is thrown into
    the coroutine when it's resumed. That is what `asyncio.Task.cancel` does, one level further in, so the task's own
    count of cancellations (Python 3.11) stays that of its user.

    It's an object and not an `async def` since a process that waits holds one, and frames are large.
    """

    __slots__ = (
        "__weakref__",
        "_cancelled_before",
        "_cancelling",
        "_coroutine",
        "_from_outside",
        "_interrupted",
        "_outer",
        "_portal",
        "_stand_in",
        "_steps",
        "_waiting_for",
    )

    def __init__(self, coroutine: Any = None) -> None:
        self._coroutine = coroutine
        self._cancelling = False
        self._interrupted = False
        self._from_outside = False
        self._cancelled_before = 0  # how often the task had been asked to cancel when this one took over, and went on
        # While it runs: the drive that awaits this one, if there is one.
        self._outer: Optional[Drive] = None
        # Of synchronous code that waits: where it runs, and the iterator of what it waits for.
        self._portal: Optional[_Portal] = None
        self._steps: Any = None
        # What the task awaits, and (before Python 3.11) the future that it got in the place of it.
        self._waiting_for: Any = None
        self._stand_in: Any = None

    def __await__(self) -> Drive:
        return self

    def __iter__(self) -> Drive:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, value: Any) -> Any:
        """Resume the coroutine; see :pep:`492`."""
        if self._stand_in is not None and self._stand_in.cancelled():
            return self.throw(asyncio.CancelledError())  # by the drive that awaits this one
        self._waiting_for = None
        if self._cancelling:
            self._cancelling = False
            return self._advance(None, asyncio.CancelledError())
        return self._advance(value, None)

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        """Resume the coroutine with an exception; see :pep:`492`."""
        error = val if isinstance(val, BaseException) else typ if val is None else typ(val)
        if isinstance(error, type):
            error = error()
        if isinstance(error, asyncio.CancelledError):
            self._from_outside = True
            if self._stand_in is not None:
                future = self._waiting_for
                if future.cancel():
                    return self._behind(future)  # it may take its time, as a task does
        self._waiting_for = None
        return self._advance(None, error)

    def close(self) -> None:
        """End the coroutine where it is; see :pep:`492`."""
        portal, self._portal = self._portal, None
        if portal is not None:
            self._steps.close()
            portal.parent = getcurrent()  # where it goes on when the portal ends, which it does without a caller
            portal.throw(GeneratorExit())
        self._coroutine.close()

    def __del__(self) -> None:
        # The stack of a portal refers to the portal, which the garbage collector can't see.
        if self._portal is not None:
            with suppress(GreenletError, ValueError):  # in another thread
                self.close()

    def begin(self) -> None:
        """Run a coroutine that doesn't `await` until synchronous code in it waits: it needs no task before.

        :raises StopIteration: with the result, if nothing in it waits.
        """
        portal = _open_portal()
        portal.function, portal.argument = self._coroutine.send, None
        portal.switch()
        (kind, result), portal.outcome = cast(_Outcome, portal.outcome), None
        if kind == _WAITS:
            self._portal, self._steps = portal, result.__await__()
            return
        _close_portal(portal)
        if kind == _RETURNED:
            raise StopIteration(result)
        raise result

    def cancel(self) -> None:
        """Have CancelledError raised where the coroutine awaits, or at its next `await` if it's running now."""
        self._cancelling = self._interrupted = True
        cancel = getattr(self._waiting_for, "cancel", None)
        if cancel is not None and cancel():
            self._cancelling = False  # it comes from there

    def uncancel(self) -> None:
        """Take back a cancellation that has not been delivered, and forget those that have been."""
        self._cancelling = self._interrupted = self._from_outside = False

    def cancelled_from_outside(self) -> bool:
        """Tell whether the task that runs this was asked to cancel, or a drive that awaits this one."""
        outer = self._outer
        while outer is not None:
            if outer._interrupted:
                return True
            outer = outer._outer
        if not _TASKS_CAN_BE_ASKED:
            return self._from_outside
        task = asyncio.current_task()
        return task is not None and task.cancelling() > self._cancelled_before  # type: ignore[attr-defined, unused-ignore]

    def forget_cancellations(self) -> None:
        """Have those that the task has got so far be none of this coroutine's: its user caught them, and went on."""
        task = asyncio.current_task() if _TASKS_CAN_BE_ASKED else None
        self._cancelled_before = 0 if task is None else task.cancelling()  # type: ignore[attr-defined, unused-ignore]

    def _advance(self, value: Any, error: Optional[BaseException]) -> Any:
        """Go on with a value or an error until the task has to wait, and give what for."""
        local = _pool
        self._outer, local.drive = local.drive, self
        try:
            return self._perform(value, error)
        finally:
            local.drive, self._outer = self._outer, None

    def _perform(self, value: Any, error: Optional[BaseException]) -> Any:
        while True:
            portal = self._portal
            if portal is None:
                portal = _open_portal()
                if error is None:
                    portal.function, portal.argument = self._coroutine.send, value
                else:
                    portal.function, portal.argument = self._coroutine.throw, error
                portal.switch()
            else:
                try:
                    if error is not None:
                        future = self._steps.throw(error)
                    elif value is None:
                        future = next(self._steps)
                    else:
                        future = self._steps.send(value)
                except StopIteration as stop:
                    portal.caller = getcurrent()
                    portal.switch(stop.value)
                except BaseException as exception:
                    portal.caller = getcurrent()
                    portal.throw(exception)
                else:
                    return self._suspend(future)
            value = error = None
            (kind, result), portal.outcome = cast(_Outcome, portal.outcome), None
            if kind == _WAITS:
                self._portal, self._steps = portal, result.__await__()
                continue
            self._portal = self._steps = None
            _close_portal(portal)
            if kind == _SUSPENDED:
                return self._suspend(result)
            if kind == _RETURNED:
                raise StopIteration(result)
            try:
                raise result
            finally:
                del result

    def _suspend(self, future: Any) -> Any:
        """The task is about to wait for `future`, or for one turn of the loop if it's None: give what it gets."""
        if future is None:
            return None
        if self._cancelling and future.cancel():
            self._cancelling = False
        self._waiting_for = future
        if _TASKS_CAN_BE_ASKED or not asyncio.isfuture(future):
            return future
        future._asyncio_future_blocking = False
        return self._behind(future)

    def _behind(self, future: asyncio.Future[Any]) -> Any:
        """Before Python 3.11: give the task a future of its own to cancel, to know that it was the task's doing."""
        stand_in = self._stand_in = future.get_loop().create_future()
        stand_in._asyncio_future_blocking = True

        this = weakref.ref(self)  # the future may be held by what this drives

        def wake(_: Any) -> None:
            drive = this()
            if drive is not None and drive._stand_in is stand_in:
                drive._stand_in = None
            if not stand_in.done():
                stand_in.set_result(None)

        future.add_done_callback(wake)
        return stand_in


async def _call(fn: Callable[..., _T], args: Tuple[Any, ...], kwargs: Any) -> _T:
    return fn(*args, **kwargs)


async def _await(awaitable: Awaitable[_T]) -> _T:
    return await awaitable


def _as_coroutine(awaitable: Awaitable[_T]) -> Coroutine[Any, Any, _T]:
    return awaitable if asyncio.iscoroutine(awaitable) else _await(awaitable)


def has_portal() -> bool:
    """Tell whether :func:`sync_await` can be used here."""
    if isinstance(getcurrent(), _Portal):
        return True
    import greenback  # costs 40 ms to import, and few ask

    return bool(greenback.has_portal())


def sync_await(awaitable: Awaitable[_T]) -> _T:
    """Wait for `awaitable` from synchronous code that runs in a portal.

    :raises RuntimeError: if it doesn't.
    """
    portal = getcurrent()
    if isinstance(portal, _Portal):
        return portal.wait(awaitable)  # type: ignore[no-any-return]
    import greenback

    return greenback.await_(awaitable)


async def run_with_portal(fn: Callable[..., _T], *args: Any, **kwargs: Any) -> _T:
    """Call the synchronous function `fn` such that it may use :func:`sync_await`, and give its result."""
    if isinstance(getcurrent(), _Portal):
        return fn(*args, **kwargs)
    return await Drive(_call(fn, args, kwargs))  # type: ignore[no-any-return]


async def ensure_portal() -> None:
    """Open a portal for the rest of the current task, if it hasn't got one."""
    if isinstance(getcurrent(), _Portal):
        return
    import greenback

    await greenback.ensure_portal()


def run_until_complete(*arguments: Any, **named: Any) -> Any:
    """Run an awaitable on a loop until it's done, and give its result; also from within the running loop.

    It's `run_until_complete(loop, awaitable)`, and as up to plumpy 0.25 `run_until_complete(future, loop=None)`.

    :raises RuntimeError: if the loop is running and the caller isn't in a portal, or isn't in the loop's thread.
    """
    unknown = set(named) - {"awaitable", "future", "loop"}
    given = [one for one in (*arguments, *named.values()) if one is not None]
    loops = [one for one in given if isinstance(one, asyncio.AbstractEventLoop)]
    if unknown or len(loops) > 1 or len(given) != len(loops) + 1:
        for one in given:
            _discard(one)
        raise TypeError("run_until_complete() takes a loop and an awaitable, or an awaitable alone")
    awaitable = next(one for one in given if one not in loops)
    if loops:
        loop = loops[0]
    else:
        from .events import get_or_create_event_loop

        loop = get_or_create_event_loop()
    if not loop.is_running():
        if asyncio.isfuture(awaitable):
            return loop.run_until_complete(awaitable)
        return loop.run_until_complete(Drive(_as_coroutine(awaitable)))
    if asyncio._get_running_loop() is not loop:
        _discard(awaitable)
        raise RuntimeError("the loop is running in another thread: use asyncio.run_coroutine_threadsafe")
    if not has_portal():
        _discard(awaitable)
        raise RuntimeError(
            "the loop is running and there is no greenback portal here: `await` instead, or call this through"
            " `run_with_portal`, or `await ensure_portal()` first"
        )
    # A task of its own: nested runs are then driven by the loop, not by each other, so the stack stays flat.
    return sync_await(asyncio.ensure_future(awaitable, loop=loop))


def _discard(awaitable: Any) -> None:
    """Close a coroutine that won't be awaited, for Python would warn of it."""
    if asyncio.iscoroutine(awaitable):
        awaitable.close()
