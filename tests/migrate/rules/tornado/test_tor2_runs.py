"""A program that uses all that TOR201 to TOR221 rewrite does after its migration what it did under tornado 4.5.3."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from codemods.findings import Outcome
from tests.migrate.rules import checks

PROGRAM = """
import datetime
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tornado import concurrent, gen, ioloop
from tornado.concurrent import run_on_executor

SHORT = datetime.timedelta(seconds=0.01)
LONG = datetime.timedelta(seconds=60)


class Interruptable(concurrent.Future):
    def __init__(self, name):
        super(Interruptable, self).__init__()
        self.name = name

    def interrupt(self, error):
        self.set_exception(error)

    @gen.coroutine
    def with_interrupt(self, what):
        waiter = gen.WaitIterator(what, self)
        result = yield waiter.next()
        raise gen.Return((result, waiter.current_index))


class Worker(object):
    def __init__(self):
        self.executor = ThreadPoolExecutor(1)

    @run_on_executor
    def double(self, x, times=2):
        return x * times

    @run_on_executor(executor='executor')
    def fail(self):
        raise ValueError('failed')


@gen.coroutine
def later(x):
    yield gen.moment
    raise gen.Return(x)


@gen.coroutine
def broken():
    yield gen.sleep(0)
    raise KeyError('broken')


@gen.coroutine
def waiting(out, loop):
    out.append((yield gen.multi([later(1), later(2), None])))
    out.append((yield gen.multi({'a': later(1)})))
    try:
        yield gen.with_timeout(SHORT, concurrent.Future())
    except (OSError, IOError):
        out.append('OSError')
    except gen.TimeoutError:
        out.append('TimeoutError')
    out.append((yield gen.with_timeout(loop.time() + 60, later(3))))
    out.append((yield gen.with_timeout(LONG, [later(3), None], quiet_exceptions=KeyError)))
    try:
        yield gen.with_timeout(timeout=2., future=concurrent.Future())
    except gen.TimeoutError:
        out.append('over')
    yield gen.Task(loop.add_timeout, datetime.timedelta(seconds=0.001))
    yield gen.Task(loop.add_timeout, time.time() + 0.001)
    first, second = concurrent.Future(), concurrent.Future()
    waiter = gen.WaitIterator(b=first, a=second)
    second.set_result('second')
    while not waiter.done():
        out.append(((yield waiter.next()), waiter.current_index))
        if not first.done():
            first.set_result('first')


@gen.coroutine
def futures(out, loop):
    timer = gen.sleep(0.001)
    out.append((concurrent.is_future(timer), isinstance(timer, concurrent.Future)))
    yield timer
    out.append((yield timer))
    out.append((yield gen.maybe_future(5)))
    out.append((yield gen.maybe_future(later(6))))
    future = gen.maybe_future(later(7))
    out.append((isinstance(future, concurrent.Future), (yield future), (yield future)))
    target = concurrent.Future()
    concurrent.chain_future(later(9), target)
    out.append((yield target))
    bad = concurrent.Future()
    try:
        yield broken()
    except KeyError:
        bad.set_exc_info(sys.exc_info())
    out.append(repr(bad.exception(timeout=3)))
    one = Interruptable('one')
    out.append((one.name, (yield one.with_interrupt(later(8)))))
    loop.add_callback(one.interrupt, RuntimeError('stop'))
    try:
        yield one.with_interrupt(concurrent.Future())
    except RuntimeError as error:
        out.append(str(error))
    out.append((gen.is_coroutine_function(later), gen.is_coroutine_function(len)))


@gen.coroutine
def threads(out):
    worker = Worker()
    out.append((yield worker.double(4)))
    out.append((yield worker.double(4, times=3)))
    future = worker.double(5)
    out.append((concurrent.is_future(future), isinstance(future, concurrent.Future), (yield future)))
    try:
        yield worker.fail()
    except ValueError as error:
        out.append(str(error))
    worker.executor.shutdown()


def main():
    out = []
    loop = ioloop.IOLoop()
    loop.make_current()
    loop.run_sync(lambda: waiting(out, loop))
    loop.run_sync(lambda: futures(out, loop))
    loop.run_sync(lambda: threads(out))
    ioloop.IOLoop.clear_current()
    loop.close()
    return out
"""

GIVEN_BY_TORNADO: List[Any] = [
    [1, 2, None],
    {"a": 1},
    "TimeoutError",
    3,
    [3, None],
    "over",
    ("second", "a"),
    ("first", "b"),
    (True, True),
    None,
    5,
    6,
    (True, 7, 7),
    9,
    "KeyError('broken')",
    ("one", (8, 0)),
    "stop",
    (True, False),
    8,
    12,
    (True, False, 10),
    "failed",
]


@pytest.mark.filterwarnings("error")
def test_does_what_it_did() -> None:
    migrated = checks.run(PROGRAM, "TOR")
    assert migrated.result.after is not None
    assert not [one for one in migrated.result.findings if one.outcome is Outcome.LEFT]
    names: Dict[str, Any] = {"__name__": "program"}
    exec(compile(migrated.result.after, "program", "exec"), names)
    assert names["main"]() == GIVEN_BY_TORNADO
