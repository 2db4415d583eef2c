"""The queue between processes and those who talk to the broker."""

from __future__ import annotations

import logging
import threading
from typing import Any, List

import pytest

from plumpy_compat.broker.outbox import BIND, BROADCAST, UNBIND, Operation, Outbox
from tests.runtime.helpers import PATIENCE


def said(name: str, final: bool = False) -> Operation:
    return Operation(BROADCAST, name, final=final)


def names(operations: List[Operation]) -> List[str]:
    return [operation.subject for operation in operations]


def take_all(outbox: Outbox) -> List[str]:
    """Take out and finish all that there is, one after the other."""
    taken = []
    while True:
        operations = outbox.take(1)
        if not operations:
            return taken
        taken += names(operations)
        outbox.finished(1)


def filled(*operations: Operation, capacity: int = 3) -> Outbox:
    outbox = Outbox(capacity)
    for operation in operations:
        outbox.put(operation)
    return outbox


def test_order_is_kept_and_bindings_go_first() -> None:
    outbox = filled(said("a"), Operation(BIND, "p"), said("b", final=True), Operation(UNBIND, "q"))
    assert take_all(outbox) == ["p", "q", "a", "b"]


def test_bindings_are_put_back_in_their_order() -> None:
    outbox = filled(Operation(BIND, "p"), said("a"), Operation(BIND, "q"), Operation(UNBIND, "r"))
    taken = outbox.take(4)
    outbox.put(Operation(BIND, "s"))
    outbox.put_back([taken[0], taken[2], taken[3]])
    outbox.finished(1)
    assert take_all(outbox) == ["p", "r", "s", "a"]
    assert outbox.empty


def test_flush_of_bindings_does_not_wait_for_broadcasts() -> None:
    outbox = filled(said("a"), Operation(BIND, "p"))
    assert not outbox.flush(0, bindings=True)
    taken = outbox.take(1)
    assert not outbox.flush(0, bindings=True)
    outbox.finished(len(taken))
    assert outbox.flush(0, bindings=True)
    assert not outbox.flush(0)


def test_only_who_puts_in_the_first_wakes() -> None:
    outbox = Outbox()
    assert [outbox.put(said(name)) for name in "abc"] == [True, False, False]


def test_put_wakes_again_once_there_was_nothing_to_take() -> None:
    outbox = filled(said("a"))
    outbox.finished(len(outbox.take(5)))
    assert not outbox.put(said("b"))
    assert take_all(outbox) == ["b"]
    assert outbox.put(said("c"))


def test_take_gives_no_more_than_is_asked_for() -> None:
    outbox = filled(said("a"), said("b"), said("c"))
    assert names(outbox.take(2)) == ["a", "b"]


def test_what_was_put_back_comes_first_and_in_order() -> None:
    outbox = filled(said("a"), said("b", final=True), said("c"))
    taken = outbox.take(3)
    outbox.put(said("d"))
    outbox.put_back(taken[1:])
    outbox.finished(1)
    assert take_all(outbox) == ["b", "c", "d"]
    assert outbox.empty


@pytest.mark.parametrize(
    ("operations", "left"),
    [
        ([said("a"), said("b"), said("c"), said("d")], ["b", "c", "d"]),
        ([said("A", True), said("b"), said("C", True), said("d")], ["A", "C", "d"]),
        ([said("A", True), said("B", True), said("C", True), said("d")], ["A", "B", "C"]),
        ([said("A", True), said("B", True), said("C", True), said("D", True)], ["B", "C", "D"]),
        ([said("a"), Operation(BIND, "p"), said("b"), Operation(UNBIND, "q"), said("c"), said("d")], list("pqbcd")),
    ],
    ids=["oldest", "oldest that is not final", "the new one", "oldest of all", "no bindings"],
)
def test_when_full_one_makes_room(operations: List[Operation], left: List[str]) -> None:
    outbox = filled(*operations)
    assert outbox.dropped == 1
    assert take_all(outbox) == left
    assert outbox.empty


def test_what_is_put_back_may_be_too_much() -> None:
    outbox = filled(said("a"), said("b"), said("c"))
    taken = outbox.take(3)
    for name in "de":
        outbox.put(said(name))
    outbox.put_back(taken)
    assert outbox.dropped == 2
    assert take_all(outbox) == ["c", "d", "e"]


def test_losses_are_counted_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "plumpy.outbox"):
        outbox = filled(*[said(str(number)) for number in range(8)])
    assert outbox.dropped == 5
    assert [record.message for record in caplog.records] == [
        "the broker is too slow or away: more than 3 broadcasts wait, from now on the oldest are dropped"
    ]


@pytest.mark.parametrize("final", [False, True])
def test_it_does_not_grow_during_an_outage(final: bool) -> None:
    outbox = filled(*[said(str(number), final) for number in range(1000)])
    assert len(outbox._queue) < 100
    assert take_all(outbox) == ["997", "998", "999"]


def test_processes_that_come_and_go_during_an_outage_leave_nothing() -> None:
    outbox = Outbox()
    for number in range(1000):
        outbox.put(Operation(BIND, str(number)))
        outbox.put(Operation(UNBIND, str(number)))
    assert outbox.empty
    assert len(outbox._queue) < 100
    assert outbox.take(1) == []


def test_a_binding_that_was_taken_is_not_cancelled_out() -> None:
    outbox = filled(Operation(BIND, "p"))
    assert names(outbox.take(1)) == ["p"]
    outbox.put(Operation(UNBIND, "p"))
    outbox.finished(1)
    assert [operation.kind for operation in outbox.take(5)] == [UNBIND]


def test_a_binding_that_was_put_back_is_cancelled_out() -> None:
    outbox = filled(Operation(BIND, "p"))
    outbox.put_back(outbox.take(1))
    outbox.put(Operation(UNBIND, "p"))
    assert outbox.take(5) == []
    assert outbox.empty


def test_the_same_process_again() -> None:
    """It's bound, goes, and is back: one of the two bindings stays, whichever."""
    outbox = filled(Operation(BIND, "p"), Operation(UNBIND, "p"), Operation(BIND, "p"))
    assert [operation.kind for operation in outbox.take(5)] == [BIND]


def test_flush_waits_for_what_is_in_hand() -> None:
    outbox = filled(said("a"))
    outbox.take(1)
    assert not outbox.flush(0)
    outbox.finished(1)
    assert outbox.flush(0)


def test_flush_does_not_wait_for_what_comes_later() -> None:
    """Or nobody could flush the outbox of processes that are busy."""
    outbox = filled(said("a"))
    done = []
    flusher = threading.Thread(target=lambda: done.append(outbox.flush(PATIENCE)), daemon=True)
    waits = threading.Event()
    wait_for = outbox._idle.wait_for

    def tell_and_wait(*args: Any) -> Any:
        waits.set()  # the lock is held: nobody gets in between
        return wait_for(*args)

    outbox._idle.wait_for = tell_and_wait  # type: ignore[method-assign]
    flusher.start()
    assert waits.wait(PATIENCE)
    outbox.put(said("b"))
    outbox.put(Operation(BIND, "p"))
    outbox.put(Operation(UNBIND, "p"))
    assert names(outbox.take(1)) == ["a"]
    outbox.finished(1)
    flusher.join(PATIENCE)
    assert done == [True]
    assert not outbox.empty


def test_flush_ends_when_the_last_that_waits_is_dropped() -> None:
    outbox = filled(said("a"), capacity=1)
    done = []
    flusher = threading.Thread(target=lambda: done.append(outbox.flush(PATIENCE)), daemon=True)
    flusher.start()
    while not outbox._idle._waiters:  # type: ignore[attr-defined]
        pass
    outbox.put(said("b"))
    flusher.join(PATIENCE)
    assert done == [True]


def test_flush_of_nothing() -> None:
    assert Outbox().flush(None)


def test_closing_tells_how_much_is_lost() -> None:
    outbox = filled(*[said(str(number)) for number in range(5)], Operation(BIND, "p"))
    outbox.take(1)
    assert outbox.close() == 4  # three broadcasts, one of them in hand, and the binding
    assert outbox.empty
    assert outbox.close() == 0


def test_nothing_gets_into_a_closed_one() -> None:
    outbox = filled(said("a"), said("b"))
    taken = outbox.take(2)
    outbox.close()
    outbox.put_back(taken[:1])
    outbox.finished(1)
    assert not outbox.put(said("c"))
    assert outbox.take(5) == []
    assert outbox.empty


def test_who_waits_is_told_of_the_close() -> None:
    outbox = filled(said("a"))
    answers: List[bool] = []
    flusher = threading.Thread(target=lambda: answers.append(outbox.flush(None)), daemon=True)
    flusher.start()
    while not outbox._idle._waiters:  # type: ignore[attr-defined]
        pass
    outbox.close()
    flusher.join(PATIENCE)
    assert answers == [False]


def test_many_threads_put_and_one_takes() -> None:
    outbox, threads, each = Outbox(100_000), 4, 500
    taken: List[str] = []
    woken = threading.Semaphore(0)

    def put(name: int) -> None:
        for number in range(each):
            if outbox.put(said(f"{name} {number}")):
                woken.release()

    def work() -> None:
        while len(taken) < threads * each:
            assert woken.acquire(timeout=PATIENCE)
            while True:
                operations = outbox.take(7)
                if not operations:
                    break
                failed = operations[3:] if len(taken) % 5 == 0 else []
                outbox.put_back(failed)
                outbox.finished(len(operations) - len(failed))
                taken.extend(names(operations[: len(operations) - len(failed)]))

    worker = threading.Thread(target=work, daemon=True)
    putters = [threading.Thread(target=put, args=(name,)) for name in range(threads)]
    for thread in [worker, *putters]:
        thread.start()
    for thread in [*putters, worker]:
        thread.join(PATIENCE)
    assert not worker.is_alive()
    assert outbox.flush(0)
    for name in range(threads):
        assert [one for one in taken if one.startswith(f"{name} ")] == [f"{name} {number}" for number in range(each)]
