# -*- coding: utf-8 -*-
"""Work chains that come with the package."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import six
from six.moves import range, zip
from tornado import gen

from .calculations import SumJob
from .common import ExitCode
from .engine.workchains import ToContext, WorkChain, if_, return_, while_


class Sums(WorkChain):
    """Adds numbers by jobs, in pairs that run at the same time."""

    @classmethod
    def define(cls, spec):
        super(Sums, cls).define(spec)
        spec.input('numbers', valid_type=(list, tuple))
        spec.outline(
            cls.setup,
            while_(cls.has_pairs)(
                cls.add_pairs,
                cls.inspect,
            ),
            cls.finish,
        )

    def setup(self):
        self.ctx.numbers = list(self.inputs.numbers)
        self.ctx.rounds = 0

    def has_pairs(self):
        return len(self.ctx.numbers) > 1

    def add_pairs(self):
        numbers = self.ctx.numbers
        self.ctx.jobs = ['job_{}'.format(index) for index in range(len(numbers) // 2)]
        for key, x, y in zip(self.ctx.jobs, numbers[::2], numbers[1::2]):
            self.to_context(**{key: self.submit(SumJob, x=x, y=y)})

    def inspect(self):
        rest = self.ctx.numbers[2 * len(self.ctx.jobs):]
        self.ctx.numbers = [self.ctx[key]['sum'] for key in self.ctx.jobs] + rest
        self.ctx.rounds += 1

    def finish(self):
        self.out('rounds', self.ctx.rounds)
        self.out('sum', self.ctx.numbers[0])


class Halve(WorkChain):
    """Halves a number until it's odd. It asks an oracle, a coroutine, whether it may."""

    ERROR_NEGATIVE = ExitCode(410, 'the number is negative')

    @classmethod
    def define(cls, spec):
        super(Halve, cls).define(spec)
        spec.input('number', valid_type=six.integer_types)
        spec.input('patience', valid_type=six.integer_types, default=10)
        spec.outline(
            cls.setup,
            if_(cls.is_negative)(
                return_(cls.ERROR_NEGATIVE),
            ).elif_(cls.is_zero)(
                cls.zero,
            ).else_(
                while_(cls.is_even)(
                    cls.ask,
                    cls.halve,
                ),
            ),
            cls.finish,
        )

    def setup(self):
        self.ctx.number = self.inputs.number
        self.ctx.patience = self.inputs.patience

    def is_negative(self):
        return self.ctx.number < 0

    def is_zero(self):
        return self.ctx.number == 0

    def is_even(self):
        return self.ctx.number % 2 == 0

    def zero(self):
        self.out('note', u'zero is even for ever')

    def ask(self):
        return ToContext(patience=self.oracle(self.ctx.patience))

    @gen.coroutine
    def oracle(self, patience):
        yield gen.sleep(0.001)
        if not patience:
            raise ValueError('the oracle has lost its patience')
        raise gen.Return(patience - 1)

    def halve(self):
        self.ctx.number //= 2

    def finish(self):
        self.out('odd', self.ctx.number)
        self.out('asked', self.inputs.patience - self.ctx.patience)
