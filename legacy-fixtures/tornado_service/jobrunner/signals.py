# -*- coding: utf-8 -*-
"""Stop a service by a signal of the system."""
from __future__ import absolute_import

import signal


def stop_on(service, number=signal.SIGTERM):
    """Install a handler that shuts the service down; gives the old handler."""

    def handler(_number, _frame):
        service.io_loop.add_callback_from_signal(service.shut_down)

    return signal.signal(number, handler)
