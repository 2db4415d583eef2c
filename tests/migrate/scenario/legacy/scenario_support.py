"""What the scenarios share: their registry, watching processes, and how a run is recorded."""
import json
import logging
import sys
import time

import plumpy
from tornado import gen, ioloop

PATIENCE = 30.0

SCENARIOS = []


def scenario(function):
    """Add a function of the loop to what is run; it gives its outcome, at once or as a coroutine."""
    SCENARIOS.append(function)
    return function


class Watcher(plumpy.ProcessListener):
    """Writes down what happens to a process, and lets others wait for it."""

    def __init__(self, process=None):
        super(Watcher, self).__init__()
        self.seen = []
        self._awaited = {}
        if process is not None:
            process.add_process_listener(self)

    def when(self, name):
        """A future that is done as soon as the event happens the next time."""
        future = plumpy.Future()
        self._awaited.setdefault(name, []).append(future)
        return future

    def on_process_running(self, process):
        self._note('running')

    def on_process_waiting(self, process):
        self._note('waiting')

    def on_process_paused(self, process):
        self._note('paused')

    def on_process_played(self, process):
        self._note('played')

    def on_output_emitted(self, process, output_port, value, dynamic):
        self._note('output', output_port, value, dynamic)

    def on_process_finished(self, process, outputs):
        self._note('finished', dict(outputs))

    def on_process_excepted(self, process, reason):
        self._note('excepted', reason)

    def on_process_killed(self, process, msg):
        self._note('killed')

    def _note(self, name, *details):
        self.seen.append([name] + list(details))
        for future in self._awaited.pop(name, []):
            future.set_result(name)


def start(process: plumpy.Process):
    """Have the loop run a process to its end."""
    process.loop().add_callback(process.step_until_terminated)
    return process


@gen.coroutine
def until(condition):
    """Wait until a function without arguments says yes."""
    deadline = time.time() + PATIENCE
    while not condition():
        if time.time() > deadline:
            raise RuntimeError('it never happened')
        yield gen.sleep(0.005)


@gen.coroutine
def ended(process):
    """Wait for the end of a process, and tell it as a pair."""
    try:
        outputs = yield process.future()
    except plumpy.KilledError as exception:
        raise gen.Return(['killed', type(exception).__name__])
    except Exception as exception:  # pylint: disable=broad-except
        raise gen.Return(['excepted', type(exception).__name__, str(exception)])
    raise gen.Return(['finished', dict(outputs)])


def raised(function, *args, **kwargs):
    """Tell what a call raises."""
    try:
        result = function(*args, **kwargs)
    except Exception as exception:  # pylint: disable=broad-except
        return [type(exception).__name__, str(exception)]
    return ['nothing', result]


def run_one(function):
    """Run a scenario on a loop of its own."""
    loop = ioloop.IOLoop()
    loop.make_current()
    try:

        @gen.coroutine
        def play():
            result = yield gen.maybe_future(function(loop))
            raise gen.Return(result)

        return ['ok', loop.run_sync(play, timeout=2 * PATIENCE)]
    except Exception as exception:  # pylint: disable=broad-except
        logging.getLogger(__name__).debug('scenario %s', function.__name__, exc_info=True)
        return ['error', type(exception).__name__, str(exception)]
    finally:
        loop.close()


def run_all(only=()):
    """Run the scenarios, and print a line of JSON for each."""
    for function in SCENARIOS:
        name = function.__name__
        if only and name not in only:
            continue
        print(json.dumps({'name': name, 'outcome': run_one(function)}, sort_keys=True, default=repr))
        sys.stdout.flush()
