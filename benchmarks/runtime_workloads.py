"""What ``runtime.py`` measures, written once for both libraries; a child process runs one of the functions.

The environment variable ``BENCHMARK_LIBRARY`` says if that is ``plumpy`` or ``plumpy_compat``.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import os
import sys
import tempfile
from typing import Any, Callable

import kiwipy
from runtime_measure import Figures, allocated, ask, cpu, main, resident

plumpy: Any = importlib.import_module(os.environ["BENCHMARK_LIBRARY"])

LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)


class Trivial(plumpy.Process):
    """Does nothing."""

    def run(self) -> None:
        """Finish at once."""


class Numbered(plumpy.Process):
    """Has a number as its input."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("number", valid_type=int)


class Continuing(Numbered):
    """Makes a number of steps."""

    def run(self) -> Any:
        return plumpy.Continue(self.again, self.inputs.number)

    def again(self, left: int) -> Any:
        return plumpy.Continue(self.again, left - 1) if left > 1 else None


class Waiting(Numbered):
    """Waits a number of times."""

    left = 0

    def run(self) -> Any:
        self.left = self.inputs.number
        return plumpy.Wait(self.again)

    def again(self) -> Any:
        self.left -= 1
        return plumpy.Wait(self.again) if self.left else None


class Parked(plumpy.Process):
    """Waits until it's resumed."""

    def run(self) -> Any:
        return plumpy.Wait(self.finish)

    def finish(self) -> None:
        """Finish."""


class Nested(Numbered):
    """Executes another one of its kind before it finishes, to the depth that its input says."""

    def run(self) -> None:
        if self.inputs.number > 1:
            type(self)({"number": self.inputs.number - 1}).execute()


class Waker(plumpy.ProcessListener):
    """Resumes each process that waits."""

    def on_process_waiting(self, process: Any) -> None:
        LOOP.call_soon(process.resume)


class Looping(plumpy.WorkChain):
    """Goes round a number of times."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("number", valid_type=int)
        spec.outline(cls.begin, plumpy.while_(cls.more)(cls.count))

    def begin(self) -> None:
        self.ctx.left = self.inputs.number

    def more(self) -> bool:
        return bool(self.ctx.left)

    def count(self) -> None:
        self.ctx.left -= 1


class Parent(plumpy.WorkChain):
    """Waits for a number of children."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("number", valid_type=int)
        spec.outline(cls.begin, cls.end)

    def begin(self) -> Any:
        return plumpy.ToContext(**{f"child_{i}": self.launch(Trivial) for i in range(self.inputs.number)})

    def end(self) -> None:
        assert "child_0" in self.ctx.__dict__


class Outlined(plumpy.WorkChain):
    """A chain with some context, to be saved."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("number", valid_type=int, default=1)
        spec.outline(cls.one, plumpy.if_(cls.one)(cls.one, cls.one), cls.one)

    def one(self) -> Any:
        return None


class Ported(plumpy.Process):
    """33 ports in three levels, one of them dynamic."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        for i in range(14):
            spec.input(f"number_{i}", valid_type=int, required=False)
        for i in range(10):
            spec.input(f"first.text_{i}", valid_type=str, default="nothing")
        for i in range(6):
            spec.input(f"first.second.real_{i}", valid_type=float, validator=not_negative)
        spec.input_namespace("free", valid_type=int, dynamic=True)

    def run(self) -> None:
        """Finish at once."""


def not_negative(value: Any, _port: Any) -> str | None:
    """Validate a number."""
    return "it's negative" if value < 0 else None


def port_values() -> dict[str, Any]:
    """Give the 37 values for the ports of :class:`Ported`."""
    first = {f"text_{i}": str(i) for i in range(10)}
    second = {f"real_{i}": float(i) for i in range(6)}
    numbers = {f"number_{i}": i for i in range(14)}
    return {**numbers, "first": {**first, "second": second}, "free": {f"any_{i}": i for i in range(7)}}


def go(awaitable: Any) -> Any:
    """Run the loop until something is done."""
    return LOOP.run_until_complete(awaitable)


async def finish(*processes: Any) -> None:
    """Run processes side by side until they have all finished."""
    await asyncio.gather(*[process.step_until_terminated() for process in processes])


async def park(count: int, communicator: Any = None) -> list[tuple[Any, asyncio.Task[None]]]:
    """Start processes that wait, and give each with its task."""
    options = {} if communicator is None else {"communicator": communicator}
    processes = [Parked(**options) for _ in range(count)]
    parked = [(process, LOOP.create_task(process.step_until_terminated())) for process in processes]
    for process in processes:
        while process.state != plumpy.ProcessState.WAITING:
            await asyncio.sleep(0)
    return parked


async def release(parked: list[tuple[Any, asyncio.Task[None]]]) -> None:
    """Resume processes that wait, until they have all finished."""
    for process, _ in parked:
        process.resume()
    await asyncio.gather(*[task for _, task in parked])


def trivial(count: int) -> Figures:
    """Create processes that do nothing, and execute them one after the other."""

    def execute() -> None:
        for _ in range(count):
            Trivial().execute()

    return {"create": cpu(lambda: [Trivial() for _ in range(count)], count), "execute": cpu(execute, count)}


def continuing(count: int) -> Figures:
    """Execute a process that continues with its next step again and again."""
    return {"cpu": cpu(lambda: Continuing({"number": count}).execute(), count)}


def waiting(count: int) -> Figures:
    """Execute a process that waits and is resumed again and again: two transitions each."""

    def execute() -> None:
        process = Waiting({"number": count})
        waker = Waker()
        process.add_process_listener(waker)
        process.execute()

    return {"cpu": cpu(execute, count * 2)}


def outline(count: int) -> Figures:
    """Execute a chain with an outline of a number of steps."""

    class Long(Outlined):
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outline(*[cls.one] * count)

    Long.spec()
    return {"cpu": cpu(lambda: Long().execute(), count)}


def looping(count: int) -> Figures:
    """Execute a chain with a loop."""
    return {"cpu": cpu(lambda: Looping({"number": count}).execute(), count)}


def children(count: int) -> Figures:
    """Execute a chain that waits for its children."""
    return {"cpu": cpu(lambda: Parent({"number": count}).execute(), count)}


def gathered(count: int) -> Figures:
    """Create processes and run them side by side."""
    return {"cpu": cpu(lambda: go(finish(*[Trivial() for _ in range(count)])), count)}


def nested(depth: int) -> Figures:
    """Execute processes in processes."""
    return {"cpu": cpu(lambda: Nested({"number": depth}).execute(), depth)}


def parked(count: int) -> Figures:
    """Let processes wait, and resume them."""
    go(release(go(park(100))))
    before = resident()
    waiting: list[Any] = []
    cost = cpu(lambda: waiting.extend(go(park(count))), count, 1)
    memory = resident() - before
    return {"park": cost, "resident": memory / count, "resume": cpu(lambda: go(release(waiting)), count, 1)}


def parked_bytes(count: int) -> Figures:
    """Let processes wait, and see what that takes of memory."""
    go(release(go(park(100))))
    return {"bytes": allocated(lambda: go(park(count))) / count}


def alive(count: int) -> Figures:
    """Run a process while others wait."""
    return beside(count, lambda: None)


def sharing(count: int) -> Figures:
    """Run a process while others wait, all with the same communicator."""
    return beside(count, kiwipy.LocalCommunicator)


def beside(count: int, make: Callable[[], Any]) -> Figures:
    """Run processes one after the other while others wait."""
    communicator = make()
    options = {} if communicator is None else {"communicator": communicator}
    others = go(park(count, communicator))

    async def run(times: int) -> None:
        for _ in range(times):
            await Trivial(**options).step_until_terminated()

    go(run(20))
    cost = cpu(lambda: go(run(100)), 100)
    assert len(others) == count
    return {"cpu": cost}


def saved(process: Any) -> Figures:
    """Save a process and load it."""
    context = plumpy.LoadSaveContext(loop=LOOP)
    bundle = plumpy.Bundle(process)
    times = range(100)
    with tempfile.TemporaryDirectory() as folder:
        persister = plumpy.PicklePersister(folder)

        def to_disk() -> None:
            persister.save_checkpoint(process)
            persister.load_checkpoint(process.pid)

        return {
            "save": cpu(lambda: [plumpy.Bundle(process) for _ in times], len(times)),
            "load": cpu(lambda: [bundle.unbundle(context) for _ in times], len(times)),
            "disk": cpu(lambda: [to_disk() for _ in times], len(times)),
        }


def saved_trivial() -> Figures:
    """Save and load a process without inputs."""
    return saved(Trivial())


def saved_inputs() -> Figures:
    """Save and load a process with nested inputs."""
    return saved(Ported(port_values()))


def saved_chain() -> Figures:
    """Save and load a chain."""
    process = Outlined()
    process.ctx.numbers = list(range(10))
    process.ctx.names = {"one": 1, "two": {"three": 3}}
    return saved(process)


def ports(count: int) -> Figures:
    """Use a specification with many ports."""
    inputs = Ported.spec().inputs
    times = range(count)
    fresh = [port_values() for _ in range(count * 3)]
    parsed = inputs.pre_process(port_values())
    assert inputs.validate(parsed) is None
    return {
        "pre_process": cpu(lambda: [inputs.pre_process(fresh.pop()) for _ in times], count),
        "validate": cpu(lambda: [inputs.validate(parsed) for _ in times], count),
        "create": cpu(lambda: [Ported(port_values()) for _ in times], count),
        "description": cpu(lambda: [inputs.get_description() for _ in times], count),
    }


class Positional(kiwipy.LocalCommunicator):
    """Gives broadcasts by position, as RabbitMQ's communicator does; plumpy's wrapper needs that."""

    def add_broadcast_subscriber(self, subscriber: Any, identifier: Any = None) -> Any:
        def positional(_: Any, body: Any, sender: Any = None, subject: Any = None, correlation_id: Any = None) -> Any:
            return subscriber(self, body, sender, subject, correlation_id)

        return super().add_broadcast_subscriber(positional, identifier)


def remote(count: int) -> Figures:
    """Control a waiting process from another thread, while its loop has nothing else to do."""
    communicator = Positional()
    controller = plumpy.RemoteProcessThreadController(communicator)
    figures: Figures = {}

    async def run() -> None:
        [(process, task)] = await park(1, plumpy.wrap_communicator(communicator, LOOP))
        await LOOP.run_in_executor(None, send, str(process.pid))
        await release([(process, task)])

    def send(pid: str) -> None:
        switches = itertools.cycle([controller.pause_process, controller.play_process])
        figures.update(ask("status", lambda: controller.get_status(pid), count))
        figures.update(ask("switch", lambda: next(switches)(pid), count))

    go(run())
    return figures


if __name__ == "__main__":
    main(sys.modules[__name__])
