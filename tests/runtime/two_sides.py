"""Runs one scenario by our helpers for code that was tornado's, and by tornado where that is installed (4.5 or 6).

A scenario is a generator function that yields what tornado's coroutines could; its argument is the API of that side.
"""

from __future__ import annotations

import asyncio
import datetime
import functools
import inspect
from types import SimpleNamespace
from typing import Any, Callable

import pytest

from plumpy_compat import aio
from tests.runtime.helpers import PATIENCE, run


async def drive(generator: Any) -> Any:
    """Run a generator as tornado ran a coroutine, with `as_awaitable` for what it yields."""
    try:
        yielded = next(generator)
        while True:
            try:
                value = await aio.as_awaitable(yielded)
            except Exception as error:
                yielded = generator.throw(error)
            else:
                yielded = generator.send(value)
    except StopIteration as stop:
        return stop.value


def native_coroutine(function: Callable[..., Any]) -> Any:
    """The coroutine as an `async def` that is called as such."""

    @functools.wraps(function)
    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        return await drive(result) if inspect.isgenerator(result) else result

    return coroutine


def eager_coroutine(function: Callable[..., Any]) -> Any:
    """The coroutine as one whose calls give futures."""
    return aio.eager_coroutine(native_coroutine(function))


def ours(scenario: Callable[..., Any], coroutine: Callable[..., Any] = eager_coroutine) -> Any:
    """Run the scenario by our helpers."""

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        api = SimpleNamespace(
            **{
                **{name: getattr(aio, name) for name in aio.__all__},
                **{name: functools.partial(getattr(aio, name), loop) for name in ("add_future", "call_later")},
            },
            Future=aio.create_future,
            coroutine=coroutine,
            start=aio.create_task,
            cancel=lambda timer: timer.cancel(),
            sleep=asyncio.sleep,
            Timeout=asyncio.TimeoutError,
            Refused=TypeError,
            maybe=aio.maybe_await,
            later=functools.partial(aio.add_callback, loop),
            Queue=asyncio.Queue,
            Lock=asyncio.Lock,
            out_of_time=lambda method, *args: aio.wait_for(method(*args), -1),
        )
        return await drive(scenario(api))

    return run(main())


def by_tornado(scenario: Callable[..., Any]) -> Any:
    """Run the scenario by tornado; skip the test if it isn't there."""
    gen = pytest.importorskip("tornado.gen", reason="tornado isn't installed: no side-by-side")
    from tornado import concurrent as futures, ioloop, locks, queues

    loop = ioloop.IOLoop()
    loop.make_current()
    api = SimpleNamespace(
        multi=gen.multi,
        with_timeout=gen.with_timeout,
        is_future=futures.is_future,
        chain_future=futures.chain_future,
        is_coroutine_function=gen.is_coroutine_function,
        WaitIterator=gen.WaitIterator,
        PeriodicCallback=ioloop.PeriodicCallback,
        Condition=locks.Condition,
        add_future=loop.add_future,
        call_later=loop.call_later,
        cancel=loop.remove_timeout,
        Future=futures.Future,
        coroutine=gen.coroutine,
        start=lambda called: called,
        sleep=gen.sleep,
        Timeout=gen.TimeoutError,
        Refused=gen.BadYieldError,
        maybe=gen.maybe_future,
        later=loop.add_callback,
        Queue=queues.Queue,
        Lock=locks.Lock,
        out_of_time=lambda method, *args: method(*args, timeout=datetime.timedelta(seconds=-1)),
    )
    try:
        return loop.run_sync(lambda: gen.coroutine(scenario)(api), timeout=PATIENCE)
    finally:
        loop.clear_current()
        loop.close(all_fds=True)


def tornado_version() -> int:
    return int(pytest.importorskip("tornado", reason="tornado isn't installed: no side-by-side").version_info[0])
