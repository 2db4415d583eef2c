"""What :class:`.Future` derives from with tornado before 5.0."""

from __future__ import annotations

from typing import Any

from tornado.concurrent import Future


class TornadoFuture(Future):  # type: ignore[misc, unused-ignore]
    """tornado's own, which logs errors that nobody retrieved, and calls its callbacks inside of `set_result`."""

    def _remove(self, fn: Any) -> None:
        if self._callbacks is None:
            raise ValueError("the callback was not added, or has been called")
        self._callbacks.remove(fn)

    def _mark_cancelled(self) -> None:
        self._set_done()
