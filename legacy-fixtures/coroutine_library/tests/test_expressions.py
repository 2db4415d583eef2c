# -*- coding: utf-8 -*-
from __future__ import absolute_import

from tornado.testing import AsyncTestCase, gen_test

from tideway.expressions import Expressions, get


class ExpressionsTest(AsyncTestCase):

    def setUp(self):
        super(ExpressionsTest, self).setUp()
        self.expressions = Expressions()

    @gen_test
    def test_operators_within(self):
        self.assertEqual((yield self.expressions.either()), 'fetched')
        self.assertEqual((yield self.expressions.both()), None)
        self.assertEqual((yield self.expressions.ternary(True)), 'fetched')
        self.assertEqual((yield self.expressions.ternary(False)), 'stale')
        cached = Expressions(get('cached'))
        self.assertEqual((yield cached.either()), 'cached')
        self.assertEqual((yield cached.both()), 'fetched')

    @gen_test
    def test_parts_of_expressions(self):
        self.assertEqual((yield self.expressions.attribute()), 4)
        self.assertEqual((yield self.expressions.item_and_call()), (6, 16, 8, -1))
        self.assertEqual((yield self.expressions.arithmetic()), 7)
        self.assertEqual((yield self.expressions.comparison()), (True, True, True))
        self.assertEqual((yield self.expressions.arguments()), 'first last old')
        self.assertEqual((yield self.expressions.displays()), ([1, 2], [('a', 3), ('b', 4)], (5,)))

    @gen_test
    def test_statements(self):
        results = yield [self.expressions.conditions(start) for start in (0, 1, 3)]
        self.assertEqual(results, ['none', 'few', 'many'])
        self.assertEqual((yield self.expressions.loop()), [3, 2, 1])
        self.assertEqual((yield self.expressions.augmented()), (10, 1, 2, 3))
        self.assertTrue((yield self.expressions.assertion()))
        self.assertEqual((yield self.expressions.longer_than_a_line()), 'first')
