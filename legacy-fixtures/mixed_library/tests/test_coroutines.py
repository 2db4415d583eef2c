# -*- coding: utf-8 -*-
from __future__ import absolute_import

import unittest

import six
from tornado import gen
from tornado.testing import AsyncTestCase, gen_test

from oddments import continued, dos, optional, optional_loop
from oddments.spool import Echo, Plain, Spool, done
from oddments.tabs import Tally

if six.PY3:
    unicode = str


class TabsTest(AsyncTestCase):

	@gen_test
	def test_later(self):
		tally = Tally()
		self.assertFalse(tally)
		self.assertEqual((yield tally.add_later(done('tea'))), 1)
		self.assertEqual((yield tally.add_later(done(['tea', 'milk']))), 2)
		self.assertTrue(tally)
		self.assertEqual(tally.most(), ('tea', 2))
		with self.assertRaises(TypeError):
			yield tally.add_later(done([7]))


class DosTest(AsyncTestCase):
    @gen_test
    def test_read(self):
        lines = dos.LINES.splitlines(True) + [None]
        self.assertEqual((yield dos.read(lambda: done(lines.pop(0)))), u'one\ntwo')
        self.assertEqual(dos.widths({'a': [1, 1000], 'b': [u'']}), {'a': 4, 'b': 0})


class ContinuedTest(AsyncTestCase):
    def test_plain(self):
        self.assertEqual(continued.evens(5), [0, 2, 4])
        self.assertEqual(continued.flat([1, [2, 3], (4,)]), [1, 2, 3, 4])
        self.assertEqual(continued.LONG(2 ** 70), 2 ** 70)

    @gen_test
    def test_sums(self):
        total = yield continued.sums(
            done(1), done(2), \
            done(3), done(4))
        self.assertEqual(total, [10, 'end', 'end'])
        self.assertEqual((yield continued.sums(done(100), done(1))), 'much')

    def test_run(self):
        self.assertEqual(continued.run(lambda: continued.sums(done(1), done(0))), [1, 'end', 'end'])


class SpoolTest(AsyncTestCase):
    def setUp(self):
        super(SpoolTest, self).setUp(); self.spool = Spool()

    @gen_test
    def test_run(self):
        self.spool.put(Echo(u'a'), Plain('b'), Echo(u'c', turns=3))
        self.assertEqual((yield self.spool.run()), {u'a': u'a', u'b': u'B', u'c': u'c'})
        self.assertFalse((yield self.spool.run_next()))

    @gen_test
    def test_errors(self):
        self.spool.put(Echo('a', error=KeyError('first')), Echo('b'))
        with self.assertRaises(KeyError):
            yield self.spool.run()
        self.assertEqual(self.spool.results, {'b': 'b'})
        self.assertEqual(list(six.iterkeys(self.spool.errors)), ['a'])

    def test_by_hand(self):
        self.assertEqual(self.spool.put(Plain('x')).run_by_hand(self.io_loop), {'x': u'X'})
        self.assertEqual(self.spool.put(Plain('y')).run_by_hand(), {'x': u'X', 'y': u'Y'})


class OptionalTest(AsyncTestCase):
    @gen_test
    def test_later(self):
        self.assertTrue(optional.HAVE_COROUTINES)
        value = yield optional.later(3)
        self.assertEqual(value, 3)

    @gen_test
    def test_soon(self):
        called = []
        optional_loop.soon(called.append, 1)
        self.assertEqual(called, [])
        while not called:
            yield gen.moment
        self.assertEqual(called, [1])

    def test_wait(self):
        self.assertEqual(optional.wait(optional.later(unicode(4))), u'4')


class PlainTest(unittest.TestCase):
    def test_mixed_spool(self):
        self.assertEqual(Plain('tea', turns=1).do(), u'TEA')
        self.assertEqual(Plain('tea', turns=1).options, {u'turns': 1})
