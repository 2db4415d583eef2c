# -*- coding: utf-8 -*-
"""Runs processes."""
from __future__ import absolute_import
from __future__ import print_function

import collections
import contextlib
import datetime
import functools
import logging

import six
from tornado import gen, ioloop
from tornado.concurrent import is_future

from .store import Store

LOGGER = logging.getLogger(__name__)


@contextlib.contextmanager
def loop_scope(loop):
    """Make a loop the current one for a while."""
    before = ioloop.IOLoop.current()
    loop.make_current()
    try:
        yield loop
    finally:
        before.make_current()


class Runner(object):
    """Runs processes on a loop of its own, or on one that it's given.

    :param listener: is told of all its processes.
    """

    def __init__(self, loop=None, store=None, listener=None):
        self._loop = loop if loop is not None else ioloop.IOLoop()
        self._own_loop = loop is None
        self._store = store or Store()
        self._listener = listener
        self._processes = collections.OrderedDict()
        self._deadlines = {}
        self._closed = False

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self.close()

    @property
    def loop(self):
        return self._loop

    @property
    def store(self):
        return self._store

    @property
    def processes(self):
        """Those that haven't ended."""
        return list(six.itervalues(self._processes))

    def is_closed(self):
        return self._closed

    def create(self, process_class, **inputs):
        """Make a process of this runner's loop."""
        process = process_class(inputs=inputs, loop=self._loop)
        return self.adopt(process)

    def adopt(self, process):
        if self._listener is not None:
            process.add_process_listener(self._listener)
        self._processes[process.pid] = process
        process.future().add_done_callback(functools.partial(self._ended, process.pid))
        return process

    def run(self, process_class, **inputs):
        """Run a process to its end, and give its outputs."""
        process = self.create(process_class, **inputs)
        with loop_scope(self._loop):
            return process.execute()

    def submit(self, process_class, **inputs):
        """Start a process; it runs when the loop does.

        :param deadline: the seconds after which it's killed.
        """
        deadline = inputs.pop('deadline', None)
        process = self.create(process_class, **inputs)
        self._loop.add_callback(process.step_until_terminated)
        if deadline is not None:
            self._deadlines[process.pid] = self._loop.call_later(deadline, self._expire, process.pid)
        return process

    def resume(self, pid, tag=None):
        """Load a process from its checkpoint, and start it."""
        process = self.adopt(self._store.load(pid, tag, loop=self._loop))
        self._loop.add_callback(process.step_until_terminated)
        return process

    def wait(self, process, timeout=None):
        """Run the loop until a process has ended, and give its outputs."""
        if timeout is None:
            return self._loop.run_sync(lambda: process.future())
        limit = datetime.timedelta(seconds=timeout)
        return self._loop.run_sync(lambda: gen.with_timeout(limit, process.future()))

    def wait_all(self, processes):
        """Run the loop until all have ended, and give their outputs in the same order."""
        futures = [process.future() for process in processes]
        self._loop.run_sync(gen.coroutine(lambda: (yield gen.multi(futures))))
        return [future.result() for future in futures]

    def run_until_complete(self, future):
        return self._loop.run_sync(lambda: future)

    def call(self, function, *args):
        """Have the loop call a function; this may be called from any thread."""
        self._loop.add_callback(function, *args)

    def stop_after(self, seconds):
        return self._loop.call_later(seconds, self.stop)

    @gen.coroutine
    def kill_all(self, msg=None):
        """Kill what runs, and tell how many that were."""
        killing = []
        count = 0
        for process in self.processes:
            result = process.kill(msg=msg)
            count += 1
            if is_future(result):
                killing.append(result)
        yield killing
        raise gen.Return(count)

    @gen.coroutine
    def pause_all(self):
        """Pause what runs, and tell for each whether it's paused."""
        paused = {}
        for pid, process in list(six.iteritems(self._processes)):
            result = process.pause('the runner is paused')
            paused[pid] = result if is_future(result) else gen.maybe_future(result)
        raise gen.Return((yield paused))

    def play_all(self):
        return all([process.play() for process in self.processes])

    def start(self):
        """Run the loop until :meth:`stop`."""
        self._loop.start()

    def stop(self):
        self._loop.stop()

    def shut_down(self, msg='shutting down', timeout=2):
        """Kill what runs, and close."""
        killed = self._loop.run_sync(functools.partial(self.kill_all, msg), timeout=timeout)
        self.close()
        return killed

    def close(self):
        if self._closed:
            return
        for handle in six.itervalues(self._deadlines):
            self._loop.remove_timeout(handle)
        self._deadlines = {}
        self._closed = True
        if self._own_loop:
            self._loop.close()

    def _expire(self, pid):
        self._deadlines.pop(pid, None)
        process = self._processes.get(pid)
        if process is not None:
            LOGGER.info('process %s is too late', pid)
            process.kill('too late')

    def _ended(self, pid, _future):
        self._processes.pop(pid, None)
        handle = self._deadlines.pop(pid, None)
        if handle is not None:
            self._loop.remove_timeout(handle)
