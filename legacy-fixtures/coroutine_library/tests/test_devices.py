# -*- coding: utf-8 -*-
from __future__ import absolute_import

import unittest

from tornado import gen
from tornado.testing import AsyncTestCase, gen_test

from tideway import decorators
from tideway.decorators import Busy, retried
from tideway.devices import Constant, Device, Impatient, Motor, Shifted, Thermometer, Warming


class DeviceTest(AsyncTestCase):

    @gen_test
    def test_coroutines_for_plain_methods(self):
        device = Thermometer('t')
        self.assertEqual((yield device.read()), {'t': 21})
        self.assertEqual([name for name, _ in device.calls], ['calibrated', 'settled'])

    @gen_test
    def test_plain_methods_for_coroutines(self):
        device = Constant('c')
        self.assertEqual((yield device.read()), {'c': 42})
        self.assertEqual([name for name, _ in device.calls], ['needs no settling'])

    @gen_test
    def test_super(self):
        device = Shifted('s')
        self.assertEqual((yield device.read()), {'s': 22})
        self.assertEqual([name for name, _ in device.calls], ['calibrated', 'shifted', 'settled'])

    @gen_test
    def test_started_by_super(self):
        device = Impatient('i')
        self.assertEqual((yield device.sample()), {'i': 21})
        while len(device.calls) < 3:
            yield gen.moment
        self.assertEqual(sorted(name for name, _ in device.calls), ['calibrated', 'impatient', 'settled'])

    @gen_test
    def test_device_of_another_module(self):
        class Slow(Device):
            @gen.coroutine
            def measure(self):
                yield self.settle()
                raise gen.Return(len(self.calls))

        class Quick(Slow):
            def calibrate(self):
                self.calls.append(('quick', ()))

        self.assertEqual((yield [Slow('s').read(), Quick('q').sample()]), [{'s': 2}, {'q': 3}])

    @gen_test
    def test_not_implemented(self):
        with self.assertRaises(NotImplementedError):
            yield Device('d').read()
        self.assertEqual(Device('d').describe(), 'a device')

    @gen_test
    def test_several_kinds(self):
        read = yield [device.read() for device in (Thermometer('a'), Constant('b'), Motor('c'))]
        self.assertEqual(read, [{'a': 21}, {'b': 42}, {'c': 0}])

    @gen_test
    def test_sequence(self):
        self.assertEqual((yield Warming(19).run()), '21')


class DecoratorsTest(AsyncTestCase):

    def setUp(self):
        super(DecoratorsTest, self).setUp()
        self.motor = Motor('m')

    @gen_test
    def test_synchronized(self):
        moving = self.motor.move(3)
        with self.assertRaises(Busy):
            self.motor.reset()
        with self.assertRaises(Busy):
            self.motor.move(1)
        self.assertEqual((yield moving), 3)
        self.assertEqual(self.motor.reset(), 0)

    @gen_test
    def test_synchronized_after_an_error(self):
        with self.assertRaises(ValueError):
            yield self.motor.move(6)
        self.assertEqual((yield self.motor.move(1)), 7)

    @gen_test
    def test_counted(self):
        turns = [self.motor.turn(angle) for angle in (90, 450)]
        self.assertEqual(self.motor.under_way, 2)
        self.assertEqual((yield turns), [90, 90])
        with self.assertRaises(ValueError):
            yield self.motor.turn(-1)
        self.assertEqual((self.motor.under_way, self.motor.failures), (0, 1))

    @gen_test
    def test_noted(self):
        self.assertEqual((yield self.motor.push(4)), 8)
        self.assertEqual(self.motor.calls, [('push', (4,))])

    @gen_test
    def test_retried(self):
        failures = [IOError('one'), IOError('two')]

        @retried(3)
        @gen.coroutine
        def flaky(value):
            yield gen.moment
            if failures:
                raise failures.pop()
            raise gen.Return(value)

        @retried(2, errors=(KeyError, IndexError))
        def plain(values, index):
            values.append(index)
            return values[index]

        self.assertEqual((yield flaky('value')), 'value')
        self.assertEqual((yield plain([], 1)), 1)
        with self.assertRaises(IndexError):
            yield plain([], 5)

    @gen_test
    def test_cached_once(self):
        runs = []

        @decorators.cached_once
        @gen.coroutine
        def run():
            runs.append(len(runs))
            yield gen.moment
            raise gen.Return(runs)

        first, second = yield [run(), run()]
        self.assertIs(first, second)
        self.assertEqual((yield run()), [0])


class NamesTest(unittest.TestCase):

    def test_wrapped(self):
        names = [method.__name__ for method in (Motor.move, Motor.turn, Motor.push, Thermometer.measure)]
        self.assertEqual(names, ['move', 'turn', 'push', 'measure'])
        self.assertTrue(gen.is_coroutine_function(Thermometer.measure))
        self.assertFalse(gen.is_coroutine_function(Constant.measure))
