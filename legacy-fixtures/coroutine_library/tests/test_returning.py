# -*- coding: utf-8 -*-
from __future__ import absolute_import

import traceback

from tornado.testing import AsyncTestCase, gen_test

from tideway import by_hand
from tideway.returning import Journal, answer


class ReturningTest(AsyncTestCase):

    def setUp(self):
        super(ReturningTest, self).setUp()
        self.journal = Journal()

    @gen_test
    def test_try_finally(self):
        self.assertEqual((yield self.journal.in_try_finally(1)), 1)
        with self.assertRaises(ValueError):
            yield self.journal.in_try_finally(ValueError())
        self.assertEqual(self.journal.entries, ['finally', 'finally'])

    @gen_test
    def test_except(self):
        self.assertEqual((yield self.journal.in_except(1)), 1)
        self.assertEqual((yield self.journal.in_except(KeyError('k'))), ('missing', 'k'))
        self.assertEqual((yield self.journal.in_except(TypeError())), 'wrong')

    @gen_test
    def test_narrow_handler(self):
        self.assertEqual((yield self.journal.in_try_with_narrow_handler(1)), 1)
        self.assertEqual((yield self.journal.in_try_with_narrow_handler(KeyError())), 'default')
        self.assertEqual(self.journal.entries, ['no such key'])

    @gen_test
    def test_else(self):
        self.assertEqual((yield self.journal.in_else(1)), [1])
        self.assertIsNone((yield self.journal.in_else(KeyError())))
        self.assertEqual(self.journal.entries, ['finally', 'no such key', 'finally'])

    @gen_test
    def test_counting(self):
        self.assertEqual((yield self.journal.counting(2)), 4)
        self.assertIsNone((yield self.journal.counting(None)))
        with self.assertRaises(TypeError):
            yield self.journal.counting(TypeError())
        self.assertEqual(self.journal.entries, ['success', 'over', 'success', 'over', 'failure', 'over'])

    @gen_test
    def test_with(self):
        self.assertEqual((yield self.journal.in_with(1)), 1)
        with self.assertRaises(KeyError):
            yield self.journal.in_with(KeyError())
        self.assertEqual(self.journal.entries,
                         ['enter with', 'leave with', 'enter with', 'KeyError in with', 'leave with'])

    @gen_test
    def test_nested_with(self):
        self.assertEqual((yield self.journal.in_nested_with([0, 1, 2])), 6)
        self.assertEqual(self.journal.entries[-2:], ['leave inner', 'leave outer'])
        self.assertIsNone((yield self.journal.in_nested_with([])))

    @gen_test
    def test_loops(self):
        results = []
        for values in ([1, 2], [1, 7], []):
            results.append((yield self.journal.in_loops(values)))
        self.assertEqual(results, ['none', 'five', 'none'])

    @gen_test
    def test_without_yield(self):
        results = yield [self.journal.nothing(), self.journal.without_yield(0), self.journal.without_yield(1)]
        self.assertEqual(results, [None, None, 1])
        self.assertEqual(self.journal.entries, ['no value'])

    @gen_test
    def test_yield_in_finally(self):
        self.assertEqual((yield self.journal.late_value(1)), 1)
        with self.assertRaises(ValueError):
            yield self.journal.late_value(ValueError())
        self.assertEqual(self.journal.entries, ['cleaned up', 'cleaned up'])

    @gen_test
    def test_nested(self):
        self.assertEqual((yield self.journal.from_nested(4)), 50)

    @gen_test
    def test_traceback(self):
        error = LookupError('not here')
        try:
            yield self.journal.in_with(error)
        except LookupError as caught:
            self.assertIs(caught, error)
            text = traceback.format_exc()
        self.assertIn('in_with', text)
        self.assertIn('not here', text)
        with self.assertRaises(LookupError):
            yield answer(error)


class ByHandTest(AsyncTestCase):

    @gen_test
    def test_find(self):
        self.assertEqual((yield by_hand.find([1, 2, 3], 2)), 2)
        self.assertIsNone((yield by_hand.find([1, 2, 3], 4)))

    @gen_test
    def test_property(self):
        gauge = by_hand.Gauge([1, 2, 3])
        first = yield gauge.value
        self.assertEqual([first] + (yield [gauge.value, gauge.value]), [1, 2, 3])

    @gen_test
    def test_traced(self):
        trace = []
        yield by_hand.step(trace)
        self.assertEqual(trace, ['before', 'after', 'step'])
