"""TOR303: `start`, `stop`, `close`, and whether a loop runs or is closed."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import Parts, Rewrites, becomes, becomes_with, cases, nothing_said, on_loop

REWRITES: Rewrites = {
    "start": on_loop("loop.start()", "loop.run_forever()", ""),
    "start as a callback": on_loop("x(loop.start)", "x(loop.run_forever)", ""),
    "close": on_loop("loop.close(all_fds=True)", "loop.close()", ""),
    "closing": on_loop("if not loop._closing:\n    loop.close()", "if not loop.is_closed():\n    loop.close()", ""),
    "running": on_loop("return x and loop._running", "return x and loop.is_running()", ""),
    "stop stays": on_loop("loop.stop()\nx(loop.stop)", "loop.stop()\nx(loop.stop)", ""),
    "by the name of the attribute": (
        """
        from tornado.ioloop import IOLoop

        class Runner:
            def __init__(self, loop):
                self._loop = loop or IOLoop.current()

            def start(self):
                self._loop.start()
        """,
        """
        from plumpy_compat import aio

        class Runner:
            def __init__(self, loop):
                self._loop = loop or aio.get_or_create_event_loop()

            def start(self):
                self._loop.run_forever()
        """,
    ),
}

NOTED: Parts = {
    "stop by a signal": (
        *on_loop(
            "def stop(*_):\n    loop.stop()\nsignal.signal(signal.SIGINT, stop)",
            "def stop(*_):\n    loop.stop()\nsignal.signal(signal.SIGINT, stop)",
            "",
            "import signal\n",
        ),
        "a signal handler",
    ),
    "stop by a thread": (
        *on_loop(
            "def stop():\n    loop.stop()\nthreading.Thread(target=stop).start()",
            "def stop():\n    loop.stop()\nthreading.Thread(target=stop).start()",
            "",
            "import threading\n",
        ),
        "a thread",
    ),
}

UNTOUCHED = {
    "the runner's own method": """
        import plumpy

        class Runner:
            def start(self):
                pass

            def run(self):
                self.start()
        """,
    "another class with such a name": """
        import plumpy

        class EventLoop:
            def start(self):
                pass

        def f():
            loop = EventLoop()
            loop.start()
            loop.close(all=True)
        """,
    "what isn't called a loop": "import plumpy\n\ndef f(server):\n    server.start()\n    server._closing\n",
    "a loop of asyncio": """
        import asyncio
        import plumpy

        def f():
            loop = asyncio.new_event_loop()
            loop.start()
        """,
    "a loop of another library": """
        import pyglet
        import plumpy

        pyglet.app.event_loop.start()
        """,
    "nothing to do with tornado": "def f(loop):\n    loop.start()\n",
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
