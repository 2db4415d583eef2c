# -*- coding: utf-8 -*-
"""Things that only so many jobs may use at a time."""
from __future__ import absolute_import

import datetime

from tornado import gen
from tornado.locks import BoundedSemaphore, Event, Lock, Semaphore


class Ledger(object):
    """Accounts that are changed by one at a time."""

    def __init__(self):
        self._lock = Lock()
        self.balance = {}
        self.history = []

    @gen.coroutine
    def transfer(self, source, target, amount):
        with (yield self._lock.acquire()):
            before = self.balance.get(source, 0)
            yield gen.moment  # somebody else may run here
            if before < amount:
                raise ValueError('{} has only {}'.format(source, before))
            self.balance[source] = before - amount
            self.balance[target] = self.balance.get(target, 0) + amount
            self.history.append((source, target, amount))
            raise gen.Return(self.balance[source])

    @gen.coroutine
    def audit(self):
        """The sum over all accounts."""
        yield self._lock.acquire()
        try:
            yield gen.moment
            total = sum(self.balance.values())
        finally:
            self._lock.release()
        raise gen.Return(total)

    @gen.coroutine
    def try_audit(self, patience):
        """As `audit`, or None if the books are in use for too long."""
        try:
            yield self._lock.acquire(timeout=datetime.timedelta(seconds=patience))
        except gen.TimeoutError:
            raise gen.Return(None)
        self._lock.release()
        raise gen.Return((yield self.audit()))

    def close_books(self):
        """Keep everybody out. The future is done when nobody is in."""
        return self._lock.acquire()

    def open_books(self):
        self._lock.release()


class Printer(object):
    """A printer with a few trays. Each page takes a turn of the loop."""

    def __init__(self, trays):
        self._trays = Semaphore(trays)
        self._paper = BoundedSemaphore(trays)
        self._warm = Event()
        self._in_use = 0
        self.most_in_use = 0
        self.pages = []

    def warm_up(self):
        self._warm.set()

    def cool_down(self):
        self._warm.clear()

    @gen.coroutine
    def wait_warm(self, patience):
        try:
            yield self._warm.wait(timeout=datetime.timedelta(seconds=patience))
        except gen.TimeoutError:
            raise gen.Return(False)
        raise gen.Return(True)

    @gen.coroutine
    def print_page(self, text):
        yield self._warm.wait()
        with (yield self._trays.acquire()):
            self._in_use += 1
            self.most_in_use = max(self.most_in_use, self._in_use)
            yield gen.sleep(0.001)
            self.pages.append(text)
            self._in_use -= 1

    def refill(self):
        self._paper.release()
