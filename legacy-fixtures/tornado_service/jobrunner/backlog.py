# -*- coding: utf-8 -*-
"""The queues of jobs."""
from __future__ import absolute_import

import datetime
import itertools

from tornado import gen, queues

from .errors import QueueIsFull


class Backlog(object):
    """Jobs that wait, the most urgent one first."""

    def __init__(self, maxsize=0):
        self._queue = queues.PriorityQueue(maxsize=maxsize)
        self._counter = itertools.count()

    def __len__(self):
        return self._queue.qsize()

    @property
    def maxsize(self):
        return self._queue.maxsize

    def is_empty(self):
        return self._queue.empty()

    def is_full(self):
        return self._queue.full()

    def _item(self, job):
        return job.priority, next(self._counter), job

    def add(self, job):
        """Add a job from plain code. The queue must have room."""
        try:
            self._queue.put_nowait(self._item(job))
        except queues.QueueFull:
            raise QueueIsFull('no room for {!r}'.format(job))

    @gen.coroutine
    def offer(self, job, patience=0.02):
        """Add a job as soon as there is room, within `patience` seconds."""
        try:
            yield self._queue.put(self._item(job), timeout=datetime.timedelta(seconds=patience))
        except gen.TimeoutError:
            raise QueueIsFull('no room for {!r} within {} s'.format(job, patience))

    @gen.coroutine
    def take(self, patience=None):
        """Give the next job, or None if none comes within `patience` seconds."""
        if patience is None:
            item = yield self._queue.get()
        else:
            try:
                item = yield self._queue.get(timeout=datetime.timedelta(seconds=patience))
            except gen.TimeoutError:
                raise gen.Return(None)
        raise gen.Return(item[-1])

    def take_now(self):
        """Give the next job, or None."""
        try:
            return self._queue.get_nowait()[-1]
        except queues.QueueEmpty:
            return None

    def done(self):
        self._queue.task_done()

    def join(self):
        """A future of the moment when all jobs are done."""
        return self._queue.join()

    @gen.coroutine
    def wait_done(self, patience):
        """Tell whether all jobs are done within `patience` seconds."""
        try:
            yield self._queue.join(timeout=datetime.timedelta(seconds=patience))
        except gen.TimeoutError:
            raise gen.Return(False)
        raise gen.Return(True)


class Mailbox(object):
    """Messages from anywhere to one reader."""

    def __init__(self):
        self._messages = queues.Queue()
        self._log = queues.LifoQueue(maxsize=100)

    def post(self, *messages):
        """Leave messages. There is always room."""
        for message in messages:
            self._messages.put(message)

    @gen.coroutine
    def forward(self, other):
        """Move all messages that are here to another mailbox."""
        moved = 0
        while self._messages.qsize():
            message = yield self._messages.get()
            other.post(message)
            self._log.put(message)
            moved += 1
        raise gen.Return(moved)

    @gen.coroutine
    def read(self):
        message = yield self._messages.get()
        self._messages.task_done()
        raise gen.Return(message)

    @gen.coroutine
    def last_forwarded(self):
        raise gen.Return((yield self._log.get()))

    @property
    def unread(self):
        return self._messages.qsize()
