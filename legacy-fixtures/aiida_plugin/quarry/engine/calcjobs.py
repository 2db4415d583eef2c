# -*- coding: utf-8 -*-
"""Calculation jobs."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import plumpy
import six

from .. import orm
from ..common import CalcState
from . import tasks
from .processes import Process


class CalcJob(Process):
    """A job that a scheduler on another computer runs."""

    retrieve_list = ('output.json',)

    @classmethod
    def define(cls, spec):
        super(CalcJob, cls).define(spec)
        spec.input('computer', valid_type=six.string_types, default='localhost', validator=cls.validate_computer)
        spec.outputs.dynamic = True

    @staticmethod
    def validate_computer(name, _port=None):
        if name not in orm.DATABASE.computers:
            return str('there is no computer {}'.format(name))

    @classmethod
    def get_state_classes(cls):
        classes = super(CalcJob, cls).get_state_classes()
        classes[plumpy.ProcessState.WAITING] = tasks.Waiting
        return classes

    @property
    def computer(self):
        return orm.load_computer(self.inputs.computer)

    def run(self):
        self.node.set_state(CalcState.UPLOADING)
        return plumpy.Wait(msg='Waiting for upload', data=tasks.UPLOAD_COMMAND)

    def prepare(self):
        """The input files: names to contents."""
        raise NotImplementedError

    def parse(self, files):
        """Emit outputs, from the output files."""
        raise NotImplementedError
