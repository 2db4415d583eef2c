# -*- coding: utf-8 -*-
"""Futures of processes that may run elsewhere."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import kiwipy
import plumpy
from tornado import ioloop

from .. import orm

__all__ = ('ProcessFuture',)


class ProcessFuture(plumpy.Future):
    """Is done when a process has ended: its state is broadcast, or the node says so."""

    def __init__(self, pk, loop=None, poll_interval=None, communicator=None):
        super(ProcessFuture, self).__init__()
        assert not (poll_interval is None and communicator is None), 'nobody would tell'
        self._io_loop = loop or ioloop.IOLoop.current()
        self._node = orm.load_node(pk)
        self._communicator = communicator
        self._identifier = None
        if self._node.is_terminated:
            self.set_result(self._node)
            return
        if communicator is not None:
            subscriber = kiwipy.BroadcastFilter(self._on_broadcast, sender=pk)
            for state in ('finished', 'excepted', 'killed'):
                subscriber.add_subject_filter('state_changed.*.{}'.format(state))
            self._identifier = communicator.add_broadcast_subscriber(subscriber)
        if poll_interval is not None:
            self._poll(poll_interval)

    def _on_broadcast(self, *_args, **_kwargs):
        # Not at once: the communicator goes through its subscribers.
        self._io_loop.add_callback(self._finish)

    def _finish(self):
        if not self.done():
            self.set_result(self._node)
        if self._identifier is not None:
            identifier, self._identifier = self._identifier, None
            self._communicator.remove_broadcast_subscriber(identifier)

    def _poll(self, interval):
        if self._node.is_terminated:
            self._finish()
        elif not self.done():
            self._io_loop.call_later(interval, self._poll, interval)
