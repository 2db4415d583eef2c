# -*- coding: utf-8 -*-
"""Who is told what processes do."""
from __future__ import absolute_import

import collections

import plumpy


class Journal(plumpy.ProcessListener):
    """Writes down what happens to processes."""

    def __init__(self):
        super(Journal, self).__init__()
        self.events = []
        self.outputs = collections.OrderedDict()

    def of(self, process):
        """The events of a process."""
        return [event for pid, event in self.events if pid == process.pid]

    def on_process_running(self, process):
        self._write(process, 'running')

    def on_process_waiting(self, process):
        self._write(process, 'waiting')

    def on_process_paused(self, process):
        self._write(process, 'paused')

    def on_process_played(self, process):
        self._write(process, 'played')

    def on_output_emitted(self, process, output_port, value, dynamic):
        self.outputs[output_port] = value

    def on_process_finished(self, process, outputs):
        self._write(process, 'finished')

    def on_process_excepted(self, process, reason):
        self._write(process, 'excepted: {}'.format(reason))

    def on_process_killed(self, process, msg):
        self._write(process, 'killed')

    def _write(self, process, event):
        self.events.append((process.pid, event))


class Saver(plumpy.ProcessListener):
    """Saves a process whenever it begins to wait."""

    def __init__(self, store):
        super(Saver, self).__init__()
        self._store = store

    def on_process_waiting(self, process):
        self._store.save(process, tag='waiting')
