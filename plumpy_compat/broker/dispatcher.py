"""Who gets what a communicator brings: one dispatcher for each communicator, for all processes that use it.

RPCs are looked up by process, broadcasts that aren't about states go to all. Either is handed to the loop of the
process through the bridge; nothing of a process runs on the communicator's thread.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Callable, Dict, List

import kiwipy

from ..events import spawn
from . import bridge, links

if TYPE_CHECKING:
    import asyncio

    from ..processes import Process

_ATTRIBUTE = "_plumpy_compat_dispatcher"
_LOCK = threading.Lock()
_STATE_CHANGED = "state_changed"


def dispatcher_of(communicator: Any) -> Dispatcher:
    """The dispatcher of a communicator; one that is wrapped for a loop shares that of the one inside."""
    from ..communications import LoopCommunicator

    while isinstance(communicator, LoopCommunicator):
        communicator = communicator._communicator
    attributes = vars(communicator)
    with _LOCK:
        if _ATTRIBUTE not in attributes:
            attributes[_ATTRIBUTE] = Dispatcher(communicator)
        found: Dispatcher = attributes[_ATTRIBUTE]
        return found


def pending(communicator: Any) -> bool:
    """Tell whether processes of this interpreter have told `communicator` something that the broker doesn't know."""
    from ..communications import LoopCommunicator

    while isinstance(communicator, LoopCommunicator):
        communicator = communicator._communicator
    found = getattr(communicator, "__dict__", {}).get(_ATTRIBUTE)
    return found is not None and found.link.blocking and not found.link.outbox.empty


class Dispatcher:
    """The processes behind a communicator, by the identifier of their RPCs."""

    def __init__(self, communicator: Any) -> None:
        self._processes: Dict[str, Process] = {}
        self.link = links.connect(communicator, self)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._processes

    def subscribe(self, process: Process) -> Callable[[], None]:
        """Bring RPCs and broadcasts to `process` from now on; gives a function that ends it.

        :raises kiwipy.DuplicateSubscriberIdentifier: if another process with this pid is there already.
        """
        identifier = str(process.pid)
        with _LOCK:
            if identifier in self._processes:
                raise kiwipy.DuplicateSubscriberIdentifier(f"RPC identifier '{identifier}'")
            self._processes[identifier] = process
        try:
            self.link.bind(identifier)
        except BaseException:
            self._processes.pop(identifier, None)
            raise

        def unsubscribe() -> None:
            if self._processes.pop(identifier, None) is not None:
                self.link.unbind(identifier)

        return unsubscribe

    def receiver(self, identifier: str) -> Callable[[Any, Any], Any]:
        """What takes RPCs to this identifier, on any thread."""

        def receive(communicator: Any, message: Any) -> Any:
            process = self._processes.get(identifier)
            if process is None:
                gone = kiwipy.Future()
                gone.set_exception(kiwipy.UnroutableError(f"Unknown rpc recipient '{identifier}'"))
                return gone
            return process._take_rpc(communicator, message)

        return receive

    def on_broadcast(
        self, communicator: Any, body: Any, sender: Any = None, subject: Any = None, correlation_id: Any = None
    ) -> None:
        """Take a broadcast, on any thread."""
        if isinstance(subject, str) and subject.startswith(_STATE_CHANGED):
            return
        by_loop: Dict[asyncio.AbstractEventLoop, List[Process]] = {}
        for process in list(self._processes.values()):
            by_loop.setdefault(process._loop, []).append(process)
        for loop, processes in by_loop.items():
            with suppress(RuntimeError):  # the loop is closed, and so are its processes
                loop.call_soon_threadsafe(_deliver, processes, (communicator, body, sender, subject, correlation_id))


def _deliver(processes: List[Process], broadcast: Any) -> None:
    """Runs on the loop of the processes."""
    for process in processes:
        if not process.has_terminated():
            spawn(process._loop, _receive(process, broadcast))


async def _receive(process: Process, broadcast: Any) -> None:
    try:
        await bridge.run(process.broadcast_receive, broadcast)
    except Exception:
        process.logger.exception("Process<%s>: broadcast '%s' failed", process.pid, broadcast[3])
