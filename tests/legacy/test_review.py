"""What programs in the style of 2019 did otherwise on this flavour than on plumpy 0.15."""

from __future__ import annotations

import asyncio
import concurrent.futures
import importlib
from typing import Any, Callable, Dict, Iterator

import pytest

import plumpy_compat.legacy as plumpy
from plumpy_compat.legacy import loops
from plumpy_compat.legacy.communications import plum_to_kiwi_future
from plumpy_compat.legacy.process_states import ProcessState, Waiting

pytestmark = pytest.mark.filterwarnings("ignore::plumpy_compat.legacy.PlumpyCompatDeprecationWarning")

if loops.TORNADO is not None:
    from tornado import gen

needs_tornado = pytest.mark.skipif(loops.TORNADO is None, reason="tornado isn't installed")


@pytest.fixture(autouse=True)
def loop() -> Iterator[Any]:
    own = plumpy.new_event_loop()
    yield own
    own.close()
    plumpy.set_event_loop(None)


def coroutine(function: Callable[..., Any]) -> Any:
    """tornado's decorator, where there is one."""
    return gen.coroutine(function) if loops.TORNADO is not None else function


class Ask(plumpy.Process):
    def run(self) -> Any:
        return plumpy.Wait(self.answered)

    def answered(self, answer: Any = None) -> Any:
        return answer


def with_state(state: Any) -> Any:
    """A process whose state of waiting is this one."""

    class Own(Ask):
        @classmethod
        def get_state_classes(cls) -> Dict[Any, Any]:
            return {**super().get_state_classes(), ProcessState.WAITING: state}

    return Own


# -- states that wait in their own way -----------------------------------------------------------------------------


@needs_tornado
@pytest.mark.parametrize("early", [True, False])
def test_a_state_may_wait_for_the_future_of_its_base(loop: Any, early: bool) -> None:
    class Own(Waiting):
        @coroutine
        def execute(self) -> Any:
            if early:
                yield gen.moment
            answer = yield self._waiting_future
            raise gen.Return(self.create_state(ProcessState.RUNNING, self.done_callback, ("own", answer)))

    process = with_state(Own)()
    done = process.step_until_terminated()
    process.resume(4)
    loop.run_sync(lambda: done)
    assert process.result() == ("own", 4)


def test_a_state_may_settle_the_future_of_its_base(loop: Any) -> None:
    class Own(Waiting):
        def resume(self, value: Any = None) -> None:
            self._waiting_future.set_result(("own", value))

    process = with_state(Own)()
    done = process.step_until_terminated()
    process.resume(4)
    loop.run_sync(lambda: done)
    assert process.result() == ("own", 4)


def test_a_state_may_fail_the_future_of_its_base(loop: Any) -> None:
    class Own(Waiting):
        def interrupt(self, reason: BaseException) -> None:
            self._waiting_future.set_exception(reason)

    process = with_state(Own)()
    done = process.step_until_terminated()
    pausing = process.pause()
    assert loop.run_sync(lambda: pausing) is True
    process.play()
    process.resume("later")
    loop.run_sync(lambda: done)
    assert process.result() == "later"


def test_a_pause_between_two_states_leaves_the_wait_alone(loop: Any) -> None:
    class Hooked(Ask):
        def on_waiting(self) -> None:
            super().on_waiting()
            self.pause()

    process = Hooked()
    done = process.step_until_terminated()
    loop.run_sync(lambda: plumpy.gather())
    assert (process.paused, process.state) == (True, ProcessState.WAITING)
    process.play()
    process.resume(2)
    loop.run_sync(lambda: done)
    assert process.result() == 2


# -- loops ---------------------------------------------------------------------------------------------------------


def test_run_sync_tells_that_a_future_was_cancelled(loop: Any) -> None:
    future = plumpy.Future()
    loop.call_later(0.001, future.cancel)
    with pytest.raises(plumpy.CancelledError):
        loop.run_sync(lambda: future)
    with pytest.raises(plumpy.CancelledError):
        loop.run_sync(lambda: future)


def test_run_sync_leaves_a_process_alone_when_its_time_is_up(loop: Any) -> None:
    process = Ask()
    done = process.step_until_terminated()
    with pytest.raises(Exception, match=r".*") as raised:
        loop.run_sync(process.future, timeout=0.01)
    assert "Timeout" in type(raised.value).__name__
    assert process.state == ProcessState.WAITING
    process.resume(1)
    loop.run_sync(lambda: done)
    assert process.result() == 1


@needs_tornado
def test_so_does_the_loop_that_tornado_makes_itself() -> None:
    from tornado.ioloop import IOLoop

    inner = asyncio.new_event_loop()
    asyncio.set_event_loop(inner)
    made = IOLoop.current()
    process = Ask(loop=made)
    process.step_until_terminated()
    with pytest.raises(Exception, match=r"timed out"):
        made.run_sync(process.future, timeout=0.01)
    assert process.state == ProcessState.WAITING
    process.kill()
    with pytest.raises(plumpy.KilledError):
        made.run_sync(process.future)
    made.close()


@needs_tornado
def test_a_list_of_futures_of_threads_may_be_yielded(loop: Any) -> None:
    @coroutine
    def waits() -> Any:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = yield [pool.submit(pow, 2, number) for number in range(20)]
            named = yield {"a": pool.submit(pow, 3, 2), "b": gen.sleep(0)}
            raise gen.Return((results, named["a"]))

    assert loop.run_sync(waits) == ([2**number for number in range(20)], 9)


@needs_tornado
def test_a_future_of_a_thread_that_fails_or_is_cancelled_is_told(loop: Any) -> None:
    cancelled: Any = concurrent.futures.Future()

    @coroutine
    def waits() -> Any:
        with concurrent.futures.ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
            yield [pool.submit(divmod, 1, 0)]
        loop.call_later(0.001, cancelled.cancel)
        with pytest.raises(plumpy.CancelledError):
            yield [cancelled]
        raise gen.Return("told")

    assert loop.run_sync(waits) == "told"


# -- futures -------------------------------------------------------------------------------------------------------


def test_a_step_ends_that_waits_for_a_thread_which_raises_stop_iteration(loop: Any) -> None:
    class Waits(plumpy.Process):
        def run(self) -> Any:
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                return pool.submit(next, iter([]))

    process = Waits()
    done = process.step_until_terminated()
    loop.run_sync(lambda: done, timeout=5)
    assert isinstance(process.exception(), RuntimeError)
    assert isinstance(process.exception().__cause__, StopIteration)


@needs_tornado
def test_run_sync_ends_with_a_future_that_stop_iteration_failed(loop: Any) -> None:
    future = plumpy.Future()
    loop.call_later(0.001, future.set_exception, StopIteration())
    with pytest.raises((StopIteration, RuntimeError)):
        loop.run_sync(lambda: future, timeout=5)


def test_a_chain_of_many_futures_is_no_deeper_than_tornados(loop: Any) -> None:
    first = last = plumpy.Future()
    for _ in range(150):
        last, before = plumpy.Future(), last
        plumpy.chain(before, last)
    first.set_result(1)
    assert last.result() == 1


# -- the rest ------------------------------------------------------------------------------------------------------


def test_a_cancelled_future_cancels_the_one_for_threads(loop: Any) -> None:
    future = plumpy.Future()
    other = plum_to_kiwi_future(future)
    told = plumpy.Future()
    other.add_done_callback(lambda done: told.set_result(done.cancelled()))
    loop.add_callback(future.cancel)
    assert loop.run_sync(lambda: told) is True


def test_the_version_is_an_attribute_of_the_package() -> None:
    assert plumpy.version is importlib.import_module("plumpy_compat.legacy.version")


@pytest.mark.skipif(loops.TORNADO is None or loops.TORNADO >= (5, 0), reason="that's about tornado 4")
def test_a_future_of_tornado_that_a_step_gives_is_told_in_the_users_file() -> None:
    class Chain(plumpy.WorkChain):
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outline(cls.first, cls.last)

        def first(self) -> Any:
            return plumpy.ToContext(slept=gen.sleep(0))

        def last(self) -> None:
            pass

    with pytest.warns(plumpy.PlumpyCompatDeprecationWarning, match="TOR211") as told:
        Chain().execute()
    assert [one.filename for one in told if "TOR211" in str(one.message)] == [__file__]
