"""What kiwipy's communicators could do at the time of plumpy 0.15 (kiwipy 0.5) and can't any more."""

from __future__ import annotations

import functools
from typing import Any

from ..checkpoints.after_import import when_imported
from .warn import warn


def _complete(threadcomms: Any) -> None:
    """Give the communicator for threads back what it had."""
    cls = threadcomms.RmqThreadCommunicator
    if not hasattr(cls, "stop"):
        cls.stop = _stop
    cls.add_task_subscriber = _remembering(cls.add_task_subscriber)
    cls.remove_task_subscriber = _by_subscriber(cls.remove_task_subscriber)


def _stop(self: Any) -> Any:
    """Close it; the name up to kiwipy 0.8.0."""
    warn("`RmqThreadCommunicator.stop()`", "KIW102")
    return self.close()


def _remembering(add: Any) -> Any:
    @functools.wraps(add)
    def add_task_subscriber(self: Any, subscriber: Any, *args: Any, **kwargs: Any) -> Any:
        identifier = add(self, subscriber, *args, **kwargs)
        self.__dict__.setdefault("_task_subscribers", []).append((subscriber, identifier))
        return identifier

    return add_task_subscriber


def _by_subscriber(remove: Any) -> Any:
    """Take the subscriber itself too, as up to kiwipy 0.5."""

    @functools.wraps(remove)
    def remove_task_subscriber(self: Any, identifier: Any) -> Any:
        known = self.__dict__.get("_task_subscribers", [])
        for entry in known:
            if entry[0] == identifier or entry[1] == identifier:
                known.remove(entry)
                if entry[1] != identifier:
                    warn("`remove_task_subscriber` by the subscriber", "KIW103")
                return remove(self, entry[1])
        return remove(self, identifier)

    return remove_task_subscriber


when_imported("kiwipy.rmq.threadcomms", _complete)
