"""TOR301: `IOLoop.current()`, `IOLoop.instance()` and `IOLoop()`."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import Parts, Rewrites, becomes, becomes_with, cases, stays

REWRITES: Rewrites = {
    "in a function": (
        """
        from tornado.ioloop import IOLoop

        def f(loop=None):
            loop = loop or IOLoop.current()
        """,
        """
        from plumpy_compat import aio

        def f(loop=None):
            loop = loop or aio.get_or_create_event_loop()
        """,
    ),
    "in a coroutine": (
        """
        from tornado import gen, ioloop

        def main(loop):
            @gen.coroutine
            def f():
                loop = ioloop.IOLoop.current()
                yield gen.sleep(1)

            loop.add_callback(f)
        """,
        """
        import asyncio
        from plumpy_compat import aio

        def main(loop):
            async def f():
                loop = asyncio.get_running_loop()
                await asyncio.sleep(1)

            aio.add_callback(loop, f)
        """,
    ),
    "in a function inside a coroutine": (
        """
        from tornado.ioloop import IOLoop

        async def f():
            def g():
                return IOLoop.current()
            return g
        """,
        """
        from plumpy_compat import aio

        async def f():
            def g():
                return aio.get_or_create_event_loop()
            return g
        """,
    ),
    "a default value of a coroutine": (
        """
        from tornado.ioloop import IOLoop

        async def f(loop=IOLoop.current()):
            return loop
        """,
        """
        from plumpy_compat import aio

        async def f(loop=aio.get_or_create_event_loop()):
            return loop
        """,
    ),
    "not made": (
        "from tornado.ioloop import IOLoop\n\nx = IOLoop.current(instance=False)\ny = IOLoop.current(False)\n",
        "from plumpy_compat import aio\n\nx = aio.current_event_loop()\ny = aio.current_event_loop()\n",
    ),
    "made if told so": (
        "from tornado.ioloop import IOLoop\n\nx = IOLoop.current(True)\n",
        "from plumpy_compat import aio\n\nx = aio.get_or_create_event_loop()\n",
    ),
    "under another name": (
        "from tornado import ioloop\n\nget_event_loop = ioloop.IOLoop.current  # why\n",
        "from plumpy_compat import aio\n\nget_event_loop = aio.get_or_create_event_loop  # why\n",
    ),
    "in the whole chain": (
        "import tornado.ioloop\n\nx = tornado.ioloop.IOLoop.current()\n",
        "from plumpy_compat import aio\n\nx = aio.get_or_create_event_loop()\n",
    ),
    "a new one that isn't current": (
        "from tornado.ioloop import IOLoop\n\nx = IOLoop(make_current=False)\n",
        "import asyncio\n\nx = asyncio.new_event_loop()\n",
    ),
}

NOTED: Parts = {
    "the loop of the program": (
        "from tornado.ioloop import IOLoop\n\nx = IOLoop.instance()\n",
        "from plumpy_compat import aio\n\nx = aio.get_or_create_event_loop()\n",
        "one loop for all threads",
    ),
    "a new one": (
        "from tornado.ioloop import IOLoop\n\nx = IOLoop()\n",
        "import asyncio\n\nx = asyncio.new_event_loop()\n",
        "became the current loop where there was none",
    ),
}

LEFT: Rewrites = {
    "current by an argument": (
        "from tornado.ioloop import IOLoop\n\ndef f(x):\n    return IOLoop.current(x)\n",
        "depends on its argument",
    ),
    "made current": (
        "from tornado.ioloop import IOLoop\n\nx = IOLoop(make_current=True)\n",
        "makes the loop current",
    ),
    "tornado may be absent": (
        """
        try:
            from tornado.ioloop import IOLoop
        except ImportError:
            IOLoop = None

        def f():
            return IOLoop.current()
        """,
        "still imported",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    assert not [one for one in becomes(*case) if one.outcome is Outcome.NOTE]


@cases(NOTED)
def test_notes(case: Tuple[str, str, str]) -> None:
    becomes_with(case, Outcome.NOTE)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    stays(*case)


def test_no_note_for_a_loop_that_is_made_current() -> None:
    findings = becomes(
        """
        from tornado.ioloop import IOLoop

        def f():
            loop = IOLoop()
            loop.make_current()
        """,
        """
        import asyncio

        def f():
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
        """,
    )
    assert not [one for one in findings if one.outcome is Outcome.NOTE]
