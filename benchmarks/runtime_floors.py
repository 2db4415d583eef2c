"""The least that a workload of ``runtime_workloads.py`` could cost: the same with nothing but asyncio or kiwipy.

A function and its figures have the names of the workload and of the figures that they are the floor of.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import kiwipy
from runtime_measure import Figures, allocated, ask, cpu, main, resident

LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)


def go(awaitable: Any) -> Any:
    """Run the loop until something is done."""
    return LOOP.run_until_complete(awaitable)


async def nothing() -> None:
    """Finish at once."""


async def wait(future: asyncio.Future[None]) -> None:
    """Wait for a future."""
    await future


async def iterate(count: int) -> None:
    """Let the loop go round."""
    for _ in range(count):
        await asyncio.sleep(0)


async def finish(count: int) -> None:
    """Run tasks side by side until they have all finished."""
    await asyncio.gather(*[LOOP.create_task(nothing()) for _ in range(count)])


async def park(count: int) -> list[Any]:
    """Start tasks that wait, and give each with its future."""
    futures = [LOOP.create_future() for _ in range(count)]
    waiting = [(future, LOOP.create_task(wait(future))) for future in futures]
    await asyncio.sleep(0)
    return waiting


async def release(waiting: list[Any]) -> None:
    """Let the tasks go on."""
    for future, _ in waiting:
        future.set_result(None)
    await asyncio.gather(*[task for _, task in waiting])


def trivial(count: int) -> Figures:
    """Run the loop for a coroutine, again and again."""

    def execute() -> None:
        for _ in range(count):
            go(nothing())

    return {"execute": cpu(execute, count)}


def iterations(count: int) -> Figures:
    """Let the loop go round."""
    return {"cpu": cpu(lambda: go(iterate(count)), count)}


continuing = outline = looping = iterations


def waiting(count: int) -> Figures:
    """Wait and go on: two iterations, as the workload has two transitions."""

    async def repeat() -> None:
        for _ in range(count):
            future = LOOP.create_future()
            LOOP.call_soon(future.set_result, None)
            await future

    return {"cpu": cpu(lambda: go(repeat()), count * 2)}


def gathered(count: int) -> Figures:
    """Run tasks side by side."""
    return {"cpu": cpu(lambda: go(finish(count)), count)}


children = gathered


def parked(count: int) -> Figures:
    """Let tasks wait, and let them go on."""
    before = resident()
    tasks: list[Any] = []
    cost = cpu(lambda: tasks.extend(go(park(count))), count, 1)
    memory = resident() - before
    return {"park": cost, "resident": memory / count, "resume": cpu(lambda: go(release(tasks)), count, 1)}


def parked_bytes(count: int) -> Figures:
    """Let tasks wait, and see what that takes of memory."""
    return {"bytes": allocated(lambda: go(park(count))) / count}


def alive(count: int) -> Figures:
    """Run a task while others wait."""
    others = go(park(count))

    async def run(times: int) -> None:
        for _ in range(times):
            await LOOP.create_task(nothing())

    cost = cpu(lambda: go(run(100)), 100)
    assert len(others) == count
    return {"cpu": cost}


def remote(count: int) -> Figures:
    """Send requests from another thread that the loop answers."""
    communicator = kiwipy.LocalCommunicator()
    communicator.add_rpc_subscriber(lambda *_: asyncio.run_coroutine_threadsafe(nothing(), LOOP), "loop")

    def send() -> Figures:
        figures = ask("status", lambda: communicator.rpc_send("loop", "message"), count)
        return {**figures, **ask("switch", lambda: communicator.rpc_send("loop", "message"), count)}

    return go(LOOP.run_in_executor(None, send))


if __name__ == "__main__":
    main(sys.modules[__name__])
