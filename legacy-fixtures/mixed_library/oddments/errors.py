# -*- coding: utf-8 -*-
from __future__ import absolute_import
import sys
import six


class OddError(Exception):
    pass


class TableError(OddError, LookupError):
    pass


def reraise_as(cls, error):
    """Raise an error as another one, with its traceback."""
    six.reraise(cls, cls(*error.args), sys.exc_info()[2])


def wrap(function, *args):
    """Call it; what goes wrong is caused by what went wrong."""
    try:
        return function(*args)
    except (ValueError, KeyError) as error:
        six.raise_from(OddError('wrapped'), error)


class Collected(list):
    """Errors to raise later."""

    def add(self):
        self.append(sys.exc_info())

    def raise_first(self):
        if self:
            six.reraise(*self[0])
