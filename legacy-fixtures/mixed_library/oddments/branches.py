# -*- coding: utf-8 -*-
"""Which Python is it? Asked in all the ways that we had."""
from __future__ import absolute_import

import platform
import sys

import six

if six.PY2:
    # only there
    import StringIO
    Text = StringIO.StringIO
    if sys.version_info < (2, 7):
        raise RuntimeError('too old')
    elif sys.version_info[:2] == (2, 7):
        SERIES = 'last'
    else:
        SERIES = 'impossible'
elif sys.version_info >= (3, 5):
    # everywhere else
    import io
    Text = io.StringIO
    if platform.python_implementation() == 'Jython':
        SERIES = 'j'
    elif six.PY3 and not six.PY2:
        SERIES = 'last'
else:
    import io
    Text, SERIES = io.StringIO, 'early'


def quote(text):
    """Quote for the shell, or what comes near to it."""
    try:
        from shlex import quote as quoted
    except ImportError:
        from pipes import quote as quoted
    if not six.PY3:
        text = text.encode('utf-8') if isinstance(text, six.text_type) else text
    return quoted(text)


def keys(mapping):
    found = mapping.keys()
    if six.PY3:
        found = list(found)
    found.sort()
    return found


def kind(value):
    if isinstance(value, bool): return 'flag'
    elif isinstance(value, six.integer_types): return 'number'
    elif isinstance(value, six.string_types + (six.binary_type,)): return 'text'
    elif isinstance(value, (six.class_types, type(None))): return 'other'
    return 'unknown'


class Reader(six.Iterator):
    """Gives its lines one by one."""

    def __init__(self, stream):
        self._lines = stream.getvalue().splitlines()

    def __iter__(self):
        return self

    def __next__(self):
        if not self._lines:
            raise StopIteration
        return self._lines.pop(0)

    if six.PY2:
        def close(self): self._lines = []
    else:
        def close(self): self._lines.clear()

    ended = property(lambda self: not self._lines) if six.PY3 else property(lambda self: self._lines == [])
