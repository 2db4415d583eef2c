"""Remote control: the messages, those who send them, and the launcher that takes tasks."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
from typing import Any, Callable, Dict, Optional, Sequence, Union, cast

import kiwipy

from . import communications, events, futures, loaders, persistence
from .broker import bridge, dispatcher, links
from .messages import (
    ARGS_KEY as ARGS_KEY,
    CONTINUE_TASK as CONTINUE_TASK,
    CREATE_TASK as CREATE_TASK,
    FORCE_KILL_KEY as FORCE_KILL_KEY,
    INTENT_KEY as INTENT_KEY,
    KILL_MSG as KILL_MSG,
    KWARGS_KEY as KWARGS_KEY,
    LAUNCH_TASK as LAUNCH_TASK,
    MESSAGE_KEY as MESSAGE_KEY,
    MESSAGE_TEXT_KEY as MESSAGE_TEXT_KEY,
    NOWAIT_KEY as NOWAIT_KEY,
    PAUSE_MSG as PAUSE_MSG,
    PERSIST_KEY as PERSIST_KEY,
    PID_KEY as PID_KEY,
    PLAY_MSG as PLAY_MSG,
    PROCESS_CLASS_KEY as PROCESS_CLASS_KEY,
    STATUS_MSG as STATUS_MSG,
    TAG_KEY as TAG_KEY,
    TASK_ARGS as TASK_ARGS,
    TASK_KEY as TASK_KEY,
    Intent as Intent,
    Message as Message,
    MessageBuilder as MessageBuilder,
    MessageType as MessageType,
    create_continue_body as create_continue_body,
    create_create_body as create_create_body,
    create_launch_body as create_launch_body,
    plain_message as plain_message,
)
from .utils import PID_TYPE

__all__ = [
    "MessageBuilder",
    "ProcessLauncher",
    "RemoteProcessController",
    "RemoteProcessThreadController",
    "create_continue_body",
    "create_launch_body",
]

ProcessResult = Any
ProcessStatus = Any


LOGGER = logging.getLogger("plumpy.process_comms")


def _text_of(old: Optional[str], new: Any) -> Any:
    """The text of a message, by the keyword of plumpy up to 0.23 (`msg`) or the one since."""
    return new if new is not None else old


class RemoteProcessController:
    """Controls processes through a communicator, from coroutines.

    Every method waits for the outcome itself, however many futures the reply goes through.
    """

    def __init__(self, communicator: kiwipy.Communicator) -> None:
        self._communicator = communicator
        self._controller = RemoteProcessThreadController(communicator)

    async def get_status(self, pid: PID_TYPE) -> ProcessStatus:
        """Ask a process for its status; see :meth:`.Process.get_status_info`."""
        return await self._reply(self._controller.get_status, pid)

    async def pause_process(self, pid: PID_TYPE, msg_text: Optional[str] = None, msg: Any = None) -> ProcessResult:
        """Pause a process; tells whether it is paused."""
        return await self._reply(self._controller.pause_process, pid, _text_of(msg, msg_text))

    async def play_process(self, pid: PID_TYPE) -> ProcessResult:
        """Play a process; tells whether it plays."""
        return await self._reply(self._controller.play_process, pid)

    async def kill_process(
        self, pid: PID_TYPE, msg_text: Optional[str] = None, force_kill: bool = False, msg: Any = None
    ) -> ProcessResult:
        """Kill a process; tells whether it's killed."""
        return await self._reply(self._controller.kill_process, pid, _text_of(msg, msg_text), force_kill)

    async def continue_process(
        self, pid: PID_TYPE, tag: Optional[str] = None, nowait: bool = False, no_reply: bool = False
    ) -> Optional[ProcessResult]:
        """Have a process continued from a checkpoint; `no_reply` asks for no answer, and gives None."""
        return await self._reply(self._controller.continue_process, pid, tag, nowait, no_reply)

    async def launch_process(
        self,
        process_class: Any,
        init_args: Optional[Sequence[Any]] = None,
        init_kwargs: Optional[Dict[str, Any]] = None,
        persist: bool = False,
        loader: Optional[loaders.ObjectLoader] = None,
        nowait: bool = False,
        no_reply: bool = False,
    ) -> ProcessResult:
        """Have a process launched; the arguments as for :func:`create_launch_body`."""
        body = create_launch_body(process_class, init_args, init_kwargs, persist, loader, nowait)
        return await self._reply(self._controller.task_send, body, no_reply)

    async def execute_process(
        self,
        process_class: Any,
        init_args: Optional[Sequence[Any]] = None,
        init_kwargs: Optional[Dict[str, Any]] = None,
        loader: Optional[loaders.ObjectLoader] = None,
        nowait: bool = False,
        no_reply: bool = False,
    ) -> ProcessResult:
        """Have a process created and checkpointed by one worker, and run by any."""
        body = create_create_body(process_class, init_args, init_kwargs, persist=True, loader=loader)
        pid = await self._reply(self._controller.task_send, body, False)
        return await self.continue_process(pid, nowait=nowait, no_reply=no_reply)

    async def _reply(self, send: Callable[..., Any], *args: Any) -> Any:
        if dispatcher.dispatcher_of(self._communicator).link.blocking:
            # Sending takes a round trip to the broker: not on this loop.
            send = functools.partial(asyncio.get_running_loop().run_in_executor, None, send)
            return await bridge.follow(await send(*args))
        return await bridge.follow(send(*args))


class RemoteProcessThreadController:
    """Controls processes through a communicator, from any thread.

    Methods block until the message is sent, and give a `kiwipy.Future` of the reply. That may result in another future.
    """

    def __init__(self, communicator: kiwipy.Communicator) -> None:
        self._communicator = communicator

    def get_status(self, pid: PID_TYPE) -> kiwipy.Future:
        """Ask a process for its status; see :meth:`.Process.get_status_info`."""
        return self._rpc(pid, MessageBuilder.status())

    def pause_process(self, pid: PID_TYPE, msg_text: Optional[str] = None, msg: Any = None) -> kiwipy.Future:
        """Pause a process; the reply tells whether it is paused."""
        return self._rpc(pid, plain_message(_text_of(msg, msg_text), MessageBuilder.pause()))

    def play_process(self, pid: PID_TYPE) -> kiwipy.Future:
        """Play a process; the reply tells whether it plays."""
        return self._rpc(pid, MessageBuilder.play())

    def kill_process(
        self, pid: PID_TYPE, msg_text: Optional[str] = None, force_kill: bool = False, msg: Any = None
    ) -> kiwipy.Future:
        """Kill a process; the reply tells whether it's killed.

        :param force_kill: don't wait for the step that runs.
        """
        message = plain_message(_text_of(msg, msg_text), MessageBuilder.kill())
        message[FORCE_KILL_KEY] = force_kill or message[FORCE_KILL_KEY]
        return self._rpc(pid, message)

    def pause_all(self, msg_text: Optional[str] = None, msg: Any = None) -> None:
        """Pause all processes that are connected."""
        self._broadcast(Intent.PAUSE, plain_message(_text_of(msg, msg_text), MessageBuilder.pause()))

    def play_all(self) -> None:
        """Play all processes that are connected."""
        self._broadcast(Intent.PLAY, None)

    def kill_all(self, msg_text: Optional[str] = None, msg: Any = None) -> None:
        """Kill all processes that are connected."""
        self._broadcast(Intent.KILL, plain_message(_text_of(msg, msg_text), MessageBuilder.kill()))

    def continue_process(
        self, pid: PID_TYPE, tag: Optional[str] = None, nowait: bool = False, no_reply: bool = False
    ) -> Any:
        """Have a process continued from a checkpoint; None if there's to be no reply."""
        return self.task_send(create_continue_body(pid, tag, nowait), no_reply)

    def launch_process(
        self,
        process_class: Any,
        init_args: Optional[Sequence[Any]] = None,
        init_kwargs: Optional[Dict[str, Any]] = None,
        persist: bool = False,
        loader: Optional[loaders.ObjectLoader] = None,
        nowait: bool = False,
        no_reply: bool = False,
    ) -> Any:
        """Have a process launched; the arguments as for :func:`create_launch_body`."""
        body = create_launch_body(process_class, init_args, init_kwargs, persist, loader, nowait)
        return self.task_send(body, no_reply)

    def execute_process(
        self,
        process_class: Any,
        init_args: Optional[Sequence[Any]] = None,
        init_kwargs: Optional[Dict[str, Any]] = None,
        loader: Optional[loaders.ObjectLoader] = None,
        nowait: bool = False,
        no_reply: bool = False,
    ) -> Any:
        """Have a process created and checkpointed by one worker, and run by any.

        The process is told to run when the first worker has answered, so somebody has to (with `no_reply` too).
        """
        body = create_create_body(process_class, init_args, init_kwargs, persist=True, loader=loader)
        execution = kiwipy.Future()
        created = futures.unwrap_kiwi_future(self._communicator.task_send(body))

        def run(done: kiwipy.Future) -> None:
            if done.cancelled():
                execution.cancel()
                return
            with kiwipy.capture_exceptions(execution):
                reply = self.continue_process(done.result(), nowait=nowait, no_reply=no_reply)
                execution.set_result(reply)

        created.add_done_callback(lambda done: _not_on_communicators_thread(run, done, self._communicator))
        return None if no_reply else execution

    def task_send(self, message: Any, no_reply: bool = False) -> Any:
        """Send a task; None if there's to be no reply."""
        reply = self._communicator.task_send(message, no_reply)
        return None if no_reply else reply

    def _rpc(self, pid: PID_TYPE, message: MessageType) -> kiwipy.Future:
        links.settle(str(pid))
        return self._communicator.rpc_send(str(pid), message)

    def _broadcast(self, subject: str, body: Any) -> None:
        # Let the broker know first of the processes that were made here before this message.
        if dispatcher.pending(self._communicator):
            dispatcher.dispatcher_of(self._communicator).link.flush(bindings=True)
        self._communicator.broadcast_send(body, subject=subject)


def _not_on_communicators_thread(function: Callable[[Any], None], argument: Any, communicator: Any) -> None:
    """Call a function that sends: a threaded communicator can't be asked on its own thread, for it would wait there."""
    if dispatcher.dispatcher_of(communicator).link.blocking:
        import threading

        threading.Thread(target=function, args=(argument,), name="plumpy execute", daemon=True).start()
    else:
        function(argument)


class ProcessLauncher:
    """Takes tasks: launches, continues and creates processes.

    Add it as a task subscriber to a :class:`.LoopCommunicator`.

    :param loop: where processes run; the loop that tasks come in on if it's not given.
    :param persister: where checkpoints are; without one, tasks that need one are rejected.
    :param load_context: what processes are told when they're loaded.
    :param loader: finds the classes of processes.
    :param max_running: how many processes may run at a time; others wait for their turn. None: any number.
    """

    def __init__(
        self,
        loop: Optional[asyncio.AbstractEventLoop] = None,
        persister: Optional[persistence.Persister] = None,
        load_context: Optional[persistence.LoadSaveContext] = None,
        loader: Optional[loaders.ObjectLoader] = None,
        max_running: Optional[int] = None,
    ) -> None:
        if max_running is not None and max_running < 1:
            raise ValueError(f"max_running must be at least 1, or None for any number, got {max_running}")
        self._loop = loop
        self._persister = persister
        self._load_context = load_context if load_context is not None else persistence.LoadSaveContext()
        if loader is not None:
            self._loader = loader
            self._load_context = self._load_context.copyextend(loader=loader)
        else:
            self._loader = loaders.get_object_loader()
        self._max_running = max_running
        self._slots: Optional[asyncio.Semaphore] = None

    async def __call__(self, communicator: kiwipy.Communicator, task: Dict[str, Any]) -> Union[PID_TYPE, ProcessResult]:
        """Take a task.

        :raises kiwipy.TaskRejected: if it can't be done here, so that another worker gets it.
        """
        kind = task[TASK_KEY]
        handlers: Dict[str, Any] = {LAUNCH_TASK: self._launch, CONTINUE_TASK: self._continue, CREATE_TASK: self._create}
        if kind not in handlers:
            raise communications.TaskRejected(f"Unknown task '{kind}'")
        return await handlers[kind](communicator, **task.get(TASK_ARGS, {}))

    async def _launch(
        self,
        _communicator: kiwipy.Communicator,
        process_class: str,
        persist: bool,
        nowait: bool,
        init_args: Optional[Sequence[Any]] = None,
        init_kwargs: Optional[Dict[str, Any]] = None,
    ) -> Union[PID_TYPE, ProcessResult]:
        process = self._make(_communicator, process_class, persist, init_args, init_kwargs)
        return await self._run(process, nowait)

    async def _continue(
        self, _communicator: kiwipy.Communicator, pid: PID_TYPE, nowait: bool, tag: Optional[str] = None
    ) -> Union[PID_TYPE, ProcessResult]:
        if self._persister is None:
            LOGGER.warning("rejecting task: cannot continue process %s because there is no persister", pid)
            raise communications.TaskRejected("Cannot continue process, no persister")
        saved_state = self._persister.load_checkpoint(pid, tag)
        context = self._load_context
        for name, value in self._surroundings(_communicator).items():
            if name not in context:
                context = context.copyextend(**{name: value})
        return await self._run(saved_state.unbundle(context), nowait)

    async def _create(
        self,
        _communicator: kiwipy.Communicator,
        process_class: str,
        persist: bool,
        init_args: Optional[Sequence[Any]] = None,
        init_kwargs: Optional[Dict[str, Any]] = None,
    ) -> PID_TYPE:
        process = self._make(_communicator, process_class, persist, init_args, init_kwargs)
        if persist:
            # It lives on in its checkpoint, and whoever continues it answers for it.
            process.close()
        else:
            await self._until_reachable(process)
        return cast(PID_TYPE, process.pid)

    def _make(self, communicator: Any, process_class: str, persist: bool, args: Any, kwargs: Any) -> Any:
        if persist and self._persister is None:
            LOGGER.warning("rejecting task: cannot persist process because there is no persister")
            raise communications.TaskRejected("Cannot persist process, no persister")
        cls = self._loader.load_object(process_class)
        if not _is_process_class(cls):
            raise ValueError(f"'{process_class}', which the task asks to be launched, is no class of processes")
        kwargs = dict(kwargs or {})
        for name, value in self._surroundings(communicator).items():
            if name not in kwargs and _accepts(cls, name):
                kwargs[name] = value
        process = cls(*(args or ()), **kwargs)
        if persist:
            cast(persistence.Persister, self._persister).save_checkpoint(process)
        return process

    def _surroundings(self, communicator: Any) -> Dict[str, Any]:
        """What a process is given: the loop, and the communicator that its task came through."""
        loop = self._loop if self._loop is not None else events.get_or_create_event_loop()
        return {"loop": loop, "communicator": communicator} if _is_usable(communicator) else {"loop": loop}

    async def _run(self, process: Any, nowait: bool) -> Any:
        if nowait:
            events.spawn(process._loop, self._drive(process))
            await self._until_reachable(process)
            return process.pid
        await self._drive(process)
        return process.future().result()

    async def _drive(self, process: Any) -> None:
        if self._max_running is None:
            await process._steps()
            return
        if self._slots is None:
            self._slots = asyncio.Semaphore(self._max_running)
        async with self._slots:
            await process._steps()

    async def _until_reachable(self, process: Any) -> None:
        """Wait until the broker knows the process: who gets its pid may use it at once."""
        communicator = getattr(process, "_communicator", None)
        if communicator is not None and dispatcher.pending(communicator):
            link = dispatcher.dispatcher_of(communicator).link
            await asyncio.get_running_loop().run_in_executor(None, functools.partial(link.flush, bindings=True))


def _is_process_class(cls: Any) -> bool:
    from .processes import Process

    return isinstance(cls, type) and issubclass(cls, Process)


def _is_usable(communicator: Any) -> bool:
    """Tell whether a process can use it; what kiwipy's RabbitMQ client gives to its subscribers is something else."""
    return isinstance(communicator, kiwipy.Communicator)


@functools.lru_cache(maxsize=256)
def _accepts(cls: Any, name: str) -> bool:
    try:
        parameters = inspect.signature(cls.__init__).parameters
    except (TypeError, ValueError):
        return False
    return name in parameters
