"""TOR302: `make_current`, `clear_current` and `clear_instance`."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import Parts, Rewrites, becomes, becomes_with, cases, on_loop, stays

REWRITES: Rewrites = {
    "a loop": on_loop("loop.make_current()", "asyncio.set_event_loop(loop)", ""),
    "chained": (
        "from tornado import ioloop\n\nioloop.IOLoop().make_current()\n",
        "import asyncio\n\nasyncio.set_event_loop(asyncio.new_event_loop())\n",
    ),
    "cleared by the class": (
        "from tornado.ioloop import IOLoop\n\nIOLoop.clear_current()\n",
        "import asyncio\n\nasyncio.set_event_loop(None)\n",
    ),
    "cleared by a loop": on_loop("loop.clear_current()", "asyncio.set_event_loop(None)", ""),
    "of an attribute": (
        """
        from tornado.ioloop import IOLoop

        class Case(TestCase):
            def setUp(self):
                self.loop = IOLoop(make_current=False)

            def test(self):
                self.loop.make_current()
        """,
        """
        import asyncio

        class Case(TestCase):
            def setUp(self):
                self.loop = asyncio.new_event_loop()

            def test(self):
                asyncio.set_event_loop(self.loop)
        """,
    ),
}

NOTED: Parts = {
    "the loop of the program": (
        "from tornado.ioloop import IOLoop\n\nIOLoop.clear_instance()\n",
        "import asyncio\n\nasyncio.set_event_loop(None)\n",
        "the loop of the whole program",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


@cases(NOTED)
def test_notes(case: Tuple[str, str, str]) -> None:
    becomes_with(case, Outcome.NOTE)


def test_leaves_what_is_handed_on() -> None:
    stays("def f(loop):  # of tornado\n    return loop.make_current\n", "isn't just called")
