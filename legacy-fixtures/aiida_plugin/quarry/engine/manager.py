# -*- coding: utf-8 -*-
"""Asks schedulers for all jobs at once, and not too often."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import contextlib
import logging
import time

from six import iteritems, itervalues
from tornado import concurrent, gen

LOGGER = logging.getLogger(__name__)


class JobsList(object):
    """The jobs on a computer."""

    def __init__(self, computer, transport_queue):
        self._computer = computer
        self._transport_queue = transport_queue
        self._loop = transport_queue.loop()
        self._requests = {}
        self._last_updated = None
        self._handle = None

    @contextlib.contextmanager
    def request_update(self, job_id):
        """Give a future of the state of a job at the next update; None if the scheduler doesn't know it."""
        request = self._requests.setdefault(job_id, concurrent.Future())
        self._schedule()
        yield request

    @gen.coroutine
    def _get_jobs(self):
        with self._transport_queue.request_transport(self._computer) as request:
            transport = yield request
            jobs = self._computer.scheduler.get_jobs(transport)
            self._last_updated = time.time()
            raise gen.Return(jobs)

    @gen.coroutine
    def _update(self):
        # Who asks meanwhile is answered by the next update: this one may not know the job yet.
        requests, self._requests = self._requests, {}
        try:
            jobs = yield self._get_jobs()
        except Exception as exception:  # pylint: disable=broad-except
            LOGGER.info('no states of jobs on %s: %s', self._computer.name, exception)
            for request in itervalues(requests):
                request.set_exception(exception)
        else:
            for job_id, request in iteritems(requests):
                if not request.done():
                    request.set_result(jobs.get(job_id))

    @gen.coroutine
    def _tick(self):
        yield self._update()
        self._handle = None
        self._schedule()

    def _schedule(self):
        if self._requests and self._handle is None:
            self._handle = self._loop.call_later(self._delay(), self._tick)

    def _delay(self):
        """The seconds until the next update."""
        if self._last_updated is None:
            return 0
        return max(0, self._last_updated + self._computer.poll_interval - time.time())


class JobManager(object):
    """The lists of jobs of all computers."""

    def __init__(self, transport_queue):
        self._transport_queue = transport_queue
        self._lists = {}

    def loop(self):
        return self._transport_queue.loop()

    def get_jobs_list(self, computer):
        if computer.name not in self._lists:
            self._lists[computer.name] = JobsList(computer, self._transport_queue)
        return self._lists[computer.name]

    @contextlib.contextmanager
    def request_job_update(self, computer, job_id):
        with self.get_jobs_list(computer).request_update(job_id) as request:
            yield request
