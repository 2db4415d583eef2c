# -*- coding: utf-8 -*-
"""Work that would block the loop, and so is done in threads."""
from __future__ import absolute_import

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

from tornado import gen
from tornado.concurrent import run_on_executor


class Hasher(object):
    """Computes digests in a pool of threads."""

    def __init__(self, workers=2):
        self.executor = ThreadPoolExecutor(max_workers=workers)
        self._slow_pool = ThreadPoolExecutor(max_workers=1)
        self.seen = []

    @run_on_executor
    def digest(self, data, algorithm='sha256'):
        """The digest in hex."""
        found = hashlib.new(algorithm)
        found.update(data)
        return found.hexdigest()

    @run_on_executor(executor='_slow_pool')
    def remember(self, name):
        self.seen.append((name, threading.current_thread().name != 'MainThread'))
        return len(self.seen)

    @gen.coroutine
    def digest_all(self, chunks):
        digests = yield [self.digest(chunk) for chunk in chunks]
        raise gen.Return(digests)

    @gen.coroutine
    def digest_named(self, chunks):
        digests = yield {name: self.digest(chunk, algorithm='md5') for name, chunk in chunks.items()}
        raise gen.Return(digests)

    @gen.coroutine
    def digest_checked(self, data):
        """The digest, or None if the data cannot be hashed."""
        self.remember('checked')
        try:
            digest = yield self.digest(data)
        except TypeError:
            raise gen.Return(None)
        raise gen.Return(digest)

    @gen.coroutine
    def count(self, lines):
        """Count the words of some lines, with no method of its own."""
        counts = []
        for future in [self.executor.submit(len, line.split()) for line in lines]:
            counts.append((yield future))
        total = yield self.executor.submit(sum, counts)
        raise gen.Return(total)

    def close(self):
        self.executor.shutdown()
        self._slow_pool.shutdown()
