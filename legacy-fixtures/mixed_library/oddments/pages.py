# -*- coding: utf-8 -*-
"""A page for each part, as in the old days."""
from __future__ import absolute_import
import six
from six.moves import range, reduce

# ---- first page

@six.python_2_unicode_compatible
class Page(object):
    def __init__(self, number, lines=()):
        self.number, self.lines = number, list(lines)

    def __str__(self):
        return u'- %d -' % self.number

    def __len__(self):
        return len(self.lines)

# ---- second page

def paginate(lines, size):
    """Give the pages.

    >>> [len(page) for page in paginate('abcde', 2)]
    [2, 2, 1]
    """
    return [Page(number + 1, lines[number * size:(number + 1) * size])
            for number in range(-(-len(lines) // size))]

def total(pages):
    return reduce(lambda left, right: left + len(right), pages, 0)
