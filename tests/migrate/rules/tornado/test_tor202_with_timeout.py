"""TOR202: `gen.with_timeout`."""

import pytest

from tests.migrate.rules.tornado.gen_tables import (
    Case,
    bodies,
    cases,
    check_becomes,
    check_left,
    check_notes,
    coroutine,
)

TORNADO = "import datetime\nfrom tornado import gen"
LIMIT = "datetime.timedelta(seconds=5)"

REWRITES = {
    **bodies(
        {
            f"yield gen.with_timeout({LIMIT}, x)": f"await aio.with_timeout({LIMIT}, x)",
            f"yield gen.with_timeout({LIMIT}, [x, None])": f"await aio.with_timeout({LIMIT}, [x, None])",
            f"yield gen.with_timeout(timeout={LIMIT}, future=x)": f"await aio.with_timeout(timeout={LIMIT}, value=x)",
            f"yield gen.with_timeout({LIMIT}, x, quiet_exceptions=E)": (
                f"await aio.with_timeout({LIMIT}, x, quiet_exceptions=E)"
            ),
            f"yield gen.with_timeout({LIMIT}, x, io_loop=x.loop)": f"await aio.with_timeout({LIMIT}, x)",
            f"yield gen.with_timeout({LIMIT}, x, io_loop=x, quiet_exceptions=E)": (
                f"await aio.with_timeout({LIMIT}, x, quiet_exceptions=E)"
            ),
            f"yield gen.with_timeout({LIMIT}, x, self.loop)": f"await aio.with_timeout({LIMIT}, x)",
            f"yield gen.with_timeout({LIMIT}, x, None)": f"await aio.with_timeout({LIMIT}, x)",
            f"yield gen.with_timeout({LIMIT}, x, None, E)": f"await aio.with_timeout({LIMIT}, x, E)",
            f"return gen.with_timeout({LIMIT}, x)": f"return aio.with_timeout({LIMIT}, x)",
        },
        needs="import datetime",
        imports=TORNADO,
    ),
    "other clock": (
        coroutine("yield gen.with_timeout(x.io_loop.time() + 4, x.done)"),
        "import time\nfrom plumpy_compat import aio\n\n\n@aio.eager_coroutine\nasync def f(x):\n"
        "    await aio.with_timeout(time.time() + 4, x.done)\n",
    ),
    "other clock, by keyword": (
        coroutine("yield gen.with_timeout(future=x.done, timeout=x.loop.time() + 4)"),
        "import time\nfrom plumpy_compat import aio\n\n\n@aio.eager_coroutine\nasync def f(x):\n"
        "    await aio.with_timeout(value=x.done, timeout=time.time() + 4)\n",
    ),
    "a loop of tornado's": (
        "from datetime import timedelta\nfrom tornado import gen, ioloop\n\nasync def f(x):\n"
        "    await gen.with_timeout(timedelta(1), x, ioloop.IOLoop.current())\n",
        "from datetime import timedelta\nfrom plumpy_compat import aio\n\nasync def f(x):\n"
        "    await aio.with_timeout(timedelta(1), x)\n",
    ),
    "handed on": (
        "from tornado import gen\n\nx = map(gen.with_timeout, y, z)\n",
        "from plumpy_compat import aio\n\nx = map(aio.with_timeout, y, z)\n",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_becomes(case)


@pytest.mark.parametrize("arguments", ["x, y, z", "*x", "x, y, **z"])
def test_leaves_arguments_that_may_be_a_loop(arguments: str) -> None:
    check_left(coroutine(f"yield gen.with_timeout({arguments})"), "may be a loop or exceptions")


def test_notes_a_number() -> None:
    (case,) = bodies({"yield gen.with_timeout(2., x)": "await aio.with_timeout(2., x)"}).values()
    check_notes(case, "the timeout 2. is a time, long past")


def test_notes_a_deadline_of_a_loop() -> None:
    before = "end = x.loop.time() + 1\nyield gen.with_timeout(end, x)"
    (case,) = bodies({before: "end = x.loop.time() + 1\nawait aio.with_timeout(end, x)"}).values()
    check_notes(case, "`end` comes from the time of a loop")
