# -*- coding: utf-8 -*-
from __future__ import absolute_import

import contextlib
import logging


class ErrorLog(logging.Handler):
    """Keeps the exceptions that are logged."""

    def __init__(self):
        super(ErrorLog, self).__init__(level=logging.ERROR)
        self.errors = []

    def emit(self, record):
        if record.exc_info:
            self.errors.append(record.exc_info[1])


@contextlib.contextmanager
def logged_errors():
    """Give the list of the errors that callbacks leave in tornado's log."""
    logger = logging.getLogger('tornado.application')
    handler = ErrorLog()
    propagate = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.errors
    finally:
        logger.propagate = propagate
        logger.removeHandler(handler)
