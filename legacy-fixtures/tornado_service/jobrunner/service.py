# -*- coding: utf-8 -*-
"""All together."""
from __future__ import absolute_import

import functools
import logging
import threading

import six
from tornado import gen
from tornado.ioloop import IOLoop

from .backlog import Backlog
from .errors import ServiceStopped
from .jobs import Job
from .workers import WorkerPool

LOGGER = logging.getLogger(__name__)


class Service(object):
    """Runs jobs on a loop until it is stopped."""

    def __init__(self, workers=2, maxsize=0, io_loop=None):
        if io_loop is None:
            io_loop = IOLoop.current()
        self.io_loop = io_loop
        self.backlog = Backlog(maxsize)
        self.pool = WorkerPool(self.backlog, workers, io_loop=io_loop)
        self.results = {}
        self._stopped = False

    def submit(self, name, func, *args, **kwargs):
        """Have a function called by a worker; gives a future of what it returns."""
        if self._stopped:
            raise ServiceStopped(name)
        if not isinstance(name, six.string_types):
            raise TypeError('a name must be text')
        job = Job(name, func, *args, **kwargs)
        self.backlog.add(job)
        self.io_loop.add_future(job.future, functools.partial(self._record, name))
        return job.future

    def submit_from_thread(self, name, func, *args, **kwargs):
        """As `submit`, from any thread and without a result."""
        self.io_loop.add_callback(self.submit, name, func, *args, **kwargs)

    def _record(self, name, future):
        error = future.exception()
        self.results[name] = future.result() if error is None else repr(error)

    def start(self):
        self.pool.start()

    @gen.coroutine
    def stop(self):
        """Take no more jobs, wait for those that are there."""
        if self._stopped:
            return
        self._stopped = True
        yield self.pool.wait_idle()
        self.pool.close()
        yield self.pool.wait_stopped()

    def run(self):
        """Run the loop until somebody calls `shut_down`."""
        self.start()
        self.io_loop.start()

    @gen.coroutine
    def _shut_down(self):
        try:
            yield self.stop()
        finally:
            self.io_loop.stop()

    def shut_down(self):
        """Stop `run`; may be called from any thread."""
        self.io_loop.add_callback(self._shut_down)


class BackgroundService(object):
    """A service on a loop of its own, in a thread of its own."""

    def __init__(self, workers=2):
        self._workers = workers
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._main)
        self._thread.daemon = True
        self.service = None

    def _main(self):
        loop = IOLoop()
        loop.make_current()
        try:
            self.service = Service(self._workers)
            loop.add_callback(self._ready.set)
            self.service.run()
        finally:
            IOLoop.clear_current()
            loop.close(all_fds=True)

    def __enter__(self):
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *exc_info):
        self.service.shut_down()
        self._thread.join()

    def submit(self, name, func, *args, **kwargs):
        self.service.submit_from_thread(name, func, *args, **kwargs)
