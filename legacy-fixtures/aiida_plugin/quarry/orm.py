# -*- coding: utf-8 -*-
"""What would be the database: nodes, one for each process, and computers."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import itertools
import logging

import six
from six.moves.urllib.parse import quote

from . import transports
from .schedulers import Scheduler

LOGGER = logging.getLogger(__name__)


class Node(object):
    """What is known of a process outside of it."""

    def __init__(self, pk, process_type):
        super(Node, self).__init__()
        self.pk = pk
        self.process_type = process_type
        self.process_state = None
        self.process_status = None
        self.state = None
        self.job_id = None
        self.scheduler_state = None
        self.paused = False
        self.exit_status = None
        self.exception = None
        self.outputs = {}
        self.history = []

    def __repr__(self):
        return '<{} {}>'.format(self.process_type, self.pk)

    @property
    def logger(self):
        return LOGGER

    @property
    def is_terminated(self):
        return self.process_state in ('finished', 'excepted', 'killed')

    @property
    def folder(self):
        """The folder of its job."""
        return quote('{}-{}'.format(self.process_type, self.pk))

    def set_state(self, state):
        self.state = state
        self.history.append(state)

    def set_process_status(self, status):
        if status is not None and not isinstance(status, six.string_types):
            raise TypeError('the status must be text')
        self.process_status = status


class Computer(object):
    """A computer with a scheduler.

    :param open_interval: the seconds between two connections.
    :param poll_interval: the seconds between two questions to its scheduler.
    """

    def __init__(self, name, open_interval=0.001, poll_interval=0.001, ticks=2):
        super(Computer, self).__init__()
        self.name = name
        self.open_interval = open_interval
        self.poll_interval = poll_interval
        self.scheduler = Scheduler(ticks)
        self.files = {}
        self.failures = 0
        self.opened = 0

    def get_transport(self):
        return transports.LocalTransport(self)


class Database(object):
    """All nodes and computers."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.nodes = {}
        self.computers = {}
        self._keys = itertools.count(1)

    def add_node(self, process_type):
        node = Node(next(self._keys), process_type)
        self.nodes[node.pk] = node
        return node

    def add_computer(self, computer):
        self.computers[computer.name] = computer
        return computer


DATABASE = Database()


def load_node(pk):
    return DATABASE.nodes[pk]


def load_computer(name):
    try:
        return DATABASE.computers[name]
    except KeyError as exception:
        six.raise_from(ValueError('there is no computer {}'.format(name)), exception)
