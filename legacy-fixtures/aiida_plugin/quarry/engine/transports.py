# -*- coding: utf-8 -*-
"""Shares transports between those who need one at about the same time."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import contextlib
import logging
import sys

from tornado import concurrent, gen, ioloop

LOGGER = logging.getLogger(__name__)


class TransportRequest(object):
    """Those who wait for a transport to the same computer."""

    # pylint: disable=too-few-public-methods

    def __init__(self):
        super(TransportRequest, self).__init__()
        self.future = concurrent.Future()
        self.users = 0
        self.handle = None
        self.transport = None


class TransportQueue(object):
    """Opens transports a while after they were asked for, and gives each to all who have asked meanwhile."""

    def __init__(self, loop=None):
        """
        :param loop: the loop on which transports are opened
        :type loop: :class:`tornado.ioloop.IOLoop`
        """
        self._loop = loop if loop is not None else ioloop.IOLoop.current()
        self._requests = {}

    def loop(self):
        """The loop on which transports are opened."""
        return self._loop

    @contextlib.contextmanager
    def request_transport(self, computer):
        """Give a future of an open transport; it's closed when all who have it are done with it::

            @gen.coroutine
            def read(queue, computer):
                with queue.request_transport(computer) as request:
                    transport = yield request
                    raise gen.Return(transport.get('file'))

        """
        request = self._requests.get(computer.name)
        if request is None:
            request = self._requests[computer.name] = TransportRequest()
            request.handle = self._loop.call_later(computer.open_interval, self._open, computer, request)
        request.users += 1
        try:
            yield request.future
        except gen.Return:
            # That is how coroutines return.
            raise
        except Exception:
            LOGGER.debug('an error with a transport to %s', computer.name, exc_info=True)
            raise
        finally:
            request.users -= 1
            if request.users == 0:
                self._release(computer, request)

    def _open(self, computer, request):
        request.handle = None
        # Who asks from now on gets another one.
        self._requests.pop(computer.name, None)
        transport = computer.get_transport()
        try:
            transport.open()
        except Exception:  # pylint: disable=broad-except
            request.future.set_exc_info(sys.exc_info())
        else:
            request.transport = transport
            request.future.set_result(transport)

    def _release(self, computer, request):
        if request.transport is not None:
            request.transport.close()
        elif request.handle is not None:
            self._loop.remove_timeout(request.handle)
            self._requests.pop(computer.name, None)
