# -*- coding: utf-8 -*-
from __future__ import absolute_import

import io
import os
import shutil
import signal
import tempfile
import threading
import unittest

import six
from tornado import gen, ioloop
from tornado.testing import AsyncTestCase, gen_test

from jobrunner import Job, JobError, QueueIsFull, Service, ServiceStopped, cli
from jobrunner.service import BackgroundService
from jobrunner.signals import stop_on


@gen.coroutine
def double(number):
    yield gen.moment
    raise gen.Return(2 * number)


class JobTest(AsyncTestCase):

    @gen_test
    def test_plain_function(self):
        job = Job('plain', lambda: 1)
        self.assertTrue((yield job.run()))
        self.assertEqual((yield job.future), 1)

    @gen_test
    def test_coroutine(self):
        job = Job('double', double, 4)
        yield job.run()
        self.assertEqual(job.future.result(), 8)

    @gen_test
    def test_attempts(self):
        failures = [IOError('first'), IOError('second')]

        def flaky():
            if failures:
                raise failures.pop(0)
            return 'done'

        job = Job('flaky', flaky, attempts=3)
        self.assertTrue((yield job.run()))
        self.assertEqual((yield job.future), 'done')

    @gen_test
    def test_no_attempts_left(self):
        job = Job('fails', {}.pop, 'key', attempts=2)
        self.assertFalse((yield job.run()))
        with self.assertRaises(KeyError):
            yield job.future

    @gen_test
    def test_failed_for_good(self):
        attempts = []

        @gen.coroutine
        def fail():
            attempts.append(len(attempts))
            yield gen.moment
            raise JobError('fails', 'no use')

        job = Job('fails', fail, attempts=5)
        self.assertFalse((yield job.run()))
        self.assertEqual(job.future.exception().reason, 'no use')
        self.assertEqual(attempts, [0])


class ServiceTest(AsyncTestCase):

    def setUp(self):
        super(ServiceTest, self).setUp()
        self.service = Service(workers=2, maxsize=10, io_loop=self.io_loop)

    @gen_test
    def test_runs_jobs(self):
        futures = [self.service.submit('double %d' % number, double, number) for number in range(5)]
        self.service.start()
        self.assertEqual((yield futures), [0, 2, 4, 6, 8])
        yield self.service.stop()
        self.assertEqual(self.service.results['double 4'], 8)
        self.assertEqual(len(self.service.pool.finished), 5)
        self.assertEqual(self.service.pool.alive, 0)

    @gen_test
    def test_failures_are_results(self):
        self.service.start()
        with self.assertRaises(ZeroDivisionError):
            yield self.service.submit('fails', lambda: 1 // 0)
        self.assertEqual((yield self.service.submit('works', lambda: 1)), 1)
        yield self.service.stop()
        self.assertTrue(self.service.results['fails'].startswith('ZeroDivisionError'))

    @gen_test
    def test_stop_waits(self):
        self.service.submit('double', double, 21)
        self.assertTrue(self.service.pool.is_idle())
        self.service.start()
        yield self.service.stop()
        yield self.service.stop()
        self.assertEqual(self.service.results, {'double': 42})
        with self.assertRaises(ServiceStopped):
            self.service.submit('late', double, 1)

    @gen_test
    def test_is_full(self):
        for number in range(10):
            self.service.submit('job', double, number)
        with self.assertRaises(QueueIsFull):
            self.service.submit('job', double, 10)

    def test_names(self):
        with self.assertRaises(TypeError):
            self.service.submit(7, double, 1)

    def test_run_sync(self):
        self.service.start()
        result = self.io_loop.run_sync(lambda: self.service.submit(u'double', double, 3))
        self.io_loop.run_sync(self.service.stop)
        self.assertEqual(result, 6)

    def test_run_sync_takes_too_long(self):
        future = self.service.submit('never started', double, 3)
        with self.assertRaises(ioloop.TimeoutError):
            self.io_loop.run_sync(lambda: future, timeout=0.005)
        self.assertFalse(future.done())


class LoopTest(unittest.TestCase):

    def setUp(self):
        self.loop = ioloop.IOLoop()
        self.loop.make_current()
        self.service = Service()

    def tearDown(self):
        ioloop.IOLoop.clear_current()
        self.loop.close(all_fds=True)

    def test_run_until_shut_down(self):
        self.service.submit('double', double, 2)
        self.loop.call_later(0.001, self.service.shut_down)
        self.service.run()
        self.assertEqual(self.service.results, {'double': 4})

    def test_shut_down_from_a_thread(self):
        thread = threading.Thread(target=self.service.shut_down)
        self.loop.add_callback(thread.start)
        self.service.run()
        thread.join()
        self.assertEqual(self.service.pool.alive, 0)

    def test_current(self):
        self.assertIs(self.service.io_loop, ioloop.IOLoop.current())

    def test_signal(self):
        old = stop_on(self.service, signal.SIGTERM)
        try:
            self.loop.add_callback(os.kill, os.getpid(), signal.SIGTERM)
            self.service.run()
        finally:
            signal.signal(signal.SIGTERM, old)
        with self.assertRaises(ServiceStopped):
            self.service.submit('late', double, 1)


class BackgroundServiceTest(unittest.TestCase):

    def test_jobs_from_another_thread(self):
        threads = []

        def note(number):
            threads.append(threading.current_thread())
            return number

        with BackgroundService(workers=1) as background:
            for number in range(3):
                background.submit('note %d' % number, note, number, priority=5)
        self.assertEqual(background.service.results, {'note 0': 0, 'note 1': 1, 'note 2': 2})
        self.assertNotIn(threading.current_thread(), threads)


class CommandTest(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with io.open(path, 'w', encoding='utf-8') as stream:
            stream.write(text)
        return path

    def test_counts_words(self):
        paths = [self.write('a', u'one\ntwo three\n'), self.write('b', u'')]
        out = six.StringIO()
        self.assertEqual(cli.main(paths + ['--workers', '1'], out), 0)
        self.assertEqual(out.getvalue(), '     3 {}\n     0 {}\n'.format(*paths))

    def test_no_such_file(self):
        with self.assertRaises(IOError):
            cli.main([os.path.join(self.folder, 'missing'), '--timeout', '4'], six.StringIO())
