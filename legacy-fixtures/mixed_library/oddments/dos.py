# -*- coding: utf-8 -*-
"""Lines end as they do elsewhere."""
from __future__ import absolute_import
from __future__ import unicode_literals

import six

from tornado import gen

LINES = """one
two
"""


def join(lines):
    return '\n'.join(six.text_type(line) for line in lines)


@gen.coroutine
def read(source):
    """Read until there is nothing.

    :param source: gives futures of lines, and of None at the end
    """
    lines = []
    while True:
        line = yield source()
        if line is None:
            raise gen.Return(join(lines))
        lines.append(line.rstrip('\r\n'))


def widths(table):
    return {name: max(len(six.text_type(cell))
                      for cell in column)
            for name, column in six.iteritems(table)}
