"""Scenarios in which plain code runs the loop: nothing of them may be called while one runs."""
import json
import sys

import plumpy
from tornado import gen, ioloop

import scenario_processes as processes
from scenario_support import raised

BLOCKING = []


def blocking(function):
    BLOCKING.append(function)
    return function


@blocking
def executes():
    process = processes.Add(inputs={'a': 1, 'b': 2})
    outputs = process.execute()
    return [outputs, process.result(), process.state.value]


@blocking
def executes_what_fails():
    process = processes.Fail()
    return [raised(process.execute), process.state.value, raised(process.execute)[0]]


@blocking
def executes_a_chain():
    process = processes.Collects()
    return process.execute()


@blocking
def executes_after_loading():
    process = processes.Counts(inputs={'upto': 2})
    loop = process.loop()
    for _ in range(2):
        loop.run_sync(process.step)
    loaded = plumpy.Bundle(process).unbundle()
    return [loaded.execute(), process.state.value]


@blocking
def runs_futures():
    loop = plumpy.get_event_loop()
    future = plumpy.Future()
    loop.add_callback(future.set_result, 5)
    first = plumpy.run_until_complete(future)
    second = plumpy.run_until_complete(processes.Add(inputs={'a': 1}).future(), loop) if first is None else first
    return [first, second]


@blocking
def has_loops_of_its_own():
    before = plumpy.get_event_loop()
    loop = plumpy.new_event_loop()
    plumpy.set_event_loop(loop)
    process = processes.Add(inputs={'a': 1}, loop=loop)
    outputs = process.execute()
    current = plumpy.get_event_loop() is loop
    loop.close()
    plumpy.set_event_loop(before)
    return [outputs, current, plumpy.get_event_loop() is before]


@blocking
def runs_the_loop_for_ever():
    loop = ioloop.IOLoop.current()
    process = processes.Later()

    def stop(_future):
        loop.stop()

    process.future().add_done_callback(stop)
    loop.add_callback(process.step_until_terminated)
    loop.start()
    return process.result()


@blocking
def runs_functions():
    loop = ioloop.IOLoop.current()

    @gen.coroutine
    def slow(value=3):
        yield gen.sleep(0.005)
        raise gen.Return(value)

    failure = raised(loop.run_sync, lambda: slow(1 // 0))[0]
    try:
        loop.run_sync(lambda: gen.sleep(5), timeout=0.01)
    except ioloop.TimeoutError:
        timed_out = True
    else:
        timed_out = False
    return [loop.run_sync(slow), loop.run_sync(lambda: slow(4)), failure, timed_out, loop.run_sync(lambda: None)]


def run_blocking(only=()):
    """Run them, each with a fresh loop, and print a line of JSON for each."""
    for function in BLOCKING:
        if only and function.__name__ not in only:
            continue
        loop = ioloop.IOLoop()
        loop.make_current()
        try:
            outcome = ['ok', function()]
        except Exception as exception:  # pylint: disable=broad-except
            outcome = ['error', type(exception).__name__, str(exception)]
        finally:
            loop.close()
        print(json.dumps({'name': function.__name__, 'outcome': outcome}, sort_keys=True, default=repr))
        sys.stdout.flush()
