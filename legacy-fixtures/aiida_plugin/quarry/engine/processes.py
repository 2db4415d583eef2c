# -*- coding: utf-8 -*-
"""What all processes of the engine have in common."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import plumpy

from .. import orm
from ..common import ExitCode


class NodeMixin(object):
    """A process with a runner, and a node that says how it is."""

    _node = None
    _runner = None

    def __init__(self, inputs=None, pid=None, logger=None, loop=None, communicator=None, runner=None):
        # pylint: disable=too-many-arguments,unused-argument
        from .runners import get_runner
        self._runner = runner if runner is not None else get_runner()
        self._node = orm.DATABASE.add_node(self.__class__.__name__)
        super(NodeMixin, self).__init__(
            inputs=inputs,
            pid=self._node.pk,
            logger=logger,
            loop=self._runner.loop,
            communicator=self._runner.communicator)

    def load_instance_state(self, saved_state, load_context):
        from .runners import get_runner
        self._runner = load_context.runner if 'runner' in load_context else get_runner()
        load_context = load_context.copyextend(loop=self._runner.loop, communicator=self._runner.communicator)
        super(NodeMixin, self).load_instance_state(saved_state, load_context)
        self._node = orm.load_node(self.pid)

    @property
    def node(self):
        return self._node

    @property
    def runner(self):
        return self._runner

    def on_entered(self, from_state):
        self._node.process_state = self.state.value
        super(NodeMixin, self).on_entered(from_state)

    def on_paused(self, msg=None):
        super(NodeMixin, self).on_paused(msg)
        self._node.paused = True

    def on_playing(self):
        super(NodeMixin, self).on_playing()
        self._node.paused = False

    def on_output_emitted(self, output_port, value, dynamic):
        super(NodeMixin, self).on_output_emitted(output_port, value, dynamic)
        self._node.outputs[output_port] = value

    def on_except(self, exc_info):
        super(NodeMixin, self).on_except(exc_info)
        self._node.exception = str(exc_info[1])

    def on_finish(self, result, successful):
        super(NodeMixin, self).on_finish(result, successful)
        self._node.exit_status = result.status if isinstance(result, ExitCode) else 0

    def on_terminated(self):
        super(NodeMixin, self).on_terminated()
        self._node.set_process_status(None)

    def submit(self, process_class, **inputs):
        """Start a process of the same runner."""
        process = process_class(inputs=inputs, runner=self.runner)
        self.loop().add_callback(process.step_until_terminated)
        return process


class Process(NodeMixin, plumpy.Process):
    """Base of processes that are no work chains."""
