"""The loops of the legacy flavour, with whichever tornado is installed, or none."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import datetime
import functools
import gc
import importlib.metadata
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import weakref

import pytest

from plumpy_compat.legacy import loops

TORNADO = loops.TORNADO
tornado_only = pytest.mark.skipif(TORNADO is None, reason="tornado isn't installed")
tornado4_only = pytest.mark.skipif(TORNADO is None or TORNADO >= (5, 0), reason="that's about tornado 4")
tornado5_only = pytest.mark.skipif(TORNADO is None or TORNADO < (5, 0), reason="that's about tornado 5 and later")
facade_only = pytest.mark.skipif(TORNADO is not None, reason="tornado is installed")

VARIABLE: contextvars.ContextVar = contextvars.ContextVar("VARIABLE", default="unset")

if TORNADO is not None:
    from tornado import gen
    from tornado.concurrent import Future
    from tornado.ioloop import IOLoop, PeriodicCallback, TimeoutError as RunTimeout
else:
    from plumpy_compat.legacy.loops.facade import IOLoop

    RunTimeout = asyncio.TimeoutError


@pytest.fixture(autouse=True)
def no_current_loop():
    loops.clear_current()
    yield
    loops.clear_current()
    if TORNADO is not None and TORNADO < (5, 0):
        IOLoop.clear_instance()


@pytest.fixture
def make():
    """A function that makes a loop, which is closed in the end."""
    made = []

    def new():
        made.append(loops.new())
        return made[-1]

    yield new
    for loop in made:
        loop.close()


@pytest.fixture
def loop(make):
    return make()


@pytest.fixture
def asyncio_loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def run_in_context(value, function, *args):
    """Call it in a context of its own, where `VARIABLE` is `value`."""

    def call():
        VARIABLE.set(value)
        return function(*args)

    return contextvars.copy_context().run(call)


def turn(loop, times=10):
    """Run the loop for some turns."""
    left = [times]

    def again():
        left[0] -= 1
        if left[0]:
            loop.add_callback(again)
        else:
            loop.stop()

    loop.add_callback(again)
    loop.start()


def run_python(code, *args):
    """Run code in a new interpreter, and give its output."""
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestBothWays:
    def test_version(self):
        try:
            expected = tuple(int(part) for part in importlib.metadata.version("tornado").split(".")[:2])
        except importlib.metadata.PackageNotFoundError:
            expected = None
        assert expected == TORNADO

    def test_an_asyncio_loop_is_given_back(self, asyncio_loop):
        assert loops.asyncio_loop(asyncio_loop) is asyncio_loop

    def test_there_and_back(self, asyncio_loop):
        io = loops.io_loop(asyncio_loop)
        assert isinstance(io, IOLoop)
        assert loops.io_loop(asyncio_loop) is io
        assert loops.asyncio_loop(io) is asyncio_loop

    def test_back_and_there(self, loop):
        assert isinstance(loop, IOLoop)
        assert loops.io_loop(loops.asyncio_loop(loop)) is loop

    def test_none_is_the_current_loop(self, loop):
        loops.make_current(loop)
        assert loops.asyncio_loop(None) is loop.asyncio_loop

    @pytest.mark.parametrize("wrong", [3, "loop", object(), asyncio.new_event_loop])
    def test_what_is_no_loop(self, wrong):
        with pytest.raises(TypeError, match="isn't an event loop"):
            loops.asyncio_loop(wrong)

    @tornado_only
    def test_tornados_own_loop_on_asyncio(self):
        from tornado.platform.asyncio import AsyncIOLoop

        io = AsyncIOLoop(make_current=False)
        inner = loops.asyncio_loop(io)
        assert inner is io.asyncio_loop
        assert loops.io_loop(inner) is io
        seen = []
        io.add_callback(lambda: seen.append(IOLoop.current() is io))
        io.add_callback(io.stop)
        io.start()
        assert seen == [True]
        io.close()

    @tornado4_only
    def test_an_installed_main_loop(self, asyncio_loop):
        from tornado.platform.asyncio import AsyncIOMainLoop

        asyncio.set_event_loop(asyncio_loop)
        main = AsyncIOMainLoop(make_current=False)
        main.install()
        assert loops.io_loop(asyncio_loop) is main

    def test_it_is_collected_with_its_asyncio_loop(self):
        loop = loops.new()
        loops.clear_current()
        loop.run_sync(lambda: None)
        references = [weakref.ref(loop), weakref.ref(loops.asyncio_loop(loop))]
        loop.close()
        del loop
        gc.collect()
        assert [reference() for reference in references] == [None, None]

    @pytest.mark.skipif(TORNADO is not None and TORNADO >= (5, 0), reason="tornado itself keeps them")
    def test_an_open_loop_that_nobody_has_is_collected(self):
        inner = asyncio.new_event_loop()
        loops.io_loop(inner)
        inner.close()
        reference = weakref.ref(inner)
        del inner
        gc.collect()
        assert reference() is None

    def test_threads_that_ask_at_once_get_the_same(self, asyncio_loop):
        if TORNADO is not None and TORNADO >= (5, 0):
            pytest.skip("tornado refuses the second one")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(lambda _: loops.io_loop(asyncio_loop), range(64)))) == 1

    def test_the_modern_flavour_does_not_import_tornado(self):
        code = "import sys, plumpy_compat, plumpy_compat.aio; print('tornado' in sys.modules, 'legacy' in sys.modules)"
        assert run_python(code).split() == ["False", "False"]

    @tornado4_only
    def test_a_loop_that_was_made_too_early_is_refused(self):
        code = """if True:
            from tornado.ioloop import IOLoop
            early = IOLoop()
            from plumpy_compat.legacy import loops
            assert IOLoop.current() is early
            try:
                loops.asyncio_loop(early)
            except RuntimeError as error:
                print(error)
            IOLoop.clear_current()
            IOLoop.clear_instance()
            print(loops.asyncio_loop(IOLoop.current()))
        """
        first, second = run_python(code).splitlines()
        assert "EPollIOLoop" in first
        assert "import plumpy_compat.legacy" in first
        assert 'install_as_plumpy("legacy")' in first
        assert "running=False" in second


class TestCurrent:
    def test_a_new_loop_becomes_current_if_none_is(self, make):
        first = make()
        assert loops.current() is first
        second = make()
        assert second is not first
        assert loops.current() is first

    def test_one_is_made_and_stays(self):
        loop = loops.current()
        assert loops.current() is loop
        assert IOLoop.current() is loop
        assert asyncio.get_event_loop_policy().get_event_loop() is loop.asyncio_loop
        loop.close()

    def test_a_closed_one_is_replaced(self, make):
        loop = make()
        loops.make_current(loop)
        loop.close()
        other = loops.current()
        assert other is not loop
        assert other.run_sync(lambda: None) is None
        assert loops.current() is other
        other.close()

    def test_the_one_that_asyncio_has(self, asyncio_loop):
        asyncio.set_event_loop(asyncio_loop)
        found = loops.current()
        assert found.asyncio_loop is asyncio_loop
        assert IOLoop.current() is found

    def test_make_current_takes_either(self, make, asyncio_loop):
        first, second = make(), make()
        loops.make_current(second)
        assert loops.current() is second
        assert asyncio.get_event_loop_policy().get_event_loop() is second.asyncio_loop
        loops.make_current(asyncio_loop)
        assert loops.asyncio_loop(loops.current()) is asyncio_loop
        loops.make_current(first)
        assert IOLoop.current() is first

    def test_the_method_too(self, make):
        _, second = make(), make()
        second.make_current()
        assert loops.current() is second
        assert asyncio.get_event_loop_policy().get_event_loop() is second.asyncio_loop

    def test_clear_current(self, loop):
        loops.clear_current()
        with pytest.raises(RuntimeError):
            asyncio.get_event_loop_policy().get_event_loop()
        other = loops.current()
        assert other is not loop
        other.close()

    @tornado5_only
    def test_asyncios_own_is_current_again_afterwards(self, asyncio_loop):
        asyncio.set_event_loop(asyncio_loop)
        for end in (IOLoop.clear_current, loops.clear_current, lambda: None):
            for make_it in (IOLoop, loops.new):
                io = make_it()
                assert loops.current() is io
                end()
                io.close()
                assert IOLoop.current(instance=False) is None
                assert Future().get_loop() is asyncio_loop

    @tornado5_only
    @pytest.mark.parametrize("spoil", [loops.io_loop, lambda asyncio_loop: asyncio_loop.close()])
    def test_asyncios_own_is_not_if_it_is_closed_or_has_one_of_tornados(self, asyncio_loop, spoil):
        asyncio.set_event_loop(asyncio_loop)
        io = IOLoop()
        io.make_current()
        spoil(asyncio_loop)
        io.close()
        with pytest.raises(RuntimeError):
            asyncio.get_event_loop_policy().get_event_loop()

    def test_each_thread_has_its_own(self, loop):
        def there():
            mine = loops.new()
            try:
                return mine is loops.current()
            finally:
                loops.clear_current()
                mine.close()

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            assert pool.submit(there).result()
        assert loops.current() is loop

    def test_within_a_loop_that_asyncio_runs(self, loop):
        async def main():
            running = asyncio.get_running_loop()
            found = loops.current()
            return found is loops.io_loop(running) and found is IOLoop.current() and found.asyncio_loop is running

        assert asyncio.run(main())

    def test_while_it_runs(self, make):
        make()
        loop = make()
        seen = []

        def callback():
            seen.append(asyncio.get_running_loop() is loop.asyncio_loop)
            seen.append(asyncio.get_event_loop() is loop.asyncio_loop)
            seen.append(IOLoop.current() is loop)
            seen.append(loops.current() is loop)
            loop.stop()

        loop.add_callback(callback)
        loop.start()
        assert seen == [True] * 4

    def test_the_one_from_before_comes_back(self, make):
        first, second = make(), make()
        loops.make_current(first)
        second.run_sync(lambda: None)
        assert loops.current() is first

    @pytest.mark.skipif(TORNADO is not None and TORNADO >= (5, 0), reason="asyncio's running loop wins there")
    def test_another_made_current_while_one_runs(self, make):
        outer, inner = make(), make()
        seen = []

        def callback():
            inner.make_current()
            seen.append(IOLoop.current() is inner)
            inner.run_sync(lambda: seen.append(IOLoop.current() is inner))
            seen.append(IOLoop.current() is inner)

        outer.run_sync(callback)
        assert seen == [True] * 3
        assert IOLoop.current() is outer
        assert asyncio.get_event_loop_policy().get_event_loop() is outer.asyncio_loop

    @pytest.mark.skipif(TORNADO is not None and TORNADO >= (5, 0), reason="asyncio's running loop wins there")
    def test_another_that_is_closed_is_not_current_any_more(self, make):
        outer, inner = make(), make()
        seen = []

        def callback():
            inner.make_current()
            inner.close()
            seen.append(IOLoop.current() is outer)

        outer.run_sync(callback)
        assert seen == [True]

    @facade_only
    def test_as_tornado(self, loop):
        assert IOLoop.instance() is loop
        assert IOLoop.current(instance=False) is loop
        with pytest.raises(RuntimeError, match="already exists"):
            IOLoop(make_current=True)
        IOLoop.clear_instance()
        assert IOLoop.current(instance=False) is None
        IOLoop.clear_current()
        other = IOLoop(make_current=True)
        assert IOLoop.current() is other
        other.close()


class TestRunning:
    def test_run_sync_gives_the_result(self, loop):
        async def main():
            await asyncio.sleep(0)
            return 42

        assert loop.run_sync(main) == 42
        assert loop.run_sync(lambda: None) is None

    def test_run_sync_raises_the_error(self, loop):
        async def main():
            await asyncio.sleep(0)
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            loop.run_sync(main)
        with pytest.raises(ZeroDivisionError):
            loop.run_sync(lambda: 1 / 0)

    def test_run_sync_runs_out_of_time(self, loop):
        with pytest.raises(RunTimeout, match=r"Operation timed out after 0.01 seconds|^$"):
            loop.run_sync(lambda: loop.asyncio_loop.create_future(), timeout=0.01)
        assert loop.run_sync(lambda: None, timeout=60) is None

    def test_another_loop_within_a_callback(self, make):
        outer = make()
        seen = []

        def callback():
            inner = loops.new()

            async def main():
                await asyncio.sleep(0.001)
                return asyncio.get_running_loop() is inner.asyncio_loop

            seen.append(inner.run_sync(main))
            inner.close()
            seen.append(asyncio.get_running_loop() is outer.asyncio_loop)
            seen.append(loops.current() is outer)

        outer.run_sync(callback)
        assert seen == [True] * 3

    def test_start_and_stop_within_a_callback(self, make):
        outer, inner = make(), make()
        seen = []

        def callback():
            inner.add_callback(lambda: seen.append(loops.current() is inner))
            inner.add_callback(inner.stop)
            inner.start()
            seen.append(loops.current() is outer)

        outer.run_sync(callback)
        assert seen == [True, True]

    def test_another_loop_within_a_task(self, make):
        outer, inner = make(), make()

        async def main():
            task = asyncio.current_task()
            inner.run_sync(functools.partial(asyncio.sleep, 0))
            await asyncio.sleep(0)
            return asyncio.current_task() is task

        assert outer.run_sync(main)

    def test_ten_loops_deep(self, make):
        def deeper(depth):
            if depth == 0:
                return
            make().run_sync(functools.partial(deeper, depth - 1))
            seen.append(depth)

        seen = []
        deeper(10)
        assert seen == list(range(1, 11))

    def test_the_same_loop_is_refused(self, loop):
        def callback():
            with pytest.raises(RuntimeError, match="already running"):
                loop.start()

        loop.run_sync(callback)
        assert loop.run_sync(lambda: None) is None

    def test_within_asyncio_run(self, make):
        inner = make()

        async def main():
            return inner.run_sync(functools.partial(asyncio.sleep, 0, "slept"))

        assert asyncio.run(main()) == "slept"

    def test_it_is_usable_after_an_interrupt(self, loop):
        def interrupt():
            raise KeyboardInterrupt

        loop.add_callback(interrupt)
        with pytest.raises(KeyboardInterrupt):
            loop.start()
        assert loop.run_sync(lambda: None) is None

    @pytest.mark.skipif(TORNADO is not None and TORNADO >= (5, 0), reason="there it runs one turn")
    def test_stop_before_start(self, loop):
        seen = []
        loop.add_callback(seen.append, 1)
        loop.stop()
        loop.start()
        assert seen == []
        loop.add_callback(loop.stop)
        loop.start()
        assert seen == [1]

    def test_the_turn_ends_after_stop(self, loop):
        seen = []

        def first():
            loop.stop()
            loop.add_callback(seen.append, "at the next start")

        loop.add_callback(first)
        loop.add_callback(seen.append, "in this turn")
        loop.start()
        assert seen == ["in this turn"]

    def test_stop_from_a_thread(self, loop):
        started = threading.Event()

        def stop():
            started.wait()
            loop.stop()

        thread = threading.Thread(target=stop)
        thread.start()
        loop.add_callback(started.set)
        loop.start()
        thread.join()
        assert not loop.asyncio_loop.is_running()

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no timer of signals")
    @pytest.mark.parametrize("how", ["stop", "add_callback_from_signal"])
    @pytest.mark.filterwarnings("ignore:add_callback_from_signal is deprecated")
    def test_stop_from_a_signal_handler(self, loop, how):
        def handler(number, frame):
            if how == "stop":
                loop.stop()
            else:
                loop.add_callback_from_signal(loop.stop)

        before = signal.signal(signal.SIGALRM, handler)
        try:
            # The loop waits for nothing else by then.
            loop.add_callback(signal.setitimer, signal.ITIMER_REAL, 0.05)
            loop.start()
        finally:
            signal.signal(signal.SIGALRM, before)
        assert not loop.asyncio_loop.is_running()

    def test_a_closed_loop_ignores_callbacks(self):
        loop = loops.new()
        seen = []
        loop.close()
        loop.add_callback(seen.append, 1)
        loop.spawn_callback(seen.append, 1)
        with pytest.raises(RuntimeError, match="closed"):
            loop.start()
        loop.stop()
        assert seen == []

    def test_close_twice(self):
        loop = loops.new()
        loop.close()
        loop.close()
        assert loop.asyncio_loop.is_closed()

    def test_close_of_one_that_asyncio_closed(self, make):
        loop = make()
        loop.asyncio_loop.close()
        make()
        loop.close()
        assert loop.asyncio_loop.is_closed()


class TestCallbacks:
    def test_arguments(self, loop):
        seen = []

        def callback(*args, **kwargs):
            seen.append((args, kwargs))

        loop.add_callback(callback, 1, two=2)
        loop.spawn_callback(callback, 3, four=4)
        loop.call_later(0, callback, 5, six=6)
        loop.call_at(loop.time() + 0.001, callback, 7, eight=8)
        loop.add_timeout(datetime.timedelta(seconds=0.01), loop.stop)
        loop.start()
        assert seen == [((1,), {"two": 2}), ((3,), {"four": 4}), ((5,), {"six": 6}), ((7,), {"eight": 8})]

    def test_from_threads(self, loop):
        seen = []

        def work(number):
            for _ in range(50):
                loop.add_callback(seen.append, number)

        def done():
            for thread in threads:
                thread.join()
            loop.add_callback(loop.stop)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in [*threads, threading.Thread(target=done)]:
            thread.start()
        loop.start()
        assert sorted(seen) == [number for number in range(4) for _ in range(50)]

    def test_coroutine_functions_run(self, loop):
        seen = []

        async def coroutine(value):
            await asyncio.sleep(0)
            seen.append(value)
            if value == 2:
                loop.stop()

        loop.add_callback(coroutine, 1)
        loop.call_later(0.01, coroutine, value=2)
        loop.start()
        assert seen == [1, 2]

    def test_errors_are_logged(self, loop, caplog):
        async def coroutine():
            raise ValueError("of a coroutine")

        def function():
            raise KeyError("of a function")

        loop.add_callback(function)
        loop.add_callback(coroutine)
        with caplog.at_level(logging.ERROR):
            turn(loop)
        logger = "asyncio" if TORNADO is None else "tornado.application"
        assert [record.name for record in caplog.records] == [logger] * 2
        assert [record.exc_info[0] for record in caplog.records] == [KeyError, ValueError]

    def test_what_isnt_yieldable_is_ignored(self, loop, caplog):
        loop.add_callback(lambda: 7)
        loop.add_callback(loop.stop)
        loop.start()
        assert caplog.records == []

    def test_remove_timeout(self, loop):
        seen = []
        handle = loop.call_later(0, seen.append, "removed")
        other = loop.add_timeout(loop.time(), seen.append, "kept")
        loop.remove_timeout(handle)
        loop.remove_timeout(handle)
        loop.call_later(0.01, loop.stop)
        loop.start()
        assert seen == ["kept"]
        loop.remove_timeout(other)

    def test_a_deadline_that_is_none(self, loop):
        with pytest.raises(TypeError, match="Unsupported deadline 'soon'"):
            loop.add_timeout("soon", loop.stop)

    @tornado4_only
    def test_many_removed_timeouts_are_forgotten(self, loop):
        for handle in [loop.call_later(3600, loop.stop) for _ in range(2000)]:
            loop.remove_timeout(handle)
        assert len(loop._timeouts) < 1000
        loop.call_later(0, loop.stop)
        loop.start()
        assert loop._timeouts == []

    @tornado4_only
    def test_an_interrupt_does_not_lose_the_other_timeouts(self, loop):
        def interrupt():
            raise KeyboardInterrupt

        seen = []
        now = loop.time()
        loop.call_at(now, interrupt)
        loop.call_at(now, seen.append, "later")
        loop.call_at(now, loop.stop)
        with pytest.raises(KeyboardInterrupt):
            loop.start()
        loop.start()
        assert seen == ["later"]

    @tornado_only
    def test_periodic_callback(self, make):
        make()
        loop = make()
        loops.make_current(loop)
        seen = []

        def callback():
            seen.append(IOLoop.current() is loop)
            if len(seen) == 3:
                periodic.stop()
                loop.stop()

        periodic = PeriodicCallback(callback, 1)
        periodic.start()
        loop.start()
        assert seen == [True] * 3
        assert not periodic.is_running()


class TestContext:
    """A callback runs in the context in which it was added."""

    @pytest.mark.parametrize("how", ["add_callback", "spawn_callback"])
    def test_callbacks(self, loop, how):
        seen = []
        run_in_context("added", getattr(loop, how), lambda: seen.append(VARIABLE.get()))
        loop.add_callback(lambda: seen.append(VARIABLE.get()))
        loop.add_callback(loop.stop)
        loop.start()
        assert seen == ["added", "unset"]

    def test_timeouts(self, loop):
        seen = []
        run_in_context("added", loop.call_later, 0.001, lambda: seen.append(VARIABLE.get()))
        run_in_context("later", loop.call_later, 0.002, lambda: seen.append(VARIABLE.get()))
        loop.call_later(0.01, loop.stop)
        loop.start()
        assert seen == ["added", "later"]

    def test_from_a_thread(self, loop):
        seen = []
        thread = threading.Thread(
            target=run_in_context, args=("thread", loop.add_callback, lambda: seen.append(VARIABLE.get()))
        )
        thread.start()
        thread.join()
        loop.add_callback(loop.stop)
        loop.start()
        assert seen == ["thread"]

    @pytest.mark.parametrize("kind", ["asyncio", "thread", "tornado"])
    def test_add_future(self, loop, kind):
        if kind == "tornado":
            pytest.importorskip("tornado", reason="tornado isn't installed")
            from tornado.concurrent import Future

            loops.make_current(loop)
            future = Future()
        else:
            future = loop.asyncio_loop.create_future() if kind == "asyncio" else concurrent.futures.Future()
        seen = []

        def callback(done):
            seen.append((done is future, VARIABLE.get()))
            loop.stop()

        run_in_context("added", loop.add_future, future, callback)
        loop.add_callback(run_in_context, "completed", future.set_result, 1)
        loop.start()
        assert seen == [(True, "added")]

    def test_add_future_that_is_done(self, loop):
        future = concurrent.futures.Future()
        future.set_result(1)
        seen = []
        run_in_context("added", loop.add_future, future, lambda done: seen.append((done.result(), VARIABLE.get())))
        assert seen == []
        turn(loop)
        assert seen == [(1, "added")]

    def test_add_future_of_a_thread_that_ends_it(self, loop):
        seen = []

        def callback(done):
            seen.append((done.result(), VARIABLE.get(), threading.current_thread() is threading.main_thread()))
            loop.stop()

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            run_in_context("added", loop.add_future, pool.submit(lambda: 1), callback)
            loop.start()
        assert seen == [(1, "added", True)]

    @tornado_only
    def test_it_survives_a_yield(self, loop):
        @gen.coroutine
        def work(value):
            VARIABLE.set(value)
            seen = []
            for _ in range(3):
                yield gen.sleep(0.001)
                seen.append(VARIABLE.get())
            raise gen.Return(seen)

        @gen.coroutine
        def main():
            result = yield [run_in_context(name, work, name) for name in "ab"]
            raise gen.Return(result)

        assert loop.run_sync(main) == [["a"] * 3, ["b"] * 3]

    @pytest.mark.filterwarnings("ignore:add_callback_from_signal is deprecated")
    @pytest.mark.skipif(TORNADO is not None and TORNADO >= (5, 0), reason="tornado's own keeps it")
    def test_not_that_of_what_a_signal_interrupted(self, loop):
        seen = []
        run_in_context("interrupted", loop.add_callback_from_signal, lambda: seen.append(VARIABLE.get()))
        loop.add_callback(loop.stop)
        loop.start()
        assert seen == ["unset"]


@tornado_only
class TestYieldables:
    """What `async def` functions wait for, in coroutines of tornado."""

    def run(self, loop, yielded):
        """Yield what `yielded` gives, in a coroutine of tornado."""

        @gen.coroutine
        def main():
            result = yield yielded()
            raise gen.Return(result)

        return loop.run_sync(main)

    def test_sleep(self, loop):
        async def coroutine():
            await asyncio.sleep(0.001)
            await asyncio.sleep(0)
            return 1

        assert self.run(loop, coroutine) == 1

    def test_what_needs_a_task(self, loop):
        async def coroutine():
            assert asyncio.current_task() is not None
            return await asyncio.wait_for(asyncio.sleep(0.001, "slept"), 60)

        assert self.run(loop, coroutine) == "slept"

    def test_futures_of_tornado_and_asyncio(self, loop):
        async def coroutine():
            await gen.sleep(0.001)
            if TORNADO < (5, 0):
                await gen.moment
            future = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(future.set_result, 3)
            return await future

        assert self.run(loop, coroutine) == 3

    def test_coroutines_of_tornado(self, loop):
        @gen.coroutine
        def inner(value):
            yield gen.sleep(0.001)
            raise gen.Return(value)

        async def coroutine():
            return [await inner(1), await inner(2)]

        assert self.run(loop, coroutine) == [1, 2]

    def test_lists_and_dicts(self, loop):
        async def coroutine(value):
            await asyncio.sleep(0)
            return value

        assert self.run(loop, lambda: [coroutine(1), coroutine(2)]) == [1, 2]
        assert self.run(loop, lambda: {"a": coroutine(1)}) == {"a": 1}

    def test_other_awaitables(self, loop):
        class Awaitable:
            def __await__(self):
                yield from asyncio.sleep(0.001).__await__()
                return 5

        assert self.run(loop, Awaitable) == 5

    def test_asyncio_futures(self, loop):
        def future():
            made = loop.asyncio_loop.create_future()
            loop.call_later(0.001, made.set_result, 4)
            return made

        assert self.run(loop, future) == 4
        assert self.run(loop, lambda: asyncio.ensure_future(asyncio.sleep(0, 6))) == 6

    def test_errors(self, loop):
        async def coroutine():
            await asyncio.sleep(0)
            raise ValueError("of asyncio")

        with pytest.raises(ValueError, match="of asyncio"):
            self.run(loop, coroutine)

        @gen.coroutine
        def fails():
            yield gen.moment
            raise KeyError("of tornado")

        async def catches():
            try:
                await fails()
            except KeyError as error:
                return error.args

        assert self.run(loop, catches) == ("of tornado",)

    def test_context_variables(self, loop):
        async def coroutine():
            await asyncio.sleep(0)
            return VARIABLE.get()

        @gen.coroutine
        def main():
            result = yield coroutine()
            raise gen.Return(result)

        assert run_in_context("set", loop.run_sync, main) == "set"

    @tornado4_only
    def test_it_starts_at_once(self, loop):
        seen = []

        async def coroutine():
            seen.append(1)
            await asyncio.sleep(0)

        @gen.coroutine
        def main():
            future = gen.convert_yielded(coroutine())
            seen.append(2)
            yield future

        loop.run_sync(main)
        assert seen == [1, 2]

    @tornado4_only
    def test_a_moment_is_a_turn(self, loop):
        seen = []

        async def coroutine():
            loop.add_callback(seen.append, "callback")
            await gen.moment
            seen.append("coroutine")

        self.run(loop, coroutine)
        assert seen == ["callback", "coroutine"]

    @tornado4_only
    def test_a_cancelled_task(self, loop):
        def cancelled():
            task = asyncio.ensure_future(asyncio.sleep(3600))
            loop.add_callback(task.cancel)
            return task

        with pytest.raises(concurrent.futures.CancelledError):
            self.run(loop, cancelled)

    @tornado4_only
    def test_what_cant_be_awaited(self, loop):
        class Awaitable:
            def __await__(self):
                try:
                    yield 3
                except gen.BadYieldError as error:
                    return str(error)

        assert self.run(loop, Awaitable) == "yielded unknown object 3"

    @tornado4_only
    def test_futures_of_threads(self, loop):
        from tornado.concurrent import chain_future

        waiting = threading.Event()

        async def coroutine(pool):
            future = gen.Future()
            chain_future(pool.submit(waiting.wait), future)
            loop.call_later(0.01, waiting.set)
            return await future

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            assert self.run(loop, functools.partial(coroutine, pool)) is True

    @tornado4_only
    def test_stack_context(self, loop):
        from tornado import stack_context

        entered = []

        class Manager:
            def __enter__(self):
                entered.append("in")

            def __exit__(self, *error):
                entered.append(("out", error[0]))

        async def coroutine():
            entered.append("first")
            await asyncio.sleep(0)
            entered.append("second")

        @gen.coroutine
        def main():
            yield stack_context.run_with_stack_context(
                stack_context.StackContext(Manager), lambda: gen.convert_yielded(coroutine())
            )

        loop.run_sync(main)
        second = entered.index("second")
        assert entered[second - 1] == "in"
        assert entered[second + 1] == ("out", None)
        assert {entry[1] for entry in entered if isinstance(entry, tuple)} == {None}

    @tornado4_only
    def test_before_a_loop_runs(self, loop):
        async def coroutine():
            await asyncio.sleep(0)
            return 1

        future = gen.convert_yielded(coroutine())
        assert loop.run_sync(lambda: future) == 1


@tornado5_only
class TestTornado5:
    def test_new_loops_are_ours(self, make):
        assert IOLoop.configured_class() is type(make())

    def test_close_leaves_another_current_loop(self, make):
        first, second = make(), make()
        first.make_current()
        second.make_current()
        first.close()
        assert loops.current() is second
        second.close()
        with pytest.raises(RuntimeError):
            asyncio.get_event_loop_policy().get_event_loop()

    def test_close_leaves_another_that_became_current_when_it_was_made(self):
        first = IOLoop()
        second = IOLoop()
        second.make_current()
        first.close()
        assert loops.current() is second
        second.close()

    def test_make_current_does_not_warn(self, loop, recwarn):
        loop.make_current()
        assert [warning for warning in recwarn if "make_current" in str(warning.message)] == []


# Each function is run twice, with tornado's own loop and with ours, and must see the same. `see` is a list.
SCRIPT = """
import datetime, errno, json, logging, os, random, sys, threading, time

if sys.argv[1] == "ours":
    import plumpy_compat.legacy.loops

from tornado import gen, stack_context
from tornado.ioloop import IOLoop, PeriodicCallback, TimeoutError


def attempt(see, function, *args, **kwargs):
    try:
        see.append(function(*args, **kwargs))
    except Exception as error:
        see.append([type(error).__name__, str(error)])


def turn(loop, times=10):
    left = [times]

    def again():
        left[0] -= 1
        if left[0]:
            loop.add_callback(again)
        else:
            loop.stop()

    loop.add_callback(again)
    loop.start()


def stop_before_start(see):
    loop = IOLoop()
    loop.add_callback(see.append, 1)
    loop.stop()
    loop.stop()
    loop.start()
    see.append("started")
    loop.add_callback(loop.stop)
    loop.start()


def stop_in_a_callback(see):
    loop = IOLoop()

    def stop():
        loop.stop()
        loop.add_callback(see.append, "next turn")

    loop.add_callback(stop)
    loop.add_callback(see.append, "this turn")
    loop.start()
    see.append("stopped")
    loop.add_callback(loop.stop)
    loop.start()


def run_sync(see):
    loop = IOLoop()
    attempt(see, loop.run_sync, lambda: None)
    attempt(see, loop.run_sync, lambda: gen.maybe_future(5))
    attempt(see, loop.run_sync, lambda: 3)
    attempt(see, loop.run_sync, lambda: 1 / 0)
    attempt(see, loop.run_sync, lambda: gen.sleep(60), timeout=0.01)
    attempt(see, loop.run_sync, lambda: [gen.maybe_future(1), gen.maybe_future(2)])


def run_sync_after_stop(see):
    loop = IOLoop()
    loop.stop()
    attempt(see, loop.run_sync, lambda: None)


def current(see):
    see.append(IOLoop.current(instance=False) is None)
    first = IOLoop()
    second = IOLoop()
    see.append(IOLoop.current() is first)
    attempt(see, IOLoop, make_current=True)
    third = IOLoop(make_current=False)
    third.make_current()
    see.append(IOLoop.current() is third)
    third.close()
    see.append(IOLoop.current() is third)
    IOLoop.clear_current()
    see.append(IOLoop.current(instance=False))
    see.append(IOLoop.initialized())
    instance = IOLoop.instance()
    see.append(IOLoop.current() is instance)
    see.append(IOLoop.initialized())

    def there():
        see.append(IOLoop.current(instance=False))
        see.append(IOLoop.current() is instance)

    thread = threading.Thread(target=there)
    thread.start()
    thread.join()


def nested(see):
    outer = IOLoop()
    inner = IOLoop()

    @gen.coroutine
    def sleeps():
        see.append(IOLoop.current() is inner)
        yield gen.sleep(0.001)
        see.append(IOLoop.current() is inner)
        raise gen.Return("slept")

    def callback():
        see.append(IOLoop.current() is outer)
        see.append(inner.run_sync(sleeps))
        see.append(IOLoop.current() is outer)
        attempt(see, outer.start)
        inner.make_current()
        see.append(IOLoop.current() is inner)
        see.append(inner.run_sync(sleeps))
        see.append(IOLoop.current() is inner)
        outer.add_callback(lambda: see.append(IOLoop.current() is inner))

    outer.run_sync(callback)
    see.append(IOLoop.current() is outer)


def timeouts(see):
    loop = IOLoop()
    now = loop.time()
    loop.call_at(now - 1, see.append, "third")
    loop.call_at(now - 2, see.append, "second")
    loop.call_at(now - 3, lambda: loop.add_callback(see.append, "added by the first"))
    loop.add_callback(see.append, "callback")
    turn(loop)
    for number in range(20):
        loop.call_at(now + 0.01, see.append, number)
    loop.add_timeout(datetime.timedelta(seconds=-1), see.append, "timedelta")
    removed = loop.call_at(now + 0.01, see.append, "removed")
    loop.remove_timeout(removed)
    loop.remove_timeout(removed)
    loop.call_at(now + 0.02, loop.stop)
    loop.start()
    attempt(see, loop.call_at, "soon", print)
    attempt(see, loop.add_timeout, None, print)


def removed_by_another_timeout(see):
    loop = IOLoop()
    now = loop.time()
    loop.call_at(now, lambda: loop.remove_timeout(second))
    second = loop.call_at(now, see.append, "removed")
    loop.call_at(now, see.append, "third")
    loop.call_later(0.01, loop.stop)
    loop.start()


def errors(see):
    loop = IOLoop()

    @gen.coroutine
    def fails():
        yield gen.moment
        raise ValueError("of a coroutine")

    async def fails_too():
        await gen.moment
        raise ValueError("of an async def")

    def fail():
        raise KeyError("of a function")

    loop.add_callback(fail)
    turn(loop)
    loop.add_callback(fails)
    turn(loop)
    loop.spawn_callback(fails_too)
    turn(loop)
    loop.call_later(-1, fail)
    turn(loop)
    loop.add_future(gen.maybe_future(1), lambda future: fail())
    turn(loop)
    loop.add_callback(lambda: 7)
    turn(loop)


def closed(see):
    loop = IOLoop()
    loop.close()
    attempt(see, loop.add_callback, print)
    attempt(see, loop.spawn_callback, print)
    attempt(see, loop.add_callback_from_signal, print)
    attempt(see, loop.stop)


def handlers(see):
    loop = IOLoop()
    reads, writes = os.pipe()

    def handler(fd, events):
        see.append([fd == reads, events, os.read(fd, 1).decode()])
        if see[-1][2] == "2":
            raise ValueError("of a handler")
        if see[-1][2] == "3":
            raise BrokenPipeError(errno.EPIPE, "the other side is gone")

    loop.add_handler(reads, handler, loop.READ)
    os.write(writes, b"1")
    turn(loop)
    os.write(writes, b"2")
    turn(loop)
    loop.update_handler(reads, 0)
    os.write(writes, b"3")
    turn(loop)
    loop.update_handler(reads, loop.READ)
    turn(loop)
    attempt(see, loop.update_handler, writes, loop.WRITE)
    attempt(see, loop.remove_handler, writes)
    loop.remove_handler(reads)
    loop.add_handler(writes, lambda fd, events: (see.append(events), loop.stop()), loop.WRITE)
    loop.start()
    attempt(see, loop.add_handler, writes, print, loop.READ)
    loop.close(all_fds=True)
    attempt(see, os.fstat, writes)
    os.close(reads)


def stack_contexts(see):
    loop = IOLoop()

    class Manager:
        def __init__(self, name):
            self.name = name

        def __enter__(self):
            active.append(self.name)

        def __exit__(self, *error):
            active.pop()

    active = []

    def look(name):
        see.append([name, list(active)])

    def caught(kind, error, traceback):
        see.append(["caught", str(error), list(active)])
        return True

    def fail():
        raise ValueError("for the handler")

    future = gen.Future()
    with stack_context.StackContext(lambda: Manager("a")):
        loop.add_callback(look, "callback")
        loop.call_later(-2, look, "timeout")
        loop.spawn_callback(look, "spawned")
        loop.add_callback_from_signal(look, "signal")
        loop.add_future(future, lambda done: look("future"))
        with stack_context.ExceptionStackContext(caught):
            loop.add_callback(fail)
            loop.call_later(-1, fail)
    with stack_context.StackContext(lambda: Manager("b")):
        loop.add_callback(future.set_result, 1)
    loop.add_callback(look, "none")
    turn(loop)


def periodic(see):
    loop = IOLoop()

    def callback():
        see.append(periodic.is_running())
        if len(see) == 3:
            periodic.stop()
            loop.stop()
        raise ValueError("of a periodic callback")

    periodic = PeriodicCallback(callback, 1)
    periodic.start()
    loop.start()
    see.append(periodic.is_running())


def clock(see):
    loop = IOLoop(time_func=time.monotonic)
    see.append(abs(loop.time() - time.monotonic()) < 60)
    now = time.monotonic()
    loop.call_at(now + 0.002, see.append, "second")
    loop.call_at(now + 0.001, see.append, "first")
    loop.call_later(0.01, loop.stop)
    loop.start()


def coroutines(see):
    loop = IOLoop()

    @gen.coroutine
    def work(name):
        for number in range(3):
            yield gen.moment
            see.append([name, number])
        raise gen.Return(name)

    @gen.coroutine
    def main():
        results = yield [work("a"), work("b")]
        see.append(results)
        try:
            yield gen.with_timeout(datetime.timedelta(milliseconds=5), gen.sleep(60))
        except gen.TimeoutError as error:
            see.append(str(error))

    loop.run_sync(main)


def any_order(see):
    for seed in range(100):
        chance = random.Random(seed)
        loop = IOLoop(make_current=False)
        now = loop.time()
        names = iter(range(100000))
        scheduled = []

        def act(name):
            see.append(name)
            scheduled.remove(name)
            if len(see) < 100 * (seed + 1):
                for _ in range(chance.choice([0, 1, 1, 2])):
                    schedule(chance.choice([loop.add_callback, loop.spawn_callback, later]))
            if not scheduled:
                loop.stop()

        def later(function, name):
            future = gen.Future()
            loop.add_future(future, lambda done: function(name))
            future.set_result(None)

        def timeout(function, name):
            return loop.call_at(now - chance.randrange(1, 5), function, name)

        def schedule(how):
            name = next(names)
            scheduled.append(name)
            return how(act, name)

        for handle in [schedule(timeout) for _ in range(20)][::4]:
            loop.remove_timeout(handle)
        for name in range(20)[::4]:
            scheduled.remove(name)
        for _ in range(10):
            schedule(loop.add_callback)
        loop.start()
        loop.close()


class Collect(logging.Handler):
    def emit(self, record):
        error = record.exc_info and record.exc_info[1]
        self.seen.append([record.name, record.levelname, record.msg, repr(error)])


def main():
    collect = Collect(logging.WARNING)
    logging.getLogger().addHandler(collect)
    result = {}
    for name in sys.argv[2:]:
        IOLoop.clear_current()
        IOLoop.clear_instance()
        see = collect.seen = result[name] = []
        globals()[name](see)
    print(json.dumps(result))


main()
"""
SCENARIOS = re.findall(r"^def (\w+)\(see\):", SCRIPT, re.MULTILINE)


@pytest.fixture(scope="module")
def seen_with_epoll():
    return json.loads(run_python(SCRIPT, "tornado", *SCENARIOS))


@pytest.fixture(scope="module")
def seen_with_ours():
    return json.loads(run_python(SCRIPT, "ours", *SCENARIOS))


@tornado4_only
class TestTornado4:
    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_as_epoll(self, scenario, seen_with_epoll, seen_with_ours):
        assert seen_with_epoll[scenario]
        assert seen_with_ours[scenario] == seen_with_epoll[scenario]

    def test_new_loops_are_ours(self):
        from plumpy_compat.legacy.loops.tornado4 import LegacyIOLoop

        for made in (IOLoop(), IOLoop.instance()):
            assert type(made) is LegacyIOLoop
            made.close()

    def test_close_closes_descriptors(self):
        loop = loops.new()
        reads, writes = os.pipe()
        loop.add_handler(reads, lambda fd, events: None, loop.READ)
        loop.close(all_fds=True)
        os.close(writes)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(reads)

    def test_the_loop_of_a_handlers_callback(self, loop):
        reads, writes = os.pipe()
        seen = []

        def handler(fd, events):
            seen.append((IOLoop.current() is loop, VARIABLE.get()))
            loop.stop()

        run_in_context("added", loop.add_handler, reads, handler, loop.READ)
        os.write(writes, b"1")
        loop.start()
        assert seen == [(True, "added")]
        loop.remove_handler(reads)
        os.close(reads)
        os.close(writes)

    def test_a_tornado_coroutine_within_asyncio_run(self):
        @gen.coroutine
        def work():
            yield gen.sleep(0.001)
            raise gen.Return("slept")

        async def main():
            done = asyncio.get_running_loop().create_future()
            IOLoop.current().add_future(work(), lambda future: done.set_result(future.result()))
            return await done

        assert asyncio.run(main()) == "slept"

    def test_plain_asyncio_tasks_run_beside(self, loop):
        seen = []

        async def task():
            for _ in range(2):
                await asyncio.sleep(0)
                seen.append("task")

        @gen.coroutine
        def main():
            running = asyncio.ensure_future(task())
            yield gen.moment
            seen.append("main")
            yield running

        loop.run_sync(main)
        assert sorted(seen) == ["main", "task", "task"]


@pytest.mark.skipif(loops.TORNADO is None, reason="tornado isn't installed")
def test_the_loop_that_tornado_makes_itself_starts_within_another():
    from tornado.ioloop import IOLoop

    loops.clear_current()
    asyncio.set_event_loop(asyncio.new_event_loop())
    own = IOLoop.current()
    other = loops.new()
    seen = []

    def nest():
        seen.append(own.run_sync(lambda: gen_sleep(0)))
        other.stop()

    other.add_callback(nest)
    other.start()
    assert seen == [None]
    other.close()
    own.close()
    loops.clear_current()


def gen_sleep(seconds):
    from tornado import gen

    return gen.sleep(seconds)
