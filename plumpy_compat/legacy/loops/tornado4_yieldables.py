"""What tornado 4's coroutines may yield besides what tornado knows: what asyncio's coroutines await."""

from __future__ import annotations

import asyncio
import collections.abc
import concurrent.futures
import inspect
import types
from typing import Any, Awaitable, Callable, Coroutine, Generator, Tuple

from tornado import gen, stack_context
from tornado.concurrent import Future
from tornado.ioloop import IOLoop

from ...aio.tasks import start_task
from .current_loop import inner
from .following import to_asyncio

RETURNED, RAISED, YIELDED = range(3)
Step = Callable[[Callable[[Any], Any], Any], Tuple[int, Any]]


def register() -> None:
    """Have `convert_yielded` know futures of asyncio, and run awaitables as tasks of asyncio."""
    gen.convert_yielded.register(asyncio.Future, _from_asyncio)
    gen.convert_yielded.register(collections.abc.Awaitable, _from_awaitable)
    # It's awaitable too.
    gen.convert_yielded.register(Future, lambda future: future)


def _from_asyncio(future: asyncio.Future[Any]) -> Any:
    """Give a future of tornado with the same outcome. tornado's own way never ends if `future` is cancelled."""
    result = Future()

    def copy(done: asyncio.Future[Any]) -> None:
        error = concurrent.futures.CancelledError() if done.cancelled() else done.exception()
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(done.result())

    if future.done():
        copy(future)
    else:
        future.add_done_callback(copy)
    return result


def _from_awaitable(awaitable: Awaitable[Any]) -> Any:
    """Start it as a task, since much of asyncio asks for the current one, and give a future of tornado."""
    loop = asyncio._get_running_loop() or inner(IOLoop.current())
    if loop is None:
        return gen._wrap_awaitable(awaitable)
    coroutine = awaitable if inspect.iscoroutine(awaitable) else _awaiting(awaitable)
    return _from_asyncio(start_task(_run(coroutine, loop), loop))


async def _awaiting(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


async def _run(coroutine: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> Any:
    return await _steps(coroutine, loop)


@types.coroutine
def _steps(coroutine: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> Generator[Any, Any, Any]:
    """Run a coroutine that awaits futures of asyncio and of tornado, each step in tornado's stack context."""
    step: Step = stack_context.wrap(_step)
    resume: Callable[[Any], Any] = coroutine.send
    value = None
    while True:
        outcome, value = step(resume, value)
        if outcome == RETURNED:
            return value
        if outcome == RAISED:
            raise value
        resume = coroutine.send
        try:
            if value is None or value is gen.moment:
                yield
                value = None
            elif asyncio.isfuture(value):
                value = yield value
            else:
                value = yield from to_asyncio(gen.convert_yielded(value), loop)
        except BaseException as error:
            resume, value = coroutine.throw, error


def _step(resume: Callable[[Any], Any], value: Any) -> Tuple[int, Any]:
    # An error mustn't reach the stack context: it's the task's.
    try:
        return YIELDED, resume(value)
    except StopIteration as stop:
        return RETURNED, stop.value
    except BaseException as error:
        return RAISED, error
