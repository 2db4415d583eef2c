# -*- coding: utf-8 -*-
"""Names that all modules share."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import collections
from enum import Enum

__all__ = ('CalcState', 'ExitCode', 'JobState', 'QuarryError', 'TransportError', 'TransportTaskError')

ExitCode = collections.namedtuple('ExitCode', ['status', 'message'])


class CalcState(Enum):
    """How far a calculation job is."""
    UPLOADING = 'uploading'
    SUBMITTING = 'submitting'
    WITHSCHEDULER = 'withscheduler'
    RETRIEVING = 'retrieving'
    PARSING = 'parsing'


class JobState(Enum):
    """What a scheduler says of a job."""
    QUEUED = 'queued'
    RUNNING = 'running'
    DONE = 'done'


class QuarryError(Exception):
    """Base of this package's errors."""


class TransportError(QuarryError):
    """A computer can't be reached."""


class TransportTaskError(QuarryError):
    """A task that needs a transport was tried too often."""
