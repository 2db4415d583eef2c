# -*- coding: utf-8 -*-
from __future__ import absolute_import

from tornado import gen
from tornado.concurrent import Future
from tornado.testing import AsyncTestCase, gen_test

import tideway
from tideway import gathering

from .support import logged

SOURCE = {'a': 1, 'b': 2, 'c': 3}


class GatheringTest(AsyncTestCase):

    @gen_test
    def test_lists_and_dicts(self):
        self.assertEqual((yield gathering.fetch_all(SOURCE, 'cab')), [3, 1, 2])
        self.assertEqual((yield gathering.fetch_dict(SOURCE, 'a', 'b')), {'a': 1, 'b': 2})
        self.assertEqual((yield gathering.fetch_pair(SOURCE, 'a', 'b')), 3)
        self.assertEqual((yield gathering.fetch_nested(SOURCE)), (1, 2, 3, None))
        self.assertEqual((yield gathering.fetch_one_by_one(SOURCE, 'ba')), [2, 1])
        self.assertEqual((yield gathering.fetch_started(SOURCE, 'ca')), [3, 1])
        self.assertEqual((yield gathering.fetch_mapped(SOURCE, 'bc')), [2, 3])

    @gen_test
    def test_from_the_package(self):
        fetched = tideway.fetch_all(SOURCE, 'ab')
        self.assertEqual((yield tideway.first(fetched, Future())), (0, [1, 2]))
        self.assertEqual((yield fetched), [1, 2])

    @gen_test
    def test_wrong_arguments(self):
        with self.assertRaises(TypeError):
            yield gathering.fetch(SOURCE)
        with self.assertRaises(TypeError):
            yield gathering.fetch_all(SOURCE, keys='ab', more='c')

    @gen_test
    def test_empty(self):
        self.assertEqual((yield gathering.nothing_at_all()), ([], {}, None, None))

    @gen_test
    def test_first_error_others_are_logged(self):
        with logged() as records:
            with self.assertRaises(KeyError) as caught:
                yield gathering.fetch_all(SOURCE, 'axby')
        self.assertEqual(caught.exception.args, ('x',))
        self.assertEqual([record.exc_info[1].args for record in records], [('y',)])

    @gen_test
    def test_quiet(self):
        with logged() as records:
            self.assertEqual((yield gathering.fetch_quietly(SOURCE, 'xy')), 'x')
        self.assertEqual((yield gathering.fetch_quietly(SOURCE, 'ab')), [1, 2])
        self.assertEqual(records, [])

    @gen_test
    def test_all_are_waited_for(self):
        finished = []

        @gen.coroutine
        def finish(name, turns):
            for _ in range(turns):
                yield gen.moment
            finished.append(name)
            if turns == 0:
                raise RuntimeError(name)

        with self.assertRaises(RuntimeError):
            yield gathering.gather(finish('at once', 0), finish('later', 5))
        self.assertEqual(finished, ['at once', 'later'])

    @gen_test
    def test_first(self):
        futures = [Future(), Future(), Future()]
        first = gathering.first(*futures)
        futures[1].set_exception(ValueError())
        yield gen.moment
        futures[2].set_result('second')
        self.assertEqual((yield first), (2, 'second'))
        futures[0].set_exception(ValueError())
        with self.assertRaises(ValueError):
            yield gathering.first(futures[0], futures[1])

    @gen_test
    def test_order_of_arrival(self):
        early, late = Future(), Future()
        arrived = gathering.in_order_of_arrival(late=late, early=early)
        early.set_result(1)
        yield gen.moment
        late.set_result(2)
        self.assertEqual((yield arrived), [('early', 1), ('late', 2)])
