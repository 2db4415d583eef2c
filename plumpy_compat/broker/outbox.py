"""What processes have to tell the broker, in order, until it has been told.

A loop puts operations in and goes on at once; whoever talks to the broker takes them out. The outbox is bounded: when
it's full, the oldest announcement of a state that isn't final makes room, then the oldest announcement of all, and the
loss is counted and logged. Bindings are never dropped (there are at most two for each process), but a binding that
nobody has made yet and its end cancel each other out: of processes that have come and gone meanwhile nothing is left.
Bindings go before broadcasts, so a new process is reachable soon, however much there is to tell.
"""

from __future__ import annotations

import collections
import logging
import threading
from typing import Any, Deque, Dict, List, Optional

_LOGGER = logging.getLogger("plumpy.outbox")

BROADCAST, BIND, UNBIND = "broadcast", "bind", "unbind"
_FEW = 64  # operations that were dropped may lie in the queue


class Operation:
    """One thing to do: publish a broadcast, or bind or unbind the RPCs of a process.

    :param kind: one of the constants above.
    :param subject: the subject of the broadcast, or the identifier for RPCs.
    :param final: whether it's the last that is heard of a process.
    """

    __slots__ = ("body", "dropped", "final", "kind", "number", "sender", "subject")

    def __init__(self, kind: str, subject: Any, body: Any = None, sender: Any = None, final: bool = False) -> None:
        self.kind, self.subject, self.body, self.sender, self.final = kind, subject, body, sender, final
        self.dropped = False
        self.number = -1


class Outbox:
    """A bounded queue of operations, for any number of threads that put them in and one that takes them out.

    :param capacity: how many broadcasts may wait.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        self.capacity = capacity
        self.dropped = 0
        self.closed = False
        self._bindings: Dict[int, Operation] = {}  # by number, so in order
        self._queue: Deque[Operation] = collections.deque()  # broadcasts
        # What of that may be dropped; in the same order.
        self._passing: Deque[Operation] = collections.deque()
        self._final: Deque[Operation] = collections.deque()
        self._binds: Dict[Any, Operation] = {}
        self._dead = 0  # operations in the queue that were dropped
        self._next = 0  # the number of the next operation
        self._unfinished = 0
        self._in_hand = 0  # operations that were taken and are neither finished nor put back
        self._first_in_hand = 0
        self._first_binding_in_hand: Optional[int] = None
        self._taken = False  # somebody takes operations out at the moment
        self._idle = threading.Condition(threading.Lock())

    def put(self, operation: Operation) -> bool:
        """Add an operation; tell whether the caller has to see to it that somebody takes it out."""
        with self._idle:
            if self.closed:
                return False
            operation.number = self._next
            self._next += 1
            if operation.kind == UNBIND:
                bind = self._binds.pop(operation.subject, None)
                if bind is not None:
                    del self._bindings[bind.number]
                    self._unfinished -= 1
                    self._idle.notify_all()
                    return False
            self._unfinished += 1
            if operation.kind == BROADCAST:
                self._queue.append(operation)
                (self._final if operation.final else self._passing).append(operation)
                if len(self._passing) + len(self._final) > self.capacity:
                    self._make_room()
            else:
                self._bindings[operation.number] = operation
                if operation.kind == BIND:
                    self._binds[operation.subject] = operation
            wake = not self._taken
            self._taken = True
            return wake

    def take(self, most: int) -> List[Operation]:
        """Take out up to `most` operations, to be given to :meth:`finished` or :meth:`put_back`.

        If there are none, the next :meth:`put` tells its caller so.
        """
        taken: List[Operation] = []
        with self._idle:
            while self._bindings and len(taken) < most:
                operation = self._bindings.pop(next(iter(self._bindings)))
                if self._binds.get(operation.subject) is operation:
                    del self._binds[operation.subject]
                taken.append(operation)
            self._first_binding_in_hand = taken[0].number if taken else None
            while self._queue and len(taken) < most:
                operation = self._queue.popleft()
                if operation.dropped:
                    self._dead -= 1
                    continue
                (self._final if operation.final else self._passing).popleft()
                taken.append(operation)
            if taken:
                self._in_hand, self._first_in_hand = len(taken), min(one.number for one in taken)
            else:
                self._taken = False
        return taken

    def finished(self, count: int) -> None:
        """So many of the operations that were taken are done."""
        with self._idle:
            if not self.closed:
                self._in_hand -= count
                self._unfinished -= count
                self._idle.notify_all()

    def put_back(self, operations: List[Operation]) -> None:
        """Put operations that were taken, but couldn't be done, back to the front."""
        with self._idle:
            if self.closed:
                return
            self._in_hand -= len(operations)
            for operation in reversed(operations):
                if operation.kind == BROADCAST:
                    self._queue.appendleft(operation)
                    (self._final if operation.final else self._passing).appendleft(operation)
                elif operation.kind == BIND:
                    self._binds.setdefault(operation.subject, operation)
            again = {one.number: one for one in operations if one.kind != BROADCAST}
            if again:
                self._bindings = {**again, **self._bindings}
            while len(self._passing) + len(self._final) > self.capacity:
                self._make_room()

    def close(self) -> int:
        """Forget everything, and take nothing any more; gives how many operations are lost."""
        with self._idle:
            lost, self._unfinished, self._in_hand, self._dead = self._unfinished, 0, 0, 0
            self.closed = True
            for queue in (self._queue, self._passing, self._final, self._bindings, self._binds):
                queue.clear()
            self._idle.notify_all()
            return lost

    def flush(self, timeout: Optional[float], bindings: bool = False) -> bool:
        """Wait until all that is in here now is done, for at most `timeout` seconds; tell whether it is.

        :param bindings: wait for bindings only.
        """
        with self._idle:
            number = self._next
            is_done = self._has_bound_before if bindings else self._is_done_before
            return self._idle.wait_for(lambda: is_done(number), timeout) and not self.closed

    @property
    def empty(self) -> bool:
        """Tell whether there's nothing left to do."""
        return self._unfinished == 0

    def _is_done_before(self, number: int) -> bool:
        """Whether no operation with a lower number is left. Each kind is done in order, but for those in hand."""
        if not self._has_bound_before(number) or (self._in_hand and self._first_in_hand < number):
            return False
        while self._queue and self._queue[0].dropped:
            self._queue.popleft()
            self._dead -= 1
        return not self._queue or self._queue[0].number >= number

    def _has_bound_before(self, number: int) -> bool:
        """Whether no binding with a lower number is left."""
        if self._in_hand and self._first_binding_in_hand is not None and self._first_binding_in_hand < number:
            return False
        return not self._bindings or next(iter(self._bindings)) >= number

    def _make_room(self) -> None:
        self._drop((self._passing or self._final).popleft())
        if self.dropped == 0:
            _LOGGER.warning(
                "the broker is too slow or away: more than %d broadcasts wait, from now on the oldest are dropped",
                self.capacity,
            )
        self.dropped += 1

    def _drop(self, operation: Operation) -> None:
        """Take an operation out of the middle of the queue; it goes for good when there are many of them."""
        operation.dropped = True
        self._dead += 1
        self._unfinished -= 1
        if self._dead > _FEW and self._dead > len(self._queue) // 2:
            self._queue = collections.deque(one for one in self._queue if not one.dropped)
            self._dead = 0
        self._idle.notify_all()
