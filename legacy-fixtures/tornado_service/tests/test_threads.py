# -*- coding: utf-8 -*-
from __future__ import absolute_import

import hashlib

from tornado.testing import AsyncTestCase, gen_test

from jobrunner.jobs import Job
from jobrunner.threads import Hasher


class HasherTest(AsyncTestCase):

    def setUp(self):
        super(HasherTest, self).setUp()
        self.hasher = Hasher()

    def tearDown(self):
        self.hasher.close()
        super(HasherTest, self).tearDown()

    @gen_test
    def test_digest(self):
        digest = yield self.hasher.digest(b'tea')
        self.assertEqual(digest, hashlib.sha256(b'tea').hexdigest())

    @gen_test
    def test_keywords(self):
        digest = yield self.hasher.digest(b'tea', algorithm='md5')
        self.assertEqual(digest, hashlib.md5(b'tea').hexdigest())

    @gen_test
    def test_list(self):
        digests = yield self.hasher.digest_all([b'tea', b'milk'])
        self.assertEqual(digests, [hashlib.sha256(drink).hexdigest() for drink in (b'tea', b'milk')])

    @gen_test
    def test_dict(self):
        digests = yield self.hasher.digest_named({'tea': b'tea', 'milk': b'milk'})
        self.assertEqual(digests['milk'], hashlib.md5(b'milk').hexdigest())
        self.assertEqual(set(digests), {'tea', 'milk'})

    @gen_test
    def test_errors_of_the_thread(self):
        with self.assertRaises(ValueError):
            yield self.hasher.digest(b'tea', algorithm='none of these')
        self.assertIsNone((yield self.hasher.digest_checked(None)))

    @gen_test
    def test_calls_that_nobody_waits_for(self):
        yield self.hasher.digest_checked(b'tea')
        self.assertEqual((yield self.hasher.remember('last')), 2)
        self.assertEqual(self.hasher.seen, [('checked', True), ('last', True)])

    @gen_test
    def test_submit(self):
        self.assertEqual((yield self.hasher.count(['two words', 'and three more'])), 5)

    @gen_test
    def test_as_a_job(self):
        job = Job('digest', self.hasher.digest, b'tea')
        self.assertTrue((yield job.run()))
        self.assertEqual((yield job.future), hashlib.sha256(b'tea').hexdigest())
