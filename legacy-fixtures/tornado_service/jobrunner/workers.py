# -*- coding: utf-8 -*-
"""The workers, which take jobs from the backlog one by one."""
from __future__ import absolute_import

from tornado import gen, locks
from tornado.ioloop import IOLoop


class WorkerPool(object):
    """A number of workers on one loop."""

    def __init__(self, backlog, size=2, io_loop=None):
        self.backlog = backlog
        self.size = size
        self.finished = []
        self._loop = io_loop or IOLoop.current()
        self._idle = locks.Event()
        self._idle.set()
        self._stopped = locks.Event()
        self._alive = 0
        self._busy = 0
        self._closing = False

    def start(self):
        for number in range(self.size):
            self._alive += 1
            self._loop.spawn_callback(self._work, number)

    def close(self):
        """Let each worker end what it does, then stop it."""
        self._closing = True

    @gen.coroutine
    def _work(self, number):
        try:
            while not self._closing:
                job = yield self.backlog.take(patience=0.01)
                if job is None:
                    continue
                self._busy += 1
                self._idle.clear()
                try:
                    yield job.run()
                finally:
                    self._busy -= 1
                    self.backlog.done()
                    self.finished.append(job.name)
                    if not self._busy:
                        self._idle.set()
        finally:
            self._alive -= 1
            if not self._alive:
                self._stopped.set()

    @property
    def alive(self):
        return self._alive

    def is_idle(self):
        return self._idle.is_set()

    @gen.coroutine
    def wait_idle(self):
        yield self.backlog.join()
        yield self._idle.wait()

    def wait_stopped(self):
        return self._stopped.wait()
