# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division

import threading

import six
from tornado import gen, testing
from tornado.concurrent import Future, is_future

from gauges import stations


class StationTest(testing.AsyncTestCase):

    def setUp(self):
        super(StationTest, self).setUp()
        self.station = stations.SimulatedStation('pier', {'level': [1.0, 2.0, 3.0], 'salt': [35]})

    @testing.gen_test
    def test_connect(self):
        self.assertTrue((yield self.station.connect()))
        self.assertFalse((yield self.station.connect()))
        self.assertTrue(self.station.connected)

    @testing.gen_test
    def test_a_station_must_be_connected(self):
        with self.assertRaises(stations.StationError):
            yield self.station.read()

    @testing.gen_test
    def test_read_in_turn(self):
        yield self.station.connect()
        values = yield self.station.read_many(4)
        self.assertEqual([1.0, 2.0, 3.0, 1.0], values)
        self.assertEquals(4, self.station.reads)

    @testing.gen_test
    def test_survey(self):
        yield self.station.connect()
        values = yield self.station.survey(['level', 'salt'])
        self.assertEqual({'level': 1.0, 'salt': 35}, values)

    @testing.gen_test
    def test_survey_of_an_unknown_channel(self):
        yield self.station.connect()
        with six.assertRaisesRegex(self, stations.StationError, 'has no wind'):
            yield self.station.survey(['level', 'wind'])

    @testing.gen_test
    def test_read_or(self):
        value = yield self.station.read_or(-1)
        self.assertEqual(-1, value)
        yield self.station.connect()
        value = yield self.station.read_or(-1)
        self.assertEqual(1.0, value)

    @testing.gen_test
    def test_a_session_disconnects(self):
        values = yield self.station.session(2)
        self.assertEqual([1.0, 2.0], values)
        self.assertFalse(self.station.connected)

    @testing.gen_test
    def test_a_session_that_fails_disconnects(self):
        station = stations.FlakyStation('buoy', {'level': [1.0]}, failures=1)
        with self.assertRaises(stations.StationError):
            yield station.session(1)
        self.assertFalse(station.connected)

    @testing.gen_test
    def test_a_read_that_was_begun_is_asked_later(self):
        yield self.station.connect()
        reading = self.station.read()
        self.assertTrue(is_future(reading))
        first = yield reading
        again = yield reading
        self.assertEqual((1.0, 1.0), (first, again))

    @testing.gen_test
    def test_reads_together(self):
        yield self.station.connect()
        level, salt, nothing = yield [self.station.read(), self.station.read('salt'), None]
        self.assertEqual((1.0, 35, None), (level, salt, nothing))

    @testing.gen_test(timeout=10)
    def test_a_serial_station_is_read_in_a_thread(self):
        station = stations.SerialStation('lock', {'level': [4.0]})
        values = yield station.session(2)
        self.assertEqual([4.0, 4.0], values)
        self.assertNotIn(threading.current_thread(), station.threads)

    @testing.gen_test
    def test_a_value_that_is_told(self):
        station = stations.PushStation('radar')
        reading = station.read()
        yield gen.moment
        self.io_loop.add_callback(station.tell, 7)
        value = yield reading
        self.assertEqual(7, value)
        self.assertEqual(0, station.tell(8))

    @testing.gen_test
    def test_a_failure_that_is_told(self):
        station = stations.PushStation('radar')
        self.io_loop.call_later(0.001, station.fail, stations.StationError('broken'))
        with self.assertRaises(stations.StationError) as caught:
            yield station.read()
        self.assertIn('broken', str(caught.exception))


class RetryTest(testing.AsyncTestCase):

    @testing.gen_test
    def test_until_it_answers(self):
        station = stations.FlakyStation('buoy', {'level': [5.0]}, failures=2)
        yield station.connect()
        value = yield stations.retry(station.read, attempts=3)
        self.assertEqual(5.0, value)
        self.assertEqual(0, station.failures)

    @testing.gen_test
    def test_not_for_ever(self):
        station = stations.FlakyStation('buoy', {'level': [5.0]}, failures=2)
        with self.assertRaises(stations.StationError):
            yield stations.retry(station.read, attempts=2)

    @testing.gen_test
    def test_a_plain_function(self):
        value = yield stations.retry(lambda: 6, attempts=1)
        self.assertEqual(6, value)

    @testing.gen_test
    def test_the_first_value(self):
        fast = stations.SimulatedStation('fast', {'level': [1.0]}, delay=0.001)
        slow = stations.SimulatedStation('slow', {'level': [2.0]}, delay=0.2)
        broken = stations.FlakyStation('broken', {'level': [3.0]}, failures=1, delay=0)
        yield [station.connect() for station in (fast, slow, broken)]
        answer = yield stations.first_value([slow, fast, broken])
        self.assertEqual(('fast', 1.0), answer)

    @testing.gen_test
    def test_no_first_value(self):
        broken = [stations.FlakyStation(name, {'level': [3.0]}, failures=1) for name in 'ab']
        with self.assertRaises(stations.StationError):
            yield stations.first_value(broken)


def test_addresses():
    station = stations.open_station('sim://harbour?level=1,2.5&salt=35')
    assert station is stations.open_station('sim://harbour?level=1,2.5&salt=35')
    assert station.name == 'harbour'
    assert [station.value('level') for _ in range(3)] == [1.0, 2.5, 1.0]


def test_a_future_that_nobody_has_set():
    future = Future()
    assert is_future(future)
    assert not future.done()
    future.set_result(3)
    assert future.result() == 3
