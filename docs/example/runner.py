# -*- coding: utf-8 -*-
"""Run processes, one after the other."""
from __future__ import absolute_import
from __future__ import print_function

import abc

import six
from six.moves import range, urllib
from tornado import gen, ioloop


@six.add_metaclass(abc.ABCMeta)
class Runner(object):
    """Runs a mapping of coroutines."""

    def __init__(self, processes, loop=None):
        super(Runner, self).__init__()
        self.processes = processes
        self.loop = loop or ioloop.IOLoop.current()

    @gen.coroutine
    def run_one(self, name):
        if isinstance(name, six.string_types):
            name = urllib.parse.quote(name)
        result = yield self.processes[name]()
        raise gen.Return(result)

    @gen.coroutine
    def run(self, times=1):
        for i in range(times):
            results = yield {name: self.run_one(name) for name in six.iterkeys(self.processes)}
            print(i, results)  # one line a run
            yield gen.sleep(1)

    def start(self):
        self.loop.run_sync(self.run)


class Logged(Runner):
    def start(self):
        super(Runner, self).start()
