# -*- coding: utf-8 -*-
"""What can go wrong."""
from __future__ import absolute_import


class JobError(Exception):
    """A job failed for good."""

    def __init__(self, name, reason):
        super(JobError, self).__init__('{}: {}'.format(name, reason))
        self.name = name
        self.reason = reason


class QueueIsFull(Exception):
    """There was no room for a job in time."""


class ServiceStopped(Exception):
    """The service takes no more jobs."""
