#!/usr/bin/env python
# -*- coding: utf-8 -*-
# pylint: disable=missing-docstring
r"""Text.

>>> shout('tea') == u'TEA!'
True
>>> print(shout(u'tea', times=2))
TEA!!
"""
# Kept above everything, for it changes what follows.
from __future__ import (absolute_import,  # imports
                        division,
                        print_function,  # print(...)
                        unicode_literals)
'''Not a docstring any more.'''
import sys as _sys
from six import text_type
from six import PY2 as OLD, StringIO
from six.moves import builtins
from six.moves.urllib.parse import quote, urlsplit


def shout(text, times=1):
    return text_type(text).upper() + '!' * times


def half(width):
    """Half of it, which may be no whole number.

    >>> half(3)
    1.5
    """
    return width / 2


MAGIC = b'\x89odd'


def snow():
    return "\u2603"


def host(url):
    return quote(urlsplit(url).netloc, safe='')


def render(*lines):
    out = StringIO()
    for line in lines:
        print(line.encode('ascii').decode() if OLD else line, end=';', file=out)
    return out.getvalue()


def has(name):
    return hasattr(builtins, name) and _sys.version_info[0] in (2, 3)
