# -*- coding: utf-8 -*-
"""Many at a time."""
from __future__ import absolute_import

import functools

from tornado import gen


@gen.coroutine
def fetch(source, key):
    yield gen.moment
    raise gen.Return(source[key])


@gen.coroutine
def fetch_all(source, keys):
    values = yield [fetch(source, key) for key in keys]
    raise gen.Return(values)


@gen.coroutine
def fetch_dict(source, *keys):
    values = yield {key: fetch(source, key) for key in keys}
    raise gen.Return(values)


@gen.coroutine
def fetch_pair(source, left, right):
    left, right = yield [fetch(source, left), fetch(source, right)]
    raise gen.Return(left + right)


@gen.coroutine
def fetch_nested(source):
    found = yield dict(
        one=fetch(source, 'a'),
        many=[fetch(source, 'b'), {'deep': fetch(source, 'c')}],
        none=None,
    )
    raise gen.Return((found['one'], found['many'][0], found['many'][1]['deep'], found['none']))


@gen.coroutine
def fetch_one_by_one(source, keys):
    found = []
    for key in keys:
        found.append((yield [fetch(source, key)])[0])
    raise gen.Return(found)


@gen.coroutine
def fetch_started(source, keys):
    """Start all, then collect; the list of futures is yielded twice."""
    started = []
    for key in keys:
        started.append(fetch(source, key))
    yield started
    values = yield gen.multi(started)
    raise gen.Return(values)


@gen.coroutine
def fetch_mapped(source, keys):
    values = yield list(map(functools.partial(fetch, source), keys))
    raise gen.Return(values)


@gen.coroutine
def fetch_quietly(source, keys):
    """None instead of all if one is missing; others that are missing too aren't logged."""
    try:
        values = yield gen.multi([fetch(source, key) for key in keys], quiet_exceptions=(KeyError,))
    except KeyError as error:
        raise gen.Return(error.args[0])
    raise gen.Return(values)


def gather(*futures):
    """As the function of this name of asyncio."""
    return gen.multi(futures)


@gen.coroutine
def first(*futures):
    """The first result, with the place of the future that had it. Errors don't count."""
    waiter = gen.WaitIterator(*futures)
    while not waiter.done():
        try:
            result = yield waiter.next()
        except Exception:
            continue
        raise gen.Return((waiter.current_index, result))
    raise ValueError('all of them failed')


@gen.coroutine
def in_order_of_arrival(**futures):
    arrived = []
    waiter = gen.WaitIterator(**futures)
    while not waiter.done():
        value = yield waiter.next()
        arrived.append((waiter.current_index, value))
    raise gen.Return(arrived)


@gen.coroutine
def nothing_at_all():
    empty_list = yield []
    empty_dict = yield {}
    nothing = yield
    none = yield None
    raise gen.Return((empty_list, empty_dict, nothing, none))
