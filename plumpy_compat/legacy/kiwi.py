"""What kiwipy's communicators could do at the time of plumpy 0.15 (kiwipy 0.5) and can't any more."""

from __future__ import annotations

from typing import Any

from ..checkpoints.after_import import when_imported
from .warn import warn


def _complete(threadcomms: Any) -> None:
    """Give the communicator for threads its `stop` back, which is `close` since kiwipy 0.8.1."""
    cls = threadcomms.RmqThreadCommunicator

    def stop(self: Any) -> Any:
        warn("`RmqThreadCommunicator.stop()`", "KIW102")
        return self.close()

    if not hasattr(cls, "stop"):
        cls.stop = stop


when_imported("kiwipy.rmq.threadcomms", _complete)
