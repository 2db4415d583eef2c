# -*- coding: utf-8 -*-
"""Tables with types, such as they were written then."""
from __future__ import absolute_import
from __future__ import division

import abc
import collections
import operator

import six
from six.moves import zip

from .compat import *  # noqa
from .errors import TableError, reraise_as

if False:  # for the type checker only
    from typing import Any, Dict, Iterator, List, Optional, Tuple  # noqa

Column = collections.namedtuple('Column', 'name, unit')


@six.add_metaclass(abc.ABCMeta)
class Base(object):
    """What has rows."""

    @abc.abstractmethod
    def rows(self):
        # type: () -> Iterator[Tuple[Any, ...]]
        """Give the rows."""

    def __len__(self):
        return sum(1 for _ in self.rows())


class Table(Base):

    def __init__(self, columns):
        # type: (Dict[six.text_type, List[Any]]) -> None
        super(Table, self).__init__()
        self._columns = OrderedDict(columns)  # type: OrderedDict[six.text_type, List[Any]]
        self._units = {}  # type: Dict[six.text_type, six.string_types]

    def rows(self):
        return zip(*six.itervalues(self._columns))

    def mean(self, name):
        # type: (str) -> Optional[float]
        column = self.column(name)
        return sum(column) / len(column) if column else None

    def column(self, name):
        try:
            return self._columns[name]
        except KeyError as error:
            reraise_as(TableError, error)

    def items(self):
        return six.iteritems(self._columns)

    def first(self):
        """The first column: its name and values."""
        return next(six.iteritems(self._columns))

    def longest(self):
        return max(six.viewitems(self._columns), key=lambda item: len(item[1]))[0]

    def by(self, *names):
        return [list(row) for row in zip_longest(*map(self._columns.get, names))]

    def __div__(self, number):
        return Table((name, [value / number for value in column]) for name, column in self.items())

    __truediv__ = __div__

    def copy(self):
        return pickle.loads(pickle.dumps(self, protocol=2))


class Sorted(six.with_metaclass(abc.ABCMeta, Table)):
    """In the order of a column."""
    key = None

    def rows(self):
        index = list(self._columns).index(self.key)
        return iter(sorted(super(Sorted, self).rows(), key=operator.itemgetter(index)))
