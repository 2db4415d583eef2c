# -*- coding: utf-8 -*-
"""Runs small jobs in the background of a tornado application."""
from __future__ import absolute_import

from .errors import JobError, QueueIsFull, ServiceStopped
from .jobs import Job
from .service import Service

__all__ = ['Job', 'JobError', 'QueueIsFull', 'Service', 'ServiceStopped']

__version__ = '1.3.0'
