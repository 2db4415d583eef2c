"""Starts with a mark that nobody sees."""
from __future__ import absolute_import, unicode_literals
import six


def first(mapping):
    """The first value by key, or None."""
    for _, value in sorted(six.iteritems(mapping)):
        return value
