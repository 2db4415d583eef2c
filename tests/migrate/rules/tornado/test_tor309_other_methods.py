"""TOR309: what asyncio's loops don't have."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import Parts, Rewrites, becomes_with, cases, nothing_said, on_loop, stays

LEFT: Rewrites = {
    "flags": ("from tornado.ioloop import IOLoop\n\nx = IOLoop.READ\n", "no `IOLoop.READ`"),
    "the class of loops": (
        "from tornado.ioloop import IOLoop\n\nIOLoop.configure('tornado.platform.asyncio.AsyncIOLoop')\n",
        "no `IOLoop.configure`",
    ),
    "whether there's one": (
        "from tornado import ioloop\n\nx = ioloop.IOLoop.initialized()\n",
        "no `IOLoop.initialized`",
    ),
    "errors of callbacks": (
        "from tornado.ioloop import IOLoop\n\nclass Loop(IOLoop):\n    def handle_callback_exception(self, callback):\n"
        "        pass\n",
        "don't call `handle_callback_exception`",
    ),
}


def _method(name: str) -> Tuple[str, str, str]:
    call = f"loop.{name}(x)"
    return (*on_loop(call, call, ""), f"have no `{name}`")


METHODS: Parts = {
    name: _method(name)
    for name in (
        *("add_handler", "update_handler", "remove_handler", "handle_callback_exception", "close_fd"),
        *("set_blocking_log_threshold", "set_blocking_signal_threshold"),
    )
}


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    stays(*case)


@cases(METHODS)
def test_leaves_methods(case: Tuple[str, str, str]) -> None:
    becomes_with(case, Outcome.LEFT)


def test_leaves_other_handlers_alone() -> None:
    nothing_said("import plumpy\n\ndef f(updater):\n    updater.add_handler(print)\n")


def test_notes_a_method_that_is_replaced() -> None:
    source, result = on_loop("loop.start = x", "loop.start = x", "")
    becomes_with((source, result, "replaces a method"), Outcome.NOTE)
