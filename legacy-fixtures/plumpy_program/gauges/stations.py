# -*- coding: utf-8 -*-
"""Measuring stations: they answer slowly, and sometimes not at all.

Only simulated ones are left in this package; they are opened by an address such as ``sim://harbour?level=1,2,3``.
"""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import abc
import itertools
import logging
import threading
from concurrent import futures

import six
from six.moves import range
from six.moves.urllib.parse import parse_qs, urlparse
from tornado import gen
from tornado.concurrent import Future

LOGGER = logging.getLogger(__name__)


class StationError(Exception):
    """A station gave no value."""


@six.add_metaclass(abc.ABCMeta)
class Station(object):
    """Base of stations.

    :param delay: the seconds that a value takes.
    """

    def __init__(self, name, delay=0.001):
        super(Station, self).__init__()
        self.name = name
        self.delay = delay
        self.connected = False
        self.reads = 0

    def __repr__(self):
        return '<{} {}>'.format(self.__class__.__name__, self.name)

    @abc.abstractmethod
    def value(self, channel):
        """The value of a channel, at once."""

    @gen.coroutine
    def connect(self):
        """Connect, if that wasn't done yet."""
        if self.connected:
            raise gen.Return(False)
        yield gen.moment
        self.connected = True
        LOGGER.debug('%s is connected', self.name)
        raise gen.Return(True)

    @gen.coroutine
    def disconnect(self):
        if not self.connected:
            raise gen.Return
        self.connected = False

    @gen.coroutine
    def read(self, channel='level'):
        """One value of a channel."""
        if not self.connected:
            raise StationError('{} is not connected'.format(self.name))
        self.reads += 1
        yield gen.sleep(self.delay)
        raise gen.Return(self.value(channel))

    @gen.coroutine
    def read_many(self, count, channel='level'):
        """Some values, one after the other."""
        values = []
        for _ in range(count):
            values.append((yield self.read(channel)))
        raise gen.Return(values)

    @gen.coroutine
    def survey(self, channels):
        """The values of some channels, read together."""
        values = yield {channel: self.read(channel) for channel in channels}
        raise gen.Return(values)

    @gen.coroutine
    def read_or(self, default, channel='level'):
        """A value, or the default if the station has none."""
        try:
            value = yield self.read(channel)
        except StationError as error:
            LOGGER.warning('%s: %s', self.name, error)
            raise gen.Return(default)
        else:
            raise gen.Return(value)

    @gen.coroutine
    def session(self, count):
        """Connect, read and disconnect whatever happens."""
        yield self.connect()
        try:
            raise gen.Return((yield self.read_many(count)))
        finally:
            yield self.disconnect()


class SimulatedStation(Station):
    """Gives the values that it was made with, again and again."""

    def __init__(self, name, channels, delay=0.001):
        super(SimulatedStation, self).__init__(name, delay)
        self._channels = {channel: itertools.cycle(values) for channel, values in six.iteritems(channels)}

    def value(self, channel):
        try:
            return next(self._channels[channel])
        except KeyError:
            raise StationError('{} has no {}'.format(self.name, channel))


class FlakyStation(SimulatedStation):
    """Fails some times before it gives values."""

    def __init__(self, name, channels, failures, delay=0.001):
        super(FlakyStation, self).__init__(name, channels, delay)
        self.failures = failures

    @gen.coroutine
    def read(self, channel='level'):
        if self.failures:
            self.failures -= 1
            yield gen.sleep(self.delay)
            raise StationError('{} does not answer'.format(self.name))
        value = yield super(FlakyStation, self).read(channel)
        raise gen.Return(value)


class SerialStation(SimulatedStation):
    """Has a driver that blocks, so it's read in a thread."""

    def __init__(self, name, channels, delay=0.001):
        super(SerialStation, self).__init__(name, channels, delay)
        self._executor = futures.ThreadPoolExecutor(max_workers=1)
        self.threads = set()

    @gen.coroutine
    def read(self, channel='level'):
        value = yield self._executor.submit(self._read_blocking, channel)
        raise gen.Return(value)

    @gen.coroutine
    def disconnect(self):
        yield super(SerialStation, self).disconnect()
        self._executor.shutdown()

    def _read_blocking(self, channel):
        self.threads.add(threading.current_thread())
        return self.value(channel)


class PushStation(Station):
    """Doesn't answer: it tells its values when it has them."""

    def __init__(self, name):
        super(PushStation, self).__init__(name)
        self._waiting = []

    def value(self, channel):
        raise StationError('{} only tells'.format(self.name))

    def next_value(self):
        """A future of the next value."""
        future = Future()
        self._waiting.append(future)
        return future

    def tell(self, value):
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.set_result(value)
        return len(waiting)

    def fail(self, error):
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.set_exception(error)

    @gen.coroutine
    def read(self, channel='level'):
        self.reads += 1
        value = yield self.next_value()
        raise gen.Return(value)


@gen.coroutine
def retry(function, attempts, interval=0.001):
    """Call a function until it doesn't fail with a :class:`StationError`; wait twice as long after each failure."""
    for attempt in range(attempts):
        try:
            result = yield gen.maybe_future(function())
            break
        except StationError:
            if attempt == attempts - 1:
                raise
            yield gen.sleep(interval)
            interval *= 2
    raise gen.Return(result)


@gen.coroutine
def first_value(stations, channel='level'):
    """The name and value of the station that answers first; those that fail are passed over."""
    iterator = gen.WaitIterator(**{station.name: station.read(channel) for station in stations})
    while not iterator.done():
        try:
            value = yield iterator.next()
        except StationError:
            LOGGER.info('%s has failed', iterator.current_index)
        else:
            raise gen.Return((iterator.current_index, value))
    raise StationError('no station has answered')


_STATIONS = {}


def add_station(station):
    """Have :func:`open_station` know a station by its name."""
    _STATIONS[station.name] = station
    return station


def forget_stations():
    _STATIONS.clear()


def open_station(address):
    """Give the station of a name or address; the same one each time."""
    if not isinstance(address, six.string_types):
        raise TypeError('not an address: {!r}'.format(address))
    if address not in _STATIONS:
        _STATIONS[address] = _parse(address)
    return _STATIONS[address]


def _parse(address):
    parts = urlparse(address)
    if parts.scheme != 'sim':
        raise StationError('unknown address {}'.format(address))
    channels = {
        channel: [float(value) for value in values[-1].split(',')]
        for channel, values in six.iteritems(parse_qs(parts.query))
    }
    return SimulatedStation(parts.netloc, channels)
