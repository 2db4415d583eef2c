# -*- coding: utf-8 -*-
from __future__ import absolute_import

from tornado import gen
from tornado.testing import AsyncTestCase, gen_test

from tideway.channels import Cache, Channel, ChannelClosed


class ChannelTest(AsyncTestCase):

    def setUp(self):
        super(ChannelTest, self).setUp()
        self.channel = Channel('left')

    @gen_test
    def test_opened_once(self):
        first, second = yield self.channel.opened_twice()
        again = yield self.channel.open()
        self.assertIs(first, self.channel)
        self.assertIs(second, again)
        self.assertEqual(self.channel.openings, 1)
        self.assertIs(self.channel.open(), self.channel.open())

    @gen_test
    def test_values_before_readers(self):
        self.channel.send(1)
        self.channel.send(2)
        self.assertEqual((yield self.channel.receive()), 1)
        self.assertEqual((yield self.channel.receive_many(1)), [2])

    @gen_test
    def test_readers_before_values(self):
        readers = [self.channel.receive() for _ in range(3)]
        for value in 'abc':
            self.channel.send(value)
        self.assertEqual((yield readers), ['a', 'b', 'c'])

    @gen_test
    def test_close(self):
        reader = self.channel.receive()
        closed = self.channel.closed
        self.channel.close()
        self.channel.close()
        with self.assertRaises(ChannelClosed) as caught:
            yield reader
        self.assertEqual(caught.exception.name, 'left')
        self.assertEqual((yield [closed, self.channel.closed]), ['left', 'left'])
        with self.assertRaises(ChannelClosed):
            self.channel.send(1)

    @gen_test
    def test_exchange(self):
        other = Channel('right')
        exchange = self.channel.exchange(other)
        received = other.receive_many(5)
        for value in range(3):
            self.channel.send(value)
        yield gen.moment
        self.channel.close()
        self.assertEqual((yield {'passed': exchange, 'received': received}), {'passed': 3, 'received': [0, 1, 2]})


class CacheTest(AsyncTestCase):

    def setUp(self):
        super(CacheTest, self).setUp()
        self.computed = []
        self.cache = Cache(self.compute)

    @gen.coroutine
    def compute(self, key):
        self.computed.append(key)
        yield gen.moment
        if key == 'bad' and self.computed.count('bad') == 1:
            raise IOError(key)
        raise gen.Return(key.upper())

    @gen_test
    def test_shares_what_is_computed(self):
        futures = [self.cache.get(key) for key in ('a', 'b', 'a')]
        self.assertIs(futures[0], futures[2])
        self.assertEqual(len(set(futures)), 2)
        self.assertEqual(self.cache.pending, ['a', 'b'])
        self.assertEqual((yield futures), ['A', 'B', 'A'])
        self.assertEqual((yield self.cache.get('a')), 'A')
        self.assertEqual((self.computed, self.cache.pending), (['a', 'b'], []))

    @gen_test
    def test_errors_are_not_kept(self):
        with self.assertRaises(IOError):
            yield self.cache.get('bad')
        self.assertEqual((yield self.cache.get('bad')), 'BAD')

    @gen_test
    def test_refresh(self):
        yield self.cache.get('a')
        self.assertEqual((yield self.cache.refresh('a')), (True, 'A'))
        self.assertEqual(self.computed, ['a', 'a'])
