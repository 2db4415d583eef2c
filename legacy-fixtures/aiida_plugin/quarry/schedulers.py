# -*- coding: utf-8 -*-
"""The scheduler of a simulated computer. A job runs when somebody asks how it is, some times."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import json

import six
from six.moves import range

from .common import JobState, TransportError


class Job(object):

    def __init__(self, folder, ticks):
        self.folder = folder
        self.ticks = ticks
        self.state = JobState.QUEUED


class Scheduler(object):
    """Runs jobs that add numbers.

    :param ticks: how often it's asked before a job is done.
    """

    def __init__(self, ticks):
        self._ticks = ticks
        self._ids = iter(range(100, 10**6))
        self._jobs = {}
        self.queries = 0
        self.killed = []

    def submit(self, transport, folder):
        transport.get('{}/input.json'.format(folder))
        job_id = six.text_type(next(self._ids))
        self._jobs[job_id] = Job(folder, self._ticks)
        return job_id

    def get_jobs(self, transport):
        """The states of all jobs, by their ids."""
        self.queries += 1
        for job in six.itervalues(self._jobs):
            self._advance(job, transport)
        return {job_id: job.state for job_id, job in six.iteritems(self._jobs)}

    def kill(self, job_id):
        if job_id not in self._jobs:
            return False
        self._jobs.pop(job_id)
        self.killed.append(job_id)
        return True

    @staticmethod
    def _advance(job, transport):
        if job.state == JobState.DONE:
            return
        job.ticks -= 1
        job.state = JobState.RUNNING
        if job.ticks <= 0:
            job.state = JobState.DONE
            try:
                numbers = json.loads(transport.get('{}/input.json'.format(job.folder)))
            except TransportError:
                return
            if None not in numbers:
                transport.put('{}/output.json'.format(job.folder), json.dumps({u'sum': sum(numbers)}))
