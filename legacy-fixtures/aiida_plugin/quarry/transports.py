# -*- coding: utf-8 -*-
"""Ways to computers."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import abc

import six

from .common import TransportError


@six.add_metaclass(abc.ABCMeta)
class Transport(object):
    """Base of transports; a context manager that opens and closes it."""

    is_open = False

    def __enter__(self):
        self.open()
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self.close()

    @abc.abstractmethod
    def open(self):
        """Connect."""

    @abc.abstractmethod
    def close(self):
        """Disconnect."""

    @abc.abstractmethod
    def put(self, path, content):
        """Write a file."""

    @abc.abstractmethod
    def get(self, path):
        """Read a file."""


class LocalTransport(Transport):
    """To a computer that is simulated."""

    def __init__(self, computer):
        super(LocalTransport, self).__init__()
        self.computer = computer

    def open(self):
        if self.computer.failures:
            self.computer.failures -= 1
            raise TransportError('{} does not answer'.format(self.computer.name))
        self.computer.opened += 1
        self.is_open = True

    def close(self):
        self.is_open = False

    def put(self, path, content):
        self._check()
        self.computer.files[path] = six.ensure_binary(content, 'utf-8')

    def get(self, path):
        self._check()
        try:
            return six.ensure_text(self.computer.files[path], 'utf-8')
        except KeyError:
            raise TransportError('there is no file {}'.format(path))

    def _check(self):
        if not self.is_open:
            raise TransportError('not open')
