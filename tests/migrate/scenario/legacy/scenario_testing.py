"""Scenarios as tests of 2019 had them: with tornado's test cases."""
import json
import sys
import unittest

import plumpy
from tornado import gen, testing

import scenario_processes as processes
from scenario_support import Watcher, ended


class ProcessTest(testing.AsyncTestCase):
    """Processes on the loop of a test."""

    def setUp(self):
        super(ProcessTest, self).setUp()
        self.process = processes.Ask(pid='asked', loop=self.io_loop)
        self.watcher = Watcher(self.process)

    def tearDown(self):
        self.assertTrue(self.process.has_terminated())
        super(ProcessTest, self).tearDown()

    @testing.gen_test
    def test_answers(self):
        waiting = self.watcher.when('waiting')
        self.io_loop.add_callback(self.process.step_until_terminated)
        yield waiting
        self.process.resume('an answer')
        outputs = yield self.process.future()
        self.assertEqual(outputs, {'answer': 'an answer'})

    @testing.gen_test(timeout=20)
    def test_is_killed(self):
        running = self.watcher.when('running')
        self.io_loop.add_callback(self.process.step_until_terminated)
        yield running
        yield gen.sleep(0.01)
        killed = yield self.process.kill('by a test')
        self.assertTrue(killed)
        with self.assertRaises(plumpy.KilledError):
            yield self.process.future()

    @testing.gen_test
    def test_goes_on_from_a_checkpoint(self):
        self.process.pause()
        loaded = plumpy.Bundle(self.process).unbundle(plumpy.LoadSaveContext(loop=self.io_loop))
        self.process.kill()
        loaded.play()
        outcome, _ = yield [self.resumed(loaded, 'later'), ended(self.process)]
        self.assertEqual(outcome, ['finished', {'answer': 'later'}])

    @gen.coroutine
    def resumed(self, process, value):
        """Run a process to its end, and resume it on the way."""
        waiting = Watcher(process).when('waiting')
        self.io_loop.add_callback(process.step_until_terminated)
        yield waiting
        process.resume(value)
        outcome = yield ended(process)
        raise gen.Return(outcome)

    def test_is_killed_without_a_loop(self):
        self.assertTrue(self.process.kill())
        self.assertEqual(self.process.state, plumpy.ProcessState.KILLED)

    @testing.gen_test
    def test_fails_as_it_should(self):
        self.process.kill()
        yield gen.moment
        self.assertEqual(self.process.state, plumpy.ProcessState.FINISHED)


class Told(unittest.TestResult):
    """Prints a line of JSON for each test."""

    def addSuccess(self, test):
        super(Told, self).addSuccess(test)
        self.tell(test, ['ok'])

    def addError(self, test, err):
        super(Told, self).addError(test, err)
        self.tell(test, ['error', err[0].__name__, str(err[1])])

    def addFailure(self, test, err):
        super(Told, self).addFailure(test, err)
        self.tell(test, ['failed', err[0].__name__])

    def tell(self, test, outcome):
        name = test.id().rpartition('.')[2]
        print(json.dumps({'name': name, 'outcome': outcome}, sort_keys=True))
        sys.stdout.flush()


def run_tests(only=()):
    """Run the tests, or those that are named."""
    for test in unittest.defaultTestLoader.loadTestsFromTestCase(ProcessTest):
        if not only or test.id().rpartition('.')[2] in only:
            test.run(Told())
