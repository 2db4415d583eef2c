"""A condition without a lock."""

from __future__ import annotations

import asyncio
import datetime
import itertools
from typing import Dict, Union

from .loops import get_or_create_event_loop, seconds_left


class Condition:
    """Lets coroutines wait until another one notifies them. For tornado's `locks.Condition`.

    Unlike `asyncio.Condition` it has no lock: neither :meth:`wait` nor :meth:`notify` needs one.
    """

    def __init__(self) -> None:
        self._waiters: Dict[asyncio.Future[bool], None] = {}  # in the order in which they came

    def wait(self, timeout: Union[float, datetime.timedelta, None] = None) -> asyncio.Future[bool]:
        """Give a future of True, once it's notified, or of False, when the time is over before that.

        It waits from the call on, even if nobody awaits the future. Cancelling the future ends that, and takes no
        notification from the others.

        :param timeout: a `timedelta` from now, or a *number*: the time at which it's over, as `time.time()`.
            It may be over at once; a span of zero was no limit in tornado.
        """
        loop = get_or_create_event_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        if timeout is not None:
            timer = loop.call_later(seconds_left(timeout), _settle, waiter, False)
            waiter.add_done_callback(lambda _: timer.cancel())
        self._waiters[waiter] = None
        waiter.add_done_callback(self._waiters.pop)
        return waiter

    def notify(self, n: int = 1) -> None:
        """Wake the `n` that have waited longest."""
        for waiter in [*itertools.islice((one for one in self._waiters if not one.done()), n)]:
            waiter.set_result(True)

    def notify_all(self) -> None:
        """Wake all that wait."""
        self.notify(len(self._waiters))


def _settle(waiter: asyncio.Future[bool], notified: bool) -> None:
    if not waiter.done():
        waiter.set_result(notified)
