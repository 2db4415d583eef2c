# -*- coding: utf-8 -*-
"""Run processes, one after the other."""
from __future__ import absolute_import
from __future__ import print_function

import abc

import six
from six.moves import range, urllib


@six.add_metaclass(abc.ABCMeta)
class Runner(object):
    """Runs a mapping of processes."""

    def __init__(self, processes):
        super(Runner, self).__init__()
        self.processes = processes

    def first(self):
        return next(six.itervalues(self.processes))

    def run(self, times=1):
        for name, process in six.iteritems(self.processes):
            if isinstance(name, six.string_types):
                name = urllib.parse.quote(name)
            for i in range(times):
                print(name, i, process())  # one line a run


class Logged(Runner):
    def run(self, times=1):
        super(Runner, self).run(times)
