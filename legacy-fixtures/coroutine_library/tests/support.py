# -*- coding: utf-8 -*-
from __future__ import absolute_import

import contextlib
import logging


class Records(logging.Handler):

    def __init__(self):
        super(Records, self).__init__(level=logging.ERROR)
        self.records = []

    def emit(self, record):
        self.records.append(record)


@contextlib.contextmanager
def logged():
    """Give the list of the errors that are logged meanwhile."""
    logger = logging.getLogger('tornado.application')
    handler = Records()
    logger.addHandler(handler)
    propagate, logger.propagate = logger.propagate, False
    try:
        yield handler.records
    finally:
        logger.propagate = propagate
        logger.removeHandler(handler)
