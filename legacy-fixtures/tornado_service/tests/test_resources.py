# -*- coding: utf-8 -*-
from __future__ import absolute_import

from tornado import gen
from tornado.testing import AsyncTestCase, gen_test

from jobrunner.resources import Ledger, Printer


class LedgerTest(AsyncTestCase):

    def setUp(self):
        super(LedgerTest, self).setUp()
        self.ledger = Ledger()
        self.ledger.balance = {'cash': 10, 'bank': 0}

    @gen_test
    def test_one_at_a_time(self):
        left = yield [self.ledger.transfer('cash', 'bank', 3) for _ in range(3)]
        self.assertEqual(left, [7, 4, 1])
        self.assertEqual(self.ledger.balance, {'cash': 1, 'bank': 9})
        self.assertEqual((yield self.ledger.audit()), 10)

    @gen_test
    def test_an_error_lets_others_in(self):
        with self.assertRaises(ValueError):
            yield self.ledger.transfer('cash', 'bank', 11)
        yield self.ledger.transfer('cash', 'bank', 10)
        self.assertEqual(self.ledger.history, [('cash', 'bank', 10)])

    @gen_test
    def test_closed_books(self):
        yield self.ledger.close_books()
        self.assertIsNone((yield self.ledger.try_audit(0.005)))
        self.ledger.open_books()
        self.assertEqual((yield self.ledger.try_audit(4)), 10)

    @gen_test
    def test_books_that_are_open(self):
        with self.assertRaises(RuntimeError):
            self.ledger.open_books()
        self.assertEqual((yield self.ledger.audit()), 10)


class PrinterTest(AsyncTestCase):

    @gen_test
    def test_no_more_than_the_trays(self):
        printer = Printer(trays=2)
        pages = [printer.print_page(number) for number in range(5)]
        self.assertEqual(printer.pages, [])
        printer.warm_up()
        yield pages
        self.assertEqual(sorted(printer.pages), [0, 1, 2, 3, 4])
        self.assertEqual(printer.most_in_use, 2)

    @gen_test
    def test_warm(self):
        printer = Printer(trays=1)
        self.assertFalse((yield printer.wait_warm(0.005)))
        waiting = printer.wait_warm(4)
        yield gen.moment
        printer.warm_up()
        self.assertTrue((yield waiting))
        printer.cool_down()
        self.assertFalse((yield printer.wait_warm(0.005)))

    @gen_test
    def test_too_much_paper(self):
        with self.assertRaises(ValueError):
            Printer(trays=1).refill()
