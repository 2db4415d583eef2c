"""`aio.wait_for` and `aio.with_timeout` where something comes just as the time is over.

The loops of these tests have a clock that the tests set, so that it's the same turn of the loop each time.
"""

from __future__ import annotations

import asyncio
import datetime
import itertools
import sys
from typing import Any, Awaitable, Callable, Dict, List, Optional, Tuple

import pytest

from plumpy_compat import aio
from tests.runtime.helpers import turns

SECONDS = 5
LATE = 2 * SECONDS
# After how many turns something comes and the clock is set, and what's first if they're the same. The loop looks at the
# clock before the next turn, whose other callbacks come before the timer.
MOMENTS = list(itertools.product(range(4), range(4), ("come", "over")))


class Loop(asyncio.SelectorEventLoop):
    """A loop on which time stands still until it's set."""

    now = 0.0

    def time(self) -> float:
        return self.now


def run(main: Callable[[Loop], Awaitable[Any]]) -> Any:
    loop = Loop()
    try:
        return loop.run_until_complete(main(loop))
    finally:
        loop.close()


async def outcome(
    loop: Loop,
    wait: Awaitable[Any],
    come: Callable[[], object],
    moment: Tuple[int, int, str],
    over: Optional[Callable[[], object]] = None,
) -> Any:
    """What comes of a wait if something comes, and the time is over (or `over` is called), after so many turns."""
    task = asyncio.ensure_future(wait)
    await turns(5)  # Until it waits.

    def late() -> None:
        loop.now += LATE

    events = [(moment[0], moment[2] != "come", come), (moment[1], moment[2] != "over", over or late)]
    for turn in range(4):
        for _, _, event in sorted((one for one in events if one[0] == turn), key=lambda one: one[1]):
            event()
        await asyncio.sleep(0)
    await turns()
    assert task.done()
    try:
        return task.result()
    except asyncio.TimeoutError:
        return "over"


# --- What is waited for: each gives the wait, what lets it end, and what is left then, by what came of it -------------


def _get() -> Any:
    queue: asyncio.Queue[str] = asyncio.Queue()
    return queue.get(), lambda: queue.put_nowait("item"), queue.qsize, {"item": 0, "over": 1}


def _get_the_first() -> Any:
    queue: asyncio.PriorityQueue[str] = asyncio.PriorityQueue()
    return queue.get(), lambda: queue.put_nowait("item"), queue.qsize, {"item": 0, "over": 1}


def _put() -> Any:
    queue: asyncio.Queue[str] = asyncio.Queue(1)
    queue.put_nowait("first")
    return queue.put("second"), queue.get_nowait, queue.qsize, {None: 1, "over": 0}


def _join() -> Any:
    queue: asyncio.Queue[str] = asyncio.Queue()
    queue.put_nowait("item")
    return queue.join(), queue.task_done, queue.qsize, {None: 1, "over": 1}


def _lock() -> Any:
    lock = _held(asyncio.Lock())
    return lock.acquire(), lock.release, lock.locked, {True: True, "over": False}


def _semaphore() -> Any:
    semaphore = _held(asyncio.Semaphore(1))
    return semaphore.acquire(), semaphore.release, semaphore.locked, {True: True, "over": False}


def _bounded() -> Any:
    semaphore = _held(asyncio.BoundedSemaphore(1))
    return semaphore.acquire(), semaphore.release, semaphore.locked, {True: True, "over": False}


def _event() -> Any:
    event = asyncio.Event()
    return event.wait(), event.set, event.is_set, {True: True, "over": True}


def _held(lock: Any) -> Any:
    """It has it at once, so nothing need wait for it."""
    with pytest.raises(StopIteration):
        lock.acquire().send(None)
    return lock


KINDS: Dict[str, Callable[[], Any]] = {
    one.__name__[1:]: one for one in (_get, _get_the_first, _put, _join, _lock, _semaphore, _bounded, _event)
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wait_for", [aio.wait_for, asyncio.wait_for])
def test_what_comes_as_the_time_is_over_is_given_or_left(
    wait_for: Any, kind: str, moment: Tuple[int, int, str]
) -> None:
    """Both are in rewritten code, and take the bare call there."""

    async def main(loop: Loop) -> None:
        wait, come, left, expected = KINDS[kind]()
        result = await outcome(loop, wait_for(wait, SECONDS), come, moment)
        assert left() == expected[result]
        if moment[0] < moment[1]:
            assert result != "over"
        if moment[0] > moment[1] + 2:  # Before Python 3.12 it takes that long until it's cancelled.
            assert result == "over"

    run(main)


@pytest.mark.parametrize("moment", [one for one in MOMENTS if one[0] <= one[1] and one[2] == "come"])
def test_a_task_that_is_done_in_time_gives_its_result(moment: Tuple[int, int, str]) -> None:
    async def main(loop: Loop) -> Any:
        queue: asyncio.Queue[str] = asyncio.Queue()
        task = asyncio.ensure_future(queue.get())
        return await outcome(loop, aio.wait_for(task, SECONDS), lambda: queue.put_nowait("item"), moment)

    assert run(main) == "item"


@pytest.mark.parametrize("seconds", [0, -1, -0.5, 1e-12, SECONDS])
def test_what_is_there_is_had_however_little_time_is_left(seconds: float) -> None:
    async def main(loop: Loop) -> Any:
        queue: asyncio.Queue[int] = asyncio.Queue(1)
        lock, semaphore, event = asyncio.Lock(), asyncio.Semaphore(1), asyncio.Event()
        event.set()
        waits: List[Awaitable[Any]] = [
            queue.put(1), queue.get(), queue.put(2), lock.acquire(), semaphore.acquire(), event.wait(),
        ]  # fmt: skip
        results = [await aio.wait_for(one, seconds) for one in waits]
        return results, queue.get_nowait(), lock.locked(), semaphore.locked()

    assert run(main) == ([None, 1, None, True, True, True], 2, True, True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seconds", [0, -1])
def test_what_is_not_there_is_not_waited_for_without_time(kind: str, seconds: float) -> None:
    async def main(loop: Loop) -> Any:
        wait, come, left, expected = KINDS[kind]()
        waiting = asyncio.ensure_future(aio.wait_for(wait, seconds))
        await asyncio.sleep(0)
        loop.now += 1
        await turns()
        with pytest.raises(asyncio.TimeoutError):
            waiting.result()
        come()
        assert left() == expected["over"]

    run(main)


def test_it_starts_at_once_and_those_that_wait_are_served_in_turn() -> None:
    async def main(loop: Loop) -> Any:
        queue: asyncio.Queue[int] = asyncio.Queue()
        first, second = (aio.create_task(aio.wait_for(queue.get(), SECONDS)) for _ in range(2))
        aio.create_task(aio.wait_for(queue.put(1), SECONDS))
        size = queue.qsize()
        queue.put_nowait(2)
        return size, await first, await second

    assert run(main) == (1, 1, 2)


def test_errors_are_handed_on_timeouts_of_its_own_too() -> None:
    async def fails(error: BaseException) -> None:
        await asyncio.sleep(0)
        raise error

    async def main(loop: Loop) -> None:
        for error in (KeyError("own"), asyncio.TimeoutError("own")):
            with pytest.raises(type(error), match="own"):
                await aio.wait_for(fails(error), SECONDS)

    run(main)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="asyncio waits by a task, which can be done by then")
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_as_the_wait_is_cancelled_is_given_or_left(kind: str, moment: Tuple[int, int, str]) -> None:
    async def main(loop: Loop) -> None:
        wait, come, left, expected = KINDS[kind]()
        waiting = asyncio.ensure_future(aio.wait_for(wait, SECONDS))
        try:
            result = await outcome(loop, waiting, come, moment, over=waiting.cancel)
        except asyncio.CancelledError:
            result = "over"
        assert left() == expected[result]

    run(main)


def test_cancelling_the_wait_takes_nothing() -> None:
    async def main(loop: Loop) -> Any:
        queue: asyncio.Queue[int] = asyncio.Queue()
        waiting = asyncio.ensure_future(aio.wait_for(queue.get(), SECONDS))
        await turns()
        waiting.cancel()
        await turns()
        queue.put_nowait(1)
        return waiting.cancelled(), queue.qsize()

    assert run(main) == (True, 1)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_condition_notifies_who_waits_or_the_next(moment: Tuple[int, int, str]) -> None:
    async def main(loop: Loop) -> None:
        condition = aio.Condition()
        first, second = condition.wait(datetime.timedelta(seconds=SECONDS)), condition.wait()
        notified = await outcome(loop, first, condition.notify, moment)
        assert second.done() != notified
        assert notified == (moment[0] <= moment[1] + 1)

    run(main)


@pytest.mark.parametrize("moment", [one for one in MOMENTS if one[0] <= one[1] + 1])
def test_with_timeout_gives_what_came_before_the_time_was_over(moment: Tuple[int, int, str]) -> None:
    """It never cancels, so what came would be lost; in tornado it was there as soon as it came."""
    limit = datetime.timedelta(seconds=SECONDS)

    async def nested(queue: Any) -> Any:
        return await queue.get()

    async def main(loop: Loop) -> None:
        for wait in (lambda queue: queue.get(), nested):
            loop.now = 0.0
            queue: asyncio.Queue[str] = asyncio.Queue()
            waiting = aio.with_timeout(limit, wait(queue))
            assert await outcome(loop, waiting, lambda queue=queue: queue.put_nowait("item"), moment) == "item"

    run(main)
