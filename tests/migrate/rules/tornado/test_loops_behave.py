"""What the rules for loops, locks and queues make of a module does what tornado did."""

from __future__ import annotations

import asyncio
from typing import Any, Dict

import pytest

from tests.migrate.rules import checks
from tests.migrate.rules.tornado.loop_tables import CODES, text

SERVICE = """
import datetime
import time
from tornado import gen, locks, queues
from tornado.ioloop import IOLoop, PeriodicCallback

SPAN = datetime.timedelta(seconds=0.01)


class Service:
    def __init__(self):
        self._jobs = queues.Queue()
        self._few = queues.Queue(maxsize=1)
        self._lock = locks.Lock()
        self._done = locks.Event()
        self._changed = locks.Condition()
        self.log = []

    def post(self, job):
        self._jobs.put(job)
        return self._jobs.qsize()

    @gen.coroutine
    def take_late(self):
        try:
            yield self._jobs.get(timeout=SPAN)
        except gen.TimeoutError:
            pass
        self._jobs.put('late')
        raise gen.Return((yield self._jobs.get()))

    @gen.coroutine
    def take_now(self):
        self._jobs.put('now')
        raise gen.Return((yield self._jobs.get(timeout=datetime.timedelta(seconds=0 * len(self.log)))))

    @gen.coroutine
    def crowd(self):
        for number in range(3):
            self._few.put(number)
        sizes = [self._few.qsize()]
        for _ in range(3):
            sizes.append((yield self._few.get()))
        raise gen.Return(sizes)

    @gen.coroutine
    def locked_out(self):
        yield self._lock.acquire()
        try:
            yield self._lock.acquire(timeout=SPAN)
        except gen.TimeoutError:
            self.log.append('locked out')
        self._lock.release()
        with (yield self._lock.acquire()):
            self.log.append('in')
        yield self._lock.acquire()
        self._lock.release()
        raise gen.Return(self.log)

    @gen.coroutine
    def notified(self):
        waiting = self._changed.wait(timeout=SPAN)
        self._changed.notify()
        raise gen.Return([(yield waiting), (yield self._changed.wait(timeout=SPAN))])

    @gen.coroutine
    def timers(self):
        loop = IOLoop.current()

        @gen.coroutine
        def later(name, then=None):
            yield gen.moment
            self.log.append(name)
            if then:
                then()

        beat = PeriodicCallback(lambda: self.log.append('beat'), 5)
        beat.start()
        loop.call_later(0.03, later, 'coroutine', then=self._done.set)
        loop.add_timeout(time.time() + 0.02, self.log.append, 'at a time')
        loop.add_timeout(SPAN, later, 'after a span')
        loop.remove_timeout(loop.call_later(0.001, self.log.append, 'never'))
        loop.add_callback(later, 'soon')
        yield self._done.wait(timeout=datetime.timedelta(seconds=5))
        beat.stop()
        raise gen.Return([one for one in self.log if one != 'beat'] + ['beat' in self.log])


def run(name):
    loop = IOLoop()
    loop.make_current()
    try:
        service = Service()
        return loop.run_sync(getattr(service, name), timeout=10)
    finally:
        IOLoop.clear_current()
        loop.close(all_fds=True)
"""

RESULTS: Dict[str, Any] = {
    "take_late": "late",
    "take_now": "now",
    "crowd": [1, 0, 1, 2],
    "locked_out": ["locked out", "in"],
    "notified": [True, False],
    "timers": ["soon", "after a span", "at a time", "coroutine", True],
}


@pytest.fixture(scope="module")
def service() -> Dict[str, Any]:
    migrated = checks.run(text(SERVICE), *CODES).result.after
    assert migrated is not None
    assert b"tornado" not in migrated
    names: Dict[str, Any] = {"__name__": "service"}
    exec(compile(migrated, "service.py", "exec"), names)
    return names


@pytest.mark.parametrize("name", RESULTS)
def test_does_what_it_did(service: Dict[str, Any], name: str) -> None:
    assert service["run"](name) == RESULTS[name]


def test_puts_at_once(service: Dict[str, Any]) -> None:
    async def main() -> int:
        made: int = service["Service"]().post(1)
        return made

    assert asyncio.run(main()) == 1
