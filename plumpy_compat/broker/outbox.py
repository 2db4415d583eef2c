"""What processes have to tell the broker, in order, until it has been told.

A loop puts operations in and goes on at once; whoever talks to the broker takes them out. The outbox is bounded: when
it's full, the oldest announcement of a state that isn't final makes room, then the oldest announcement of all, and the
loss is counted and logged. Bindings are never dropped (there are at most two for each process).
"""

from __future__ import annotations

import collections
import logging
import threading
from typing import Any, Deque, List, Optional

_LOGGER = logging.getLogger("plumpy.outbox")

BROADCAST, BIND, UNBIND = "broadcast", "bind", "unbind"


class Operation:
    """One thing to do: publish a broadcast, or bind or unbind the RPCs of a process.

    :param kind: one of the constants above.
    :param subject: the subject of the broadcast, or the identifier for RPCs.
    :param final: whether it's the last that is heard of a process.
    """

    __slots__ = ("body", "dropped", "final", "kind", "sender", "subject")

    def __init__(self, kind: str, subject: Any, body: Any = None, sender: Any = None, final: bool = False) -> None:
        self.kind, self.subject, self.body, self.sender, self.final = kind, subject, body, sender, final
        self.dropped = False


class Outbox:
    """A bounded queue of operations, for any number of threads.

    :param capacity: how many broadcasts may wait.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        self.capacity = capacity
        self.dropped = 0
        self._queue: Deque[Operation] = collections.deque()
        self._expendable: Deque[Operation] = collections.deque()
        self._broadcasts = 0
        self._unfinished = 0
        self._taken = False  # somebody takes operations out at the moment
        self._idle = threading.Condition(threading.Lock())

    def put(self, operation: Operation) -> bool:
        """Add an operation; tell whether the caller has to see to it that somebody takes it out."""
        with self._idle:
            self._queue.append(operation)
            self._unfinished += 1
            if operation.kind == BROADCAST:
                if not operation.final:
                    self._expendable.append(operation)
                self._broadcasts += 1
                if self._broadcasts > self.capacity:
                    self._make_room()
            wake = not self._taken
            self._taken = True
            return wake

    def take(self, most: int) -> List[Operation]:
        """Take out up to `most` operations, to be given to :meth:`finished` or :meth:`put_back`.

        If there are none, the next :meth:`put` tells its caller so.
        """
        taken: List[Operation] = []
        with self._idle:
            while self._queue and len(taken) < most:
                operation = self._queue.popleft()
                if operation.dropped:
                    continue
                if operation.kind == BROADCAST:
                    self._broadcasts -= 1
                    if not operation.final:
                        self._expendable.popleft()  # both queues have the same order
                taken.append(operation)
            if not taken:
                self._taken = False
        return taken

    def finished(self, count: int) -> None:
        """So many of the operations that were taken are done."""
        with self._idle:
            self._done(count)

    def put_back(self, operations: List[Operation]) -> None:
        """Put operations that were taken, but couldn't be done, back to the front."""
        with self._idle:
            self._queue.extendleft(reversed(operations))
            broadcasts = [operation for operation in operations if operation.kind == BROADCAST]
            self._broadcasts += len(broadcasts)
            self._expendable.extendleft(reversed([one for one in broadcasts if not one.final]))
            while self._broadcasts > self.capacity:
                self._make_room()

    def clear(self) -> int:
        """Forget everything; gives how many operations are lost."""
        with self._idle:
            lost = sum(not operation.dropped for operation in self._queue)
            self._queue.clear()
            self._expendable.clear()
            self._broadcasts = 0
            self._taken = False
            self._done(lost)
            return lost

    def flush(self, timeout: Optional[float]) -> bool:
        """Wait until everything is done, for at most `timeout` seconds; tell whether it is."""
        with self._idle:
            return self._idle.wait_for(lambda: self._unfinished == 0, timeout)

    @property
    def empty(self) -> bool:
        """Tell whether there's nothing left to do."""
        return self._unfinished == 0

    def _done(self, count: int) -> None:
        self._unfinished -= count
        if self._unfinished == 0:
            self._idle.notify_all()

    def _make_room(self) -> None:
        if self._expendable:
            victim = self._expendable.popleft()
        else:
            victim = next(one for one in self._queue if one.kind == BROADCAST and not one.dropped)
        victim.dropped = True
        self._broadcasts -= 1
        self._done(1)
        if self.dropped == 0:
            _LOGGER.warning(
                "the broker is too slow or away: more than %d broadcasts wait, from now on the oldest are dropped",
                self.capacity,
            )
        self.dropped += 1
