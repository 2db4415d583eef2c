"""In which order things happen: as under tornado, with coroutines as `async def` and with eager ones.

In the programs a call that is started and not waited for at once is under `api.start`, as rewritten code has it for an
`async def`. All their traces are what tornado 4.5.3 gave.
"""

from __future__ import annotations

import concurrent.futures
import datetime
import random
import time
from typing import Any, Callable, Dict, List, Tuple

import pytest

from tests.runtime.helpers import PATIENCE
from tests.runtime.two_sides import by_tornado, eager_coroutine, native_coroutine, ours, tornado_version

LATE = datetime.timedelta(seconds=PATIENCE)
PROGRAMS: Dict[str, Any] = {}


def program(expected: str) -> Callable[..., Any]:
    def register(function: Any) -> Any:
        PROGRAMS[function.__name__] = (function, expected.split())
        return function

    return register


def _saying(api: Any, trace: List[str], name: str, turns: int = 1, result: Any = None) -> Any:
    """A coroutine that tells of its start and end, and waits so many turns between them."""

    @api.coroutine
    def coroutine() -> Any:
        trace.append(f"{name}-in")
        for _ in range(turns):
            yield None
        trace.append(f"{name}-out")
        return result

    return coroutine()


def _rival(api: Any, trace: List[str], *names: str) -> None:
    """Have something said at each of the next turns."""

    def say(name: str, *others: str) -> None:
        trace.append(name)
        if others:
            api.later(say, *others)

    api.later(say, *names)


@program("a-in called started a-out b-in b-out after")
def a_call_runs_up_to_where_it_waits(api: Any) -> Any:
    trace: List[str] = []
    first = api.start(_saying(api, trace, "a"))
    trace.append("called")
    trace.append("done" if first.done() else "started")
    yield first
    yield _saying(api, trace, "b")
    return [*trace, "after"]


@program("a-in a-out done 1 1 turn")
def what_never_waits_is_done_by_the_call(api: Any) -> Any:
    trace: List[str] = []
    _rival(api, trace, "turn")
    stored = api.start(_saying(api, trace, "a", 0, 1))
    trace.append("done" if stored.done() else "pending")
    trace.append(str((yield stored)))
    trace.append(str((yield stored)))
    yield None
    return trace


@program("outer-in inner-in inner-out outer-out done turn")
def nested_calls_that_never_wait_take_no_turn(api: Any) -> Any:
    trace: List[str] = []

    @api.coroutine
    def outer() -> Any:
        trace.append("outer-in")
        yield _saying(api, trace, "inner", 0)
        yield [_done(api, 1), _thread_done(2), None]
        yield {}
        trace.append("outer-out")

    _rival(api, trace, "turn")
    yield outer()
    trace.append("done")
    yield None
    return trace


@program("1 2 error [3] first 4 turn")
def done_futures_take_no_turn(api: Any) -> Any:
    trace: List[str] = []
    _rival(api, trace, "turn")
    trace.append(str((yield _done(api, 1))))
    trace.append(str((yield _thread_done(2))))
    try:
        yield _thread_done(ValueError("error"))
    except ValueError as error:
        trace.append(str(error))
    trace.append(str((yield [_thread_done(3)])))
    trace.append((yield api.WaitIterator(_done(api, "first"), api.Future()).next()))
    trace.append(str((yield api.with_timeout(LATE, _done(api, 4)))))
    yield None
    return trace


@program("a-in b-in c-in called a-out b-out c-out")
def calls_that_nobody_waits_for_start_in_order_and_go_on(api: Any) -> Any:
    trace: List[str] = []
    for name in "abc":
        api.start(_saying(api, trace, name))
    trace.append("called")
    yield None
    yield None
    return trace


@program("a-in b-in 1 2 a-out b-out {'c':3,'d':[4]} 3 done")
def children_start_in_order_when_they_are_listed(api: Any) -> Any:
    trace: List[str] = []
    _rival(api, trace, "1", "2", "3")
    yield [_saying(api, trace, "a", 2), _saying(api, trace, "b", 2)]
    found = yield {"c": _saying(api, [], "c", 1, 3), "d": [_saying(api, [], "d", 0, 4)]}
    return [*trace[:-1], str(found).replace(" ", ""), trace[-1], "done"]


@program("a-in b-in b-out 1 a-out 2 after")
def who_waits_for_several_goes_on_a_turn_after_the_last(api: Any) -> Any:
    trace: List[str] = []
    both = api.multi([api.start(_saying(api, trace, "a", 2)), [api.start(_saying(api, trace, "b", 1))]])
    _rival(api, trace, "1", "2", "3", "4")
    yield api.with_timeout(LATE, both)
    return [*trace, "after"]


@program("early called late late-caught 1")
def errors_before_and_after_the_first_wait_are_raised_by_yield(api: Any) -> Any:
    trace: List[str] = []

    @api.coroutine
    def fails(wait: bool) -> Any:
        if wait:
            yield None
            trace.append("late")
        raise ValueError("late-caught" if wait else "early")

    early = api.start(fails(False))
    late = api.start(fails(True))
    for one in (early, late):
        try:
            yield one
        except ValueError as error:
            trace.append(str(error))
        if one is early:
            trace.append("called")
    return [*trace, "1"]


@program("4 3 2 1 0 called 0 1 2 3 4")
def recursion_is_nested(api: Any) -> Any:
    trace: List[str] = []

    @api.coroutine
    def count(left: int) -> Any:
        trace.append(str(left))
        if left:
            yield api.start(count(left - 1))
        else:
            yield None
        trace.append(str(left))

    stored = api.start(count(4))
    trace.append("called")
    yield stored
    return trace


@program("one two set one:1 two:1")
def waiters_of_one_future_go_on_in_order(api: Any) -> Any:
    trace: List[str] = []
    shared = api.Future()

    @api.coroutine
    def wait(name: str) -> Any:
        trace.append(name)
        value = yield shared
        trace.append(f"{name}:{value}")

    waiting = [api.start(wait("one")), api.start(wait("two"))]
    shared.set_result(1)
    trace.append("set")
    yield waiting
    return trace


@program("direct-in later plain-in kw direct-out later-out")
def callbacks_run_before_what_is_scheduled_after_them(api: Any) -> Any:
    trace: List[str] = []

    @api.coroutine
    def later(say: str) -> Any:
        trace.append(say)
        yield None
        trace.append(f"{say}-out")

    api.later(later, say="later")
    api.later(trace.append, "plain-in")
    api.later(lambda **kwargs: trace.extend(kwargs), kw=1)
    yield _saying(api, trace, "direct")
    yield None
    return trace


@program("added 1 coroutine-in thread:2 coroutine-out")
def add_future_calls_back_at_the_next_turn(api: Any) -> Any:
    trace: List[str] = []

    @api.coroutine
    def coroutine(done: Any) -> Any:
        trace.append("coroutine-in")
        yield None
        trace.append("coroutine-out")

    api.add_future(_done(api, 1), lambda done: trace.append(str(done.result())))
    api.add_future(_done(api, 1), coroutine)
    api.add_future(_thread_done(2), lambda done: trace.append(f"thread:{done.result()}"))
    trace.append("added")
    while "coroutine-out" not in trace or "thread:2" not in trace:
        yield api.sleep(0.001)
    return trace


@program("set 1-in 2 after")
def add_future_calls_back_after_who_waited_before(api: Any) -> Any:
    trace: List[str] = []
    future = api.Future()
    api.add_future(future, lambda done: trace.append(f"{done.result()}-in"))
    api.add_future(future, lambda done: trace.append("2"))
    future.set_result(1)
    trace.append("set")
    yield None
    yield None
    return [*trace, "after"]


@program("first second:2 coroutine-in coroutine-out")
def call_later_takes_coroutine_functions_and_keywords(api: Any) -> Any:
    trace: List[str] = []

    @api.coroutine
    def coroutine(name: str) -> Any:
        trace.append(f"{name}-in")
        yield None
        trace.append(f"{name}-out")

    api.cancel(api.call_later(0, trace.append, "cancelled"))
    api.call_later(0, trace.append, "first")
    api.call_later(0.001, lambda one, two: trace.append(f"{one}:{two}"), "second", two=2)
    api.call_later(0.002, coroutine, name="coroutine")
    while "coroutine-out" not in trace:
        yield api.sleep(0.001)
    return trace


@program("a-in called a-out ok")
def with_timeout_and_wait_iterator_start_nothing_anew(api: Any) -> Any:
    trace: List[str] = []
    waiting = api.with_timeout(LATE, _saying(api, trace, "a"))
    trace.append("called")
    yield waiting
    waiter = api.WaitIterator(waiting)
    yield waiter.next()
    return [*trace, "ok" if waiter.done() else "not done"]


@program("slow-in quick-in quick slow")
def wait_iterator_starts_in_order_and_gives_the_quick_one_first(api: Any) -> Any:
    trace: List[str] = []
    waiter = api.WaitIterator(_saying(api, trace, "slow", 3, "slow"), _saying(api, trace, "quick", 1, "quick"))
    while not waiter.done():
        trace.append((yield waiter.next()))
    return [one for one in trace if not one.endswith("-out")]


@program("a b notified a:True all b:True c:True")
def a_condition_wakes_in_order_without_a_lock(api: Any) -> Any:
    trace: List[str] = []
    condition = api.Condition()

    @api.coroutine
    def wait(name: str) -> Any:
        trace.append(name)
        found = yield condition.wait(LATE if name == "b" else None)
        trace.append(f"{name}:{found}")

    condition.notify()  # nobody waits: it's lost
    waiting = [api.start(wait("a")), api.start(wait("b"))]
    condition.notify()
    trace.append("notified")
    yield waiting[0]
    waiting.append(api.start(wait("c")))
    condition.notify_all()
    trace[-1:] = ["all"] if trace[-1] == "c" else ["c", "all"]
    yield waiting
    return trace


@program("False False True True")
def a_condition_gives_false_when_the_time_is_over(api: Any) -> Any:
    condition = api.Condition()
    kept = condition.wait()
    found = [(yield condition.wait(datetime.timedelta(milliseconds=1))), (yield condition.wait(time.time() - 1))]
    late = condition.wait(time.time() + PATIENCE)
    condition.notify(2)  # those whose time is over don't count
    return [str(one) for one in (*found, (yield kept), (yield late))]


def _done(api: Any, value: Any) -> Any:
    future = api.Future()
    future.set_result(value)
    return future


def _thread_done(outcome: Any) -> Any:
    future: Any = concurrent.futures.Future()
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
    return future


@pytest.mark.parametrize("coroutine", [eager_coroutine, native_coroutine])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_trace_of_a_program(name: str, coroutine: Any) -> None:
    function, expected = PROGRAMS[name]
    assert ours(function, coroutine) == expected


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_trace_of_a_program_side_by_side_with_tornado(name: str) -> None:
    function, expected = PROGRAMS[name]
    if tornado_version() > 4 and name == "who_waits_for_several_goes_on_a_turn_after_the_last":
        pytest.skip("tornado 5 and later run on asyncio's loop, and go on two turns later")
    assert by_tornado(function) == expected


# --- Programs at random -----------------------------------------------------------------------------------------------

Step = Tuple[str, Any]
LEAVES = "say moment wait set await raise".split()
CALLS = "call start store callback list dict".split()


def _random_body(rng: random.Random, depth: int) -> List[Step]:
    steps: List[Step] = []
    for _ in range(rng.randint(1, 4)):
        kind = rng.choice(LEAVES + CALLS if depth else LEAVES)
        if kind in ("list", "dict"):
            steps.append((kind, [_random_body(rng, depth - 1) for _ in range(rng.randint(0, 3))]))
        else:
            steps.append((kind, _random_body(rng, depth - 1) if kind in CALLS else rng.randint(0, 2)))
    return steps


def _performing(body: List[Step]) -> Callable[[Any], Any]:
    """The scenario that performs the steps, and gives the trace of all that ran, in turns that are counted."""

    def scenario(api: Any) -> Any:
        trace: List[Any] = []
        futures = [api.Future() for _ in range(3)]
        started: List[Any] = []
        clock = 0

        @api.coroutine
        def perform(place: str, body: List[Step]) -> Any:
            stored = None
            for number, (kind, what) in enumerate(body):
                here = f"{place}.{number}"
                trace.append((clock, here, kind))
                found = None
                try:
                    if kind == "moment":
                        yield None
                    elif kind == "call":
                        found = yield perform(here, what)
                    elif kind == "start":
                        started.append(perform(here, what))
                    elif kind == "store":
                        stored = perform(here, what)
                        started.append(stored)
                    elif kind == "wait" and stored is not None:
                        found = stored.done(), (yield stored)
                    elif kind == "callback":
                        api.later(perform, here, what)
                    elif kind == "list":
                        found = yield [perform(f"{here}.{i}", one) for i, one in enumerate(what)]
                    elif kind == "dict":
                        found = yield {i: perform(f"{here}.{i}", one) for i, one in enumerate(what)}
                    elif kind == "await":
                        found = yield futures[what]
                    elif kind == "set" and not futures[what].done():
                        futures[what].set_result(what)
                    elif kind == "raise":
                        raise ValueError(here)
                except ValueError as error:
                    found = str(error)
                    if number % 2:
                        raise
                trace.append((clock, here, found))
            return place

        started.append(perform("", body))
        for clock in range(60):
            for one in futures if clock == 30 else ():
                if not one.done():
                    one.set_result("late")
            yield None
        return [*trace, *(str(one.exception()) for one in started)]  # no error is lost, so none is logged later

    return scenario


@pytest.mark.parametrize("seed", range(0, 200, 50))
def test_random_programs_side_by_side_with_tornado(seed: int) -> None:
    if tornado_version() > 4:
        pytest.skip("tornado 5 and later run on asyncio's loop")
    for number in range(seed, seed + 50):
        scenario = _performing(_random_body(random.Random(number), 3))
        assert ours(scenario) == by_tornado(scenario), f"program {number}"
