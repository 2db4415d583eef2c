"""What :class:`.Future` derives from with tornado before 5.0: tornado's own."""

from __future__ import annotations

from typing import Any

from tornado.concurrent import Future

from .future_base import TracebackLogger


class TornadoFuture(Future):  # type: ignore[misc, unused-ignore]
    """tornado's own, which logs errors that nobody retrieved, and calls its callbacks inside of `set_result`."""

    # For one whose `__init__` was never called: tornado's `__del__` looks here.
    _log_traceback = False
    _tb_logger: Any = TracebackLogger()
