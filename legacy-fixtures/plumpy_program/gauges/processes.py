# -*- coding: utf-8 -*-
"""The processes of this program."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import datetime
import sys

import plumpy
import six
from plumpy import process_states
from six.moves import zip
from tornado import gen
from tornado.concurrent import is_future

from . import settings
from . import stations


class RunningStep(plumpy.Running):
    """A running state whose step may be a coroutine: plumpy takes what a step returns, and doesn't wait for it."""

    @gen.coroutine
    def execute(self):
        try:
            result = self.run_fn(*self.args, **self.kwargs)
            if is_future(result):
                result = yield result
        except plumpy.Interruption:
            raise
        except Exception:  # pylint: disable=broad-except
            raise gen.Return(self.create_state(plumpy.ProcessState.EXCEPTED, *sys.exc_info()[1:]))

        if isinstance(result, plumpy.UnsuccessfulResult):
            result = process_states.Stop(result.result, False)
        elif not isinstance(result, process_states.Command):
            result = process_states.Stop(result, True)
        raise gen.Return(self._action_command(result))


class StepProcess(plumpy.Process):
    """Base of processes with steps that are coroutines."""

    @classmethod
    def get_state_classes(cls):
        classes = super(StepProcess, cls).get_state_classes()
        classes[plumpy.ProcessState.RUNNING] = RunningStep
        return classes


class Measure(StepProcess):
    """Reads a station some times, and gives the mean."""

    @classmethod
    def define(cls, spec):
        super(Measure, cls).define(spec)
        spec.input('station', valid_type=six.string_types)
        spec.input('channel', valid_type=six.string_types, default='level')
        spec.input('count', valid_type=six.integer_types, default=3, validator=cls.check_count)
        spec.output('mean', valid_type=float)
        spec.output('values', valid_type=list, required=False)

    @staticmethod
    def check_count(count, _port=None):
        if count < 1:
            return 'there must be something to read'

    @property
    def station(self):
        return stations.open_station(self.inputs.station)

    @gen.coroutine
    def run(self):
        yield self.station.connect()
        self.set_status('connected')
        raise gen.Return(plumpy.Continue(self.collect, self.inputs.count))

    @gen.coroutine
    def collect(self, count):
        values = yield self.station.read_many(count, self.inputs.channel)
        raise gen.Return(plumpy.Continue(self.report, values))

    def report(self, values):
        self.out('values', values)
        self.out('mean', sum(values) / len(values))
        return len(values)


class Calibrate(StepProcess):
    """Compares a station with a level that somebody tells it. It waits for that."""

    @classmethod
    def define(cls, spec):
        super(Calibrate, cls).define(spec)
        spec.input('station', valid_type=six.string_types)
        spec.input_namespace('limits', required=False)
        spec.input('limits.offset', valid_type=float, default=1.0)
        spec.output('offset', valid_type=float)

    @gen.coroutine
    def run(self):
        station = stations.open_station(self.inputs.station)
        yield station.connect()
        level = yield station.read()
        self.set_status('read {}'.format(level))
        raise gen.Return(plumpy.Wait(self.compare, msg='waiting for the reference', data=level))

    def on_wait(self, awaitables):
        super(Calibrate, self).on_wait(awaitables)
        self._level = awaitables

    def save_instance_state(self, out_state, save_context):
        super(Calibrate, self).save_instance_state(out_state, save_context)
        out_state['level'] = getattr(self, '_level', None)

    def load_instance_state(self, saved_state, load_context):
        super(Calibrate, self).load_instance_state(saved_state, load_context)
        self._level = saved_state['level']

    def compare(self, reference):
        offset = reference - self._level
        if abs(offset) > self.inputs.limits.offset:
            return plumpy.UnsuccessfulResult('off by {}'.format(offset))
        self.out('offset', offset)


class AwaitLevel(plumpy.Process):
    """Waits until a station reaches a level. A coroutine beside the process watches the station."""

    @classmethod
    def define(cls, spec):
        super(AwaitLevel, cls).define(spec)
        spec.input('station', valid_type=six.string_types)
        spec.input('level', valid_type=float)
        spec.input('interval', valid_type=float, default=settings.DEFAULTS.poll_interval)
        spec.output('reached', valid_type=float)

    def load_instance_state(self, saved_state, load_context):
        super(AwaitLevel, self).load_instance_state(saved_state, load_context)
        if self.state == plumpy.ProcessState.WAITING:
            self.call_soon(self._watch)

    def run(self):
        self.call_soon(self._watch)
        return plumpy.Wait(self.reached, msg='waiting for {}'.format(self.inputs.level))

    @gen.coroutine
    def _watch(self):
        station = stations.open_station(self.inputs.station)
        yield station.connect()
        level = yield station.read()
        while level < self.inputs.level:
            yield gen.sleep(self.inputs.interval)
            level = yield station.read()
        if self.has_terminated():
            return
        self.resume(level)

    def reached(self, level):
        self.out('reached', level)


class Nap(plumpy.Process):
    """Waits for some time, on the loop's clock."""

    @classmethod
    def define(cls, spec):
        super(Nap, cls).define(spec)
        spec.input('seconds', valid_type=float)
        spec.outputs.dynamic = True

    def run(self):
        self._handle = self.loop().call_later(self.inputs.seconds, self._wake)
        return plumpy.Wait(self.awake)

    def _wake(self):
        self.resume('rested')

    def awake(self, how):
        self.out('how', how)

    def on_killed(self):
        super(Nap, self).on_killed()
        self.loop().remove_timeout(self._handle)


class Campaign(StepProcess):
    """Measures at several stations at once."""

    @classmethod
    def define(cls, spec):
        super(Campaign, cls).define(spec)
        spec.input('stations', valid_type=(list, tuple))
        spec.input('count', valid_type=six.integer_types, default=2)
        spec.input('deadline', valid_type=float, default=settings.DEFAULTS.deadline)
        spec.output_namespace('means', valid_type=float, dynamic=True)

    @gen.coroutine
    def run(self):
        self.children = [
            self.launch(Measure, inputs={'station': name, 'count': self.inputs.count}) for name in self.inputs.stations
        ]
        measured = plumpy.gather(*[child.future() for child in self.children])
        try:
            outputs = yield gen.with_timeout(datetime.timedelta(seconds=self.inputs.deadline), measured)
        except gen.TimeoutError:
            yield [self._give_up(child) for child in self.children]
            raise gen.Return(plumpy.UnsuccessfulResult('too late'))
        for name, output in zip(self.inputs.stations, outputs):
            self.out('means.{}'.format(stations.open_station(name).name), output['mean'])
        raise gen.Return(len(outputs))

    @gen.coroutine
    def _give_up(self, child):
        killed = child.kill(msg='too late')
        if is_future(killed):
            killed = yield killed
        raise gen.Return(killed)
