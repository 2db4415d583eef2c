# -*- coding: utf-8 -*-
"""Work chains."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import plumpy
from plumpy import if_, return_, while_

from .processes import NodeMixin

__all__ = ('ToContext', 'WorkChain', 'if_', 'return_', 'while_')

ToContext = plumpy.ToContext


class WorkChain(NodeMixin, plumpy.WorkChain):
    """A process with an outline of steps; what they wait for comes into the context."""

    @classmethod
    def define(cls, spec):
        super(WorkChain, cls).define(spec)
        spec.outputs.dynamic = True

    def on_wait(self, awaitables):
        super(WorkChain, self).on_wait(awaitables)
        self.node.set_process_status('Waiting for {}'.format(', '.join(sorted(awaitables.values()))))

    def on_exit_waiting(self):
        super(WorkChain, self).on_exit_waiting()
        self.node.set_process_status(None)
