# -*- coding: utf-8 -*-
"""Runs processes in this interpreter."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import collections
import datetime
import logging

import plumpy
import tornado.ioloop
from tornado import gen

from . import utils
from .futures import ProcessFuture
from .manager import JobManager
from .transports import TransportQueue

__all__ = ('Runner', 'get_runner', 'set_runner')

LOGGER = logging.getLogger(__name__)

ResultAndNode = collections.namedtuple('ResultAndNode', ['result', 'node'])

_RUNNER = None


def get_runner():
    """The runner of this interpreter; it's made when it's needed."""
    global _RUNNER  # pylint: disable=global-statement
    if _RUNNER is None:
        _RUNNER = Runner()
    return _RUNNER


def set_runner(runner):
    global _RUNNER  # pylint: disable=global-statement
    _RUNNER = runner


class Runner(object):
    """Runs processes on a loop."""

    _closed = False

    def __init__(self, loop=None, communicator=None, persister=None, poll_interval=0.002):
        """
        :param loop: the loop; a new one if it isn't given
        :type loop: :class:`tornado.ioloop.IOLoop`
        """
        self._loop = loop if loop is not None else tornado.ioloop.IOLoop()
        self._poll_interval = poll_interval
        self._communicator = communicator
        self._persister = persister
        self._transport = TransportQueue(self._loop)
        self._job_manager = JobManager(self._transport)
        self._controller = None
        if communicator is not None:
            self._controller = plumpy.RemoteProcessThreadController(communicator)

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self.close()

    @property
    def loop(self):
        """The loop.

        :rtype: :class:`tornado.ioloop.IOLoop`
        """
        return self._loop

    @property
    def transport(self):
        return self._transport

    @property
    def job_manager(self):
        return self._job_manager

    @property
    def communicator(self):
        return self._communicator

    @property
    def persister(self):
        return self._persister

    @property
    def controller(self):
        return self._controller

    def is_closed(self):
        return self._closed

    def start(self):
        """Run the loop until :meth:`stop`."""
        self._loop.start()

    def stop(self):
        self._loop.stop()

    def close(self):
        """Close the runner and its loop."""
        assert not self._closed
        self._closed = True
        self._loop.close(all_fds=True)

    def run_until_complete(self, future):
        """Run the loop until a future is done, and give its result."""
        with utils.loop_scope(self._loop):
            return self._loop.run_sync(lambda: future)

    def create(self, process_class, **inputs):
        return process_class(inputs=inputs, runner=self)

    def run_get_node(self, process_class, **inputs):
        """Run a process to its end."""
        assert not self._closed
        with utils.loop_scope(self._loop):
            process = self.create(process_class, **inputs)
            process.execute()
            return ResultAndNode(process.outputs, process.node)

    def run(self, process_class, **inputs):
        result, _ = self.run_get_node(process_class, **inputs)
        return result

    def submit(self, process_class, **inputs):
        """Start a process; it runs when the loop does."""
        assert not self._closed
        process = self.create(process_class, **inputs)
        self._loop.add_callback(process.step_until_terminated)
        return process

    def get_process_future(self, pk):
        """A future of the node of a process when that has ended."""
        with utils.loop_scope(self._loop):
            return ProcessFuture(pk, self._loop, self._poll_interval, self._communicator)

    def wait_for(self, pk, timeout):
        """Run the loop until a process has ended.

        :raises RuntimeError: if that takes too long.
        """

        @gen.coroutine
        def wait():
            limit = datetime.timedelta(seconds=timeout)
            node = yield gen.with_timeout(limit, self.get_process_future(pk))
            raise gen.Return(node)

        try:
            return self._loop.run_sync(wait)
        except gen.TimeoutError:
            raise RuntimeError('process {} has not ended'.format(pk))

    def call_on_process_finish(self, pk, callback):
        """Have a function called with the pk when a process has ended."""
        self.get_process_future(pk).add_done_callback(lambda future: callback(future.result().pk))
