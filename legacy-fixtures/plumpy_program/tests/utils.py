# -*- coding: utf-8 -*-
from __future__ import absolute_import

import unittest

from tornado import gen, ioloop

from gauges import stations
from gauges.runner import Runner


def run_until(loop, predicate):
    """Run the loop until something is so."""

    @gen.coroutine
    def poll():
        while not predicate():
            yield gen.sleep(0.001)

    loop.run_sync(poll, timeout=10)


class TestCaseWithLoop(unittest.TestCase):
    """Has a loop of its own, which is the current one."""

    def setUp(self):
        super(TestCaseWithLoop, self).setUp()
        self.loop = ioloop.IOLoop()
        self.loop.make_current()

    def tearDown(self):
        self.loop.close()
        ioloop.IOLoop.clear_current()
        super(TestCaseWithLoop, self).tearDown()


class RunnerTestCase(TestCaseWithLoop):
    """Has a runner on its loop, and a station."""

    def setUp(self):
        super(RunnerTestCase, self).setUp()
        self.runner = Runner(loop=self.loop)
        self.station = stations.add_station(stations.SimulatedStation('pier', {'level': [1.0, 2.0, 3.0], 'salt': [35]}))

    def tearDown(self):
        self.runner.close()
        super(RunnerTestCase, self).tearDown()
