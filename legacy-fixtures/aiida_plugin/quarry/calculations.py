# -*- coding: utf-8 -*-
"""Calculation jobs that come with the package."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import json

import plumpy
import six

from .common import ExitCode
from .engine.calcjobs import CalcJob


class SumJob(CalcJob):
    """Adds two numbers."""

    ERROR_NO_OUTPUT = ExitCode(300, 'the job has written nothing')

    @classmethod
    def define(cls, spec):
        super(SumJob, cls).define(spec)
        spec.input('x', valid_type=six.integer_types)
        spec.input('y', valid_type=six.integer_types, required=False)
        spec.output('sum', valid_type=six.integer_types, required=False)

    def prepare(self):
        numbers = [self.inputs.x, self.inputs.get('y', None)]
        return {'input.json': json.dumps(numbers, ensure_ascii=False)}

    def parse(self, files):
        if 'output.json' not in files:
            return plumpy.UnsuccessfulResult(self.ERROR_NO_OUTPUT)
        self.out('sum', json.loads(files['output.json'])['sum'])
