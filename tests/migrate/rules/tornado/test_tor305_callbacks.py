"""TOR305: `add_callback`, `spawn_callback`, `add_callback_from_signal`, `add_future`."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import (
    Parts,
    Rewrites,
    becomes,
    becomes_with,
    cases,
    nothing_said,
    on_loop,
    stays,
)

REWRITES: Rewrites = {
    "plain": on_loop("loop.add_callback(x)", "aio.add_callback(loop, x)"),
    "arguments": on_loop("loop.add_callback(x, 1, *x, a=2, **x)", "aio.add_callback(loop, x, 1, *x, a=2, **x)"),
    "spawned": on_loop("loop.spawn_callback(x, 1)", "aio.add_callback(loop, x, 1)"),
    "a method of the loop": on_loop("loop.add_callback(loop.stop)", "aio.add_callback(loop, loop.stop)"),
    "names that the helper has": on_loop(
        "loop.add_callback(x, 1, loop=loop)",
        "aio.add_callback(loop, functools.partial(x, 1, loop=loop))",
        more="import functools\n",
    ),
    "bound": on_loop(
        "return functools.partial(loop.add_callback, x)",
        "return functools.partial(aio.add_callback, loop, x)",
        more="import functools\n",
    ),
    "read": on_loop(
        "x.add_done_callback(loop.add_callback)",
        "x.add_done_callback(functools.partial(aio.add_callback, loop))",
        more="import functools\n",
    ),
    "lines": on_loop(
        "loop.add_callback(\n    x,  # what\n    1,\n)",
        "aio.add_callback(\n    loop, x,  # what\n    1,\n)",
    ),
    "the current loop": (
        "from tornado.ioloop import IOLoop\n\nIOLoop.current().add_callback(f)\n",
        "from plumpy_compat import aio\n\naio.add_callback(aio.get_or_create_event_loop(), f)\n",
    ),
    "a future": on_loop("loop.add_future(x, print)", "aio.add_future(loop, x, print)"),
    "a timer for a future": (
        "from tornado import gen, ioloop\n\nioloop.IOLoop.current().add_future(gen.sleep(1), f)\n",
        "import asyncio\nfrom plumpy_compat import aio\n\n"
        "aio.add_future(aio.get_or_create_event_loop(), asyncio.sleep(1), f)\n",
    ),
    "a chain of attributes": (
        "import plumpy\n\n\ndef f(self):\n    self.runner.loop.add_callback(self.process.step)\n",
        "import plumpy\nfrom plumpy_compat import aio\n\n\ndef f(self):\n"
        "    aio.add_callback(self.runner.loop, self.process.step)\n",
    ),
    "any receiver": (
        "import plumpy\n\n\ndef f(proc):\n    proc.scheduler.add_callback(proc.step)\n",
        "import plumpy\nfrom plumpy_compat import aio\n\n\ndef f(proc):\n"
        "    aio.add_callback(proc.scheduler, proc.step)\n",
    ),
}

NOTED: Parts = {
    "from a signal": (
        *on_loop("loop.add_callback_from_signal(x, 1)", "aio.add_callback(loop, x, 1)"),
        "safe in signal handlers",
    ),
}

UNTOUCHED = {
    "a method of the project": """
        import plumpy

        class Button:
            def add_callback(self, f):
                self.f = f

        def f(button):
            button.add_callback(print)
            Button().add_callback(print)
        """,
    "an instance of a class": """
        import plumpy
        from .widgets import Button

        def f():
            Button().add_callback(print)
        """,
    "a module of the standard library": """
        import plumpy
        import concurrent.futures

        def f():
            pool = concurrent.futures.ThreadPoolExecutor()
            pool.add_callback(print)
        """,
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


@cases(NOTED)
def test_notes(case: Tuple[str, str, str]) -> None:
    becomes_with(case, Outcome.NOTE)


@cases(UNTOUCHED)
def test_leaves_alone(case: str) -> None:
    nothing_said(case)


def test_leaves_a_callback_by_name() -> None:
    stays("import plumpy\n\ndef f(loop):\n    loop.add_callback(callback=print)\n", "gets its callback by name")
