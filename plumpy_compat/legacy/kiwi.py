"""What kiwipy's communicators could do at the time of plumpy 0.15 (kiwipy 0.5) and can't any more."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from .warn import warn


def complete(communicator: Any) -> Any:
    """Give a communicator that a user made the method `stop`, which is `close` since kiwipy 0.8.1."""
    if communicator is None or hasattr(communicator, "stop") or not hasattr(communicator, "close"):
        return communicator

    def stop() -> Any:
        warn("`Communicator.stop()`", "KIW102")
        return communicator.close()

    with suppress(AttributeError):  # one that takes no attributes
        communicator.stop = stop
    return communicator
