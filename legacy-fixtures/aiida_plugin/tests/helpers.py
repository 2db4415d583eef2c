# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import json
import unittest

from tornado import gen, ioloop

from quarry import orm
from quarry.calculations import SumJob
from quarry.engine import Runner, set_runner


class EngineTestCase(unittest.TestCase):
    """Has a loop, a runner on it and a computer."""

    def setUp(self):
        super(EngineTestCase, self).setUp()
        self.loop = ioloop.IOLoop()
        self.loop.make_current()
        self.runner = Runner(loop=self.loop)
        set_runner(self.runner)
        self.computer = orm.DATABASE.add_computer(orm.Computer('localhost'))

    def tearDown(self):
        set_runner(None)
        self.runner.close()
        ioloop.IOLoop.clear_current()
        super(EngineTestCase, self).tearDown()

    def run_until(self, predicate):
        run_until(self.loop, predicate)


def run_until(loop, predicate):
    """Run the loop until something is so."""

    @gen.coroutine
    def wait():
        while not predicate():
            yield gen.sleep(0.001)

    loop.run_sync(wait, timeout=20)


class LazySumJob(SumJob):
    """Forgets to write what `y` is missing for, and counts how often it's prepared."""

    prepared = 0

    def prepare(self):
        type(self).prepared += 1
        files = super(LazySumJob, self).prepare()
        assert json.loads(files['input.json'])[0] == self.inputs.x
        return files
