# -*- coding: utf-8 -*-
from __future__ import absolute_import

from tornado import gen
from tornado.testing import AsyncTestCase, gen_test

from jobrunner.backlog import Backlog, Mailbox
from jobrunner.errors import QueueIsFull
from jobrunner.jobs import Job


class BacklogTest(AsyncTestCase):

    def setUp(self):
        super(BacklogTest, self).setUp()
        self.backlog = Backlog(maxsize=2)

    def job(self, name, priority=10):
        return Job(name, lambda: name, priority=priority)

    @gen_test
    def test_takes_the_most_urgent_first(self):
        self.backlog.add(self.job('later'))
        self.backlog.add(self.job('now', priority=1))
        first = yield self.backlog.take()
        second = yield self.backlog.take()
        self.assertEqual([first.name, second.name], ['now', 'later'])

    @gen_test
    def test_keeps_the_order_of_equals(self):
        self.backlog.add(self.job('a'))
        self.backlog.add(self.job('b'))
        names = []
        while len(self.backlog):
            names.append((yield self.backlog.take()).name)
        self.assertEqual(names, ['a', 'b'])

    @gen_test
    def test_add_needs_room(self):
        self.backlog.add(self.job('a'))
        self.backlog.add(self.job('b'))
        self.assertTrue(self.backlog.is_full())
        with self.assertRaises(QueueIsFull):
            self.backlog.add(self.job('c'))
        self.assertEqual(len(self.backlog), self.backlog.maxsize)

    @gen_test
    def test_offer_gives_up(self):
        for name in 'ab':
            yield self.backlog.offer(self.job(name))
        with self.assertRaises(QueueIsFull):
            yield self.backlog.offer(self.job('c'), patience=0.005)
        self.assertEqual(self.backlog.take_now().name, 'a')
        self.assertEqual(self.backlog.take_now().name, 'b')
        self.assertIsNone(self.backlog.take_now())

    @gen_test
    def test_offer_waits_for_room(self):
        for name in 'ab':
            self.backlog.add(self.job(name))
        offered = self.backlog.offer(self.job('c'), patience=4)
        taken = yield self.backlog.take()
        yield offered
        self.assertEqual(taken.name, 'a')
        self.assertTrue(self.backlog.is_full())

    @gen_test
    def test_take_waits_for_a_job(self):
        taken = self.backlog.take()
        yield gen.moment
        self.backlog.add(self.job('a'))
        job = yield taken
        self.assertEqual(job.name, 'a')

    @gen_test
    def test_take_gives_up(self):
        self.assertIsNone((yield self.backlog.take(patience=0.005)))
        self.assertTrue(self.backlog.is_empty())

    @gen_test
    def test_join(self):
        self.backlog.add(self.job('a'))
        self.assertFalse((yield self.backlog.wait_done(0.005)))
        joined = self.backlog.join()
        yield self.backlog.take()
        self.backlog.done()
        yield joined
        self.assertTrue((yield self.backlog.wait_done(0.005)))


class MailboxTest(AsyncTestCase):

    def setUp(self):
        super(MailboxTest, self).setUp()
        self.mailbox = Mailbox()

    def test_post_is_immediate(self):
        self.mailbox.post('a', 'b')
        self.assertEqual(self.mailbox.unread, 2)

    @gen_test
    def test_read_in_order(self):
        self.mailbox.post(1, 2, 3)
        read = []
        for _ in range(3):
            read.append((yield self.mailbox.read()))
        self.assertEqual(read, [1, 2, 3])
        self.assertEqual(self.mailbox.unread, 0)

    @gen_test
    def test_forward(self):
        other = Mailbox()
        self.mailbox.post('x', 'y')
        moved = yield self.mailbox.forward(other)
        self.assertEqual((moved, self.mailbox.unread, other.unread), (2, 0, 2))
        self.assertEqual((yield other.read()), 'x')
        self.assertEqual((yield self.mailbox.last_forwarded()), 'y')

    @gen_test
    def test_readers_are_served_in_turn(self):
        readers = [self.mailbox.read(), self.mailbox.read()]
        yield gen.moment
        self.mailbox.post('first', 'second')
        self.assertEqual((yield readers), ['first', 'second'])
