# -*- coding: utf-8 -*-
"""Runs processes that others submit, from their checkpoints."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import logging

import plumpy
from tornado import gen, ioloop

from .runners import Runner, set_runner

LOGGER = logging.getLogger(__name__)


class Daemon(object):
    """Takes tasks from a communicator.

    :param communicator: also steers the processes that run.
    :param persister: has their checkpoints.
    :param heartbeat: the milliseconds between two heartbeats.
    """

    def __init__(self, communicator, persister, heartbeat=1):
        self.beats = 0
        self.stopped = False
        self.runner = Runner(communicator=communicator, persister=persister)
        self._loop = self.runner.loop
        self._heartbeat = ioloop.PeriodicCallback(self._beat, heartbeat, io_loop=self._loop)
        self._communicator = plumpy.wrap_communicator(communicator, self._loop)
        assert self._communicator.loop() is self._loop
        self._communicator.add_task_subscriber(
            plumpy.ProcessLauncher(
                loop=self._loop, persister=persister, load_context=plumpy.LoadSaveContext(runner=self.runner)))

    def start(self):
        """Work until :meth:`stop`."""
        set_runner(self.runner)
        self._heartbeat.start()
        try:
            self.runner.start()
        finally:
            self._heartbeat.stop()
            set_runner(None)

    def stop(self):
        """Stop soon; this may be called from any thread."""
        self._loop.add_callback(self._stop)

    @gen.coroutine
    def _stop(self):
        LOGGER.info('the daemon stops after %d beats', self.beats)
        yield gen.moment
        self.stopped = True
        self.runner.stop()

    def close(self):
        self.runner.close()

    def _beat(self):
        self.beats += 1


def submit_to_daemon(runner, process_class, **inputs):
    """Save a process and have a daemon continue it. Gives its node, and a future of the daemon's answer."""
    process = runner.create(process_class, **inputs)
    runner.persister.save_checkpoint(process)
    process.close()
    answer = runner.controller.continue_process(process.pid, nowait=True)
    return process.node, answer
