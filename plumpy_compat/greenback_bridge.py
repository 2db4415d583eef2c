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
from typing import Any, Awaitable, Callable, Coroutine, Generator, List, Optional, Tuple, TypeVar

from greenlet import getcurrent, greenlet

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


class _Portal(greenlet):
    """Runs one call after the other, each for the drive that resumes it."""

    caller: Optional[greenlet] = None
    function: Optional[Callable[[Any], Any]] = None
    argument: Any = None

    def run(self) -> None:
        while True:
            # Nothing of the call may stay in a local variable here while the portal lies idle in the pool.
            self.caller.switch(self.perform())  # type: ignore[union-attr]

    def perform(self) -> _Outcome:
        function, argument = self.function, self.argument
        self.function = self.argument = None
        try:
            return _SUSPENDED, function(argument)  # type: ignore[misc]
        except StopIteration as stop:
            return _RETURNED, stop.value
        except BaseException as exception:
            return _RAISED, exception

    def wait(self, awaitable: Awaitable[Any]) -> Any:
        """Leave the portal until `awaitable` has an outcome; called from within it."""
        caller, self.caller = self.caller, None
        return caller.switch((_WAITS, awaitable))  # type: ignore[union-attr]


_pool = _Pool()


class Drive:
    """An awaitable that runs a coroutine such that synchronous code in it may :func:`sync_await`.

    The coroutine can be interrupted at its `await` (:meth:`cancel`) without cancelling the task that awaits the drive:
    what the task awaits is cancelled, and if that can't be done, CancelledError is thrown into the coroutine when it
    is resumed. That is what `asyncio.Task.cancel` does, one level further down, so the task's own count of
    cancellations (Python 3.11) stays that of its user.
    """

    __slots__ = ("__weakref__", "_cancelling", "_coroutine", "_from_outside", "_waiting_for")

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self._cancelling = False
        self._from_outside = False
        self._waiting_for: Any = None

    def cancelled_from_outside(self) -> bool:
        """Tell whether the task that awaits the drive was asked to cancel."""
        if not _TASKS_CAN_BE_ASKED:
            return self._from_outside
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0  # type: ignore[attr-defined, unused-ignore]

    def cancel(self) -> None:
        """Have CancelledError raised where the coroutine awaits, or at its next `await` if it's running now."""
        self._cancelling = True
        cancel = getattr(self._waiting_for, "cancel", None)
        if cancel is not None and cancel():
            self._cancelling = False  # it comes from there

    def uncancel(self) -> None:
        """Take back a cancellation that has not been delivered."""
        self._cancelling = False

    def __await__(self) -> Generator[Any, Any, Any]:
        resume: Callable[[Any], Any] = self._coroutine.send
        value: Any = None
        while True:
            portals = _pool.portals
            portal = portals.pop() if portals else _Portal()
            here = getcurrent()
            portal.gr_context = here.gr_context
            portal.function, portal.argument, portal.caller = resume, value, here
            kind, result = portal.switch()
            if kind == _WAITS:
                kind, result = yield from self._wait_for(portal, result)
            if len(portals) < _POOLED:
                portal.gr_context = None
                portals.append(portal)
            if kind == _RETURNED:
                return result
            if kind == _RAISED:
                try:
                    raise result
                finally:
                    del result
            try:
                value = yield from self._suspend(result)
                resume = self._coroutine.send
            except GeneratorExit:
                self._coroutine.close()
                raise
            except BaseException as exception:
                resume, value = self._coroutine.throw, exception
            result = None

    def _suspend(self, future: Any) -> Generator[Any, Any, Any]:
        """Suspend the task until `future` is done, or for one turn of the loop if it's None."""
        if self._cancelling and future is not None and future.cancel():
            self._cancelling = False
        self._waiting_for = future
        try:
            if _TASKS_CAN_BE_ASKED or not asyncio.isfuture(future):
                value = yield future
            else:
                value = yield from self._suspend_behind(future)
        finally:
            self._waiting_for = None
        if self._cancelling:
            self._cancelling = False
            raise asyncio.CancelledError
        return value

    def _suspend_behind(self, future: asyncio.Future[Any]) -> Generator[Any, Any, None]:
        """Before Python 3.11: give the task a future of its own to cancel, to know that it was the task's doing."""
        future._asyncio_future_blocking = False
        while True:
            stand_in = future.get_loop().create_future()
            stand_in._asyncio_future_blocking = True

            def wake(_: Any, stand_in: asyncio.Future[Any] = stand_in) -> None:
                if not stand_in.done():
                    stand_in.set_result(None)

            future.add_done_callback(wake)
            try:
                yield stand_in
                return
            except asyncio.CancelledError:
                self._from_outside = True
                future.remove_done_callback(wake)
                if not future.cancel():
                    raise
                # It may take its time, as a task does: the coroutine is told when it's done.

    def _wait_for(self, portal: _Portal, awaitable: Awaitable[Any]) -> Generator[Any, Any, _Outcome]:
        """Await what the code in `portal` waits for, as often as it does before it suspends or ends."""
        kind = _WAITS
        while kind == _WAITS:
            steps = awaitable.__await__()
            try:
                value = yield from self._steps(steps)
            except BaseException as exception:
                portal.caller = getcurrent()
                kind, awaitable = portal.throw(exception)
            else:
                portal.caller = getcurrent()
                kind, awaitable = portal.switch(value)
        return kind, awaitable

    def _steps(self, steps: Any) -> Generator[Any, Any, Any]:
        """Run `steps` to the end, as `yield from` does, but open to :meth:`cancel`."""
        send = getattr(steps, "send", None)
        argument: Any = None
        resume: Callable[[Any], Any] = send if send is not None else (lambda _: next(steps))
        step = resume
        while True:
            try:
                future = step(argument)
            except StopIteration as stop:
                return stop.value
            try:
                argument = yield from self._suspend(future)
                step = resume
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as exception:
                step, argument = steps.throw, exception


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


def run_until_complete(loop: Any, awaitable: Any = None) -> Any:
    """Run `awaitable` on `loop` until it's done, and give its result; also from within the running loop.

    The arguments may come in either order, for up to plumpy 0.25 it was `run_until_complete(awaitable, loop=None)`.

    :raises RuntimeError: if the loop is running and the caller isn't in a portal, or isn't in the loop's thread.
    """
    if not isinstance(loop, asyncio.AbstractEventLoop):
        loop, awaitable = awaitable, loop
        if loop is None:
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
