"""TOR307: `PeriodicCallback`."""

from typing import Tuple

from tests.migrate.rules.tornado.loop_tables import Rewrites, becomes, cases, stays


def _row(before: str, after: str) -> Tuple[str, str]:
    return (
        f"from tornado.ioloop import IOLoop, PeriodicCallback\n\nx = {before}\n",
        f"from plumpy_compat import aio\n\nx = {after}\n",
    )


REWRITES: Rewrites = {
    "plain": _row("PeriodicCallback(f, 500)", "aio.PeriodicCallback(f, 500)"),
    "no loop": _row("PeriodicCallback(f, 500, io_loop=None)", "aio.PeriodicCallback(f, 500)"),
    "the current loop": _row("PeriodicCallback(f, 500, IOLoop.current())", "aio.PeriodicCallback(f, 500)"),
    "the current loop, with a comma": _row(
        "PeriodicCallback(\n    f, 500,\n    io_loop=IOLoop.current(),\n)", "aio.PeriodicCallback(\n    f, 500,\n)"
    ),
    "another loop": _row("PeriodicCallback(f, 500, io_loop=g)", "aio.PeriodicCallback(f, 500, io_loop=g)"),
    "a type": _row("isinstance(f, PeriodicCallback)", "isinstance(f, aio.PeriodicCallback)"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


def test_leaves_a_class_that_derives_from_it() -> None:
    stays("from tornado import ioloop\n\nclass A(ioloop.PeriodicCallback):\n    pass\n", "is a base class")
