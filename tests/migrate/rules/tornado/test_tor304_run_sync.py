"""TOR304: `run_sync`."""

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
)


def _main(before: str, after: str, imports: str = "import asyncio\n") -> Tuple[str, str]:
    """A row with a native coroutine `main`."""
    return (
        f"from tornado import gen\n\n@gen.coroutine\ndef main(*args):\n    yield gen.sleep(1)\n\n{before}\n",
        f"{imports}\nasync def main(*args):\n    await asyncio.sleep(1)\n\n{after}\n",
    )


_BOTH = "import asyncio\nfrom plumpy_compat import aio\n"

REWRITES: Rewrites = {
    "a coroutine": _main("loop.run_sync(main)", "loop.run_until_complete(main())"),
    "its result": _main("x = loop.run_sync(main) + 1", "x = loop.run_until_complete(main()) + 1"),
    "a lambda": _main("loop.run_sync(lambda: main(a, *b))", "loop.run_until_complete(main(a, *b))"),
    "arguments that are computed": _main(
        "loop.run_sync(lambda: main(f()))", "aio.run_sync(loop, lambda: main(f()))", _BOTH
    ),
    "a lambda with a default": _main(
        "loop.run_sync(lambda a=a: main(a))", "aio.run_sync(loop, lambda a=a: main(a))", _BOTH
    ),
    "a time-out": _main("loop.run_sync(main, timeout=3)", "aio.run_sync(loop, main, timeout=3)", _BOTH),
    "lines": _main(
        "loop.run_sync(\n    lambda: main(\n        a))", "loop.run_until_complete(\n    main(\n        a))"
    ),
    "an eager coroutine": (
        "from tornado import gen\n\n@gen.coroutine\ndef main():\n    pass\n\nmain()\nloop.run_sync(main)\n",
        "from plumpy_compat import aio\n\n@aio.eager_coroutine\nasync def main():\n    pass\n\nmain()\n"
        "aio.run_sync(loop, main)\n",
    ),
    "a future": on_loop("return loop.run_sync(lambda: x)", "return aio.run_sync(loop, lambda: x)"),
    "a list": on_loop("loop.run_sync(lambda: [x(), x()])", "aio.run_sync(loop, lambda: [x(), x()])"),
    "anything": on_loop("loop.run_sync(x, 3)", "aio.run_sync(loop, x, 3)"),
    "any function by name": on_loop("loop.run_sync(func=x)", "aio.run_sync(loop, function=x)"),
    "arguments in a tuple": on_loop("loop.run_sync(*x)", "aio.run_sync(loop, *x)"),
    "only bound": on_loop(
        "return partial(loop.run_sync, x)",
        "return partial(aio.run_sync, loop, x)",
        more="from functools import partial\n",
    ),
    "only read": on_loop(
        "return loop.run_sync", "return functools.partial(aio.run_sync, loop)", more="import functools\n"
    ),
    "a list that a lambda yields": (
        "from tornado import gen\n\nloop.run_sync(gen.coroutine(lambda: (yield gen.multi(x))))\n",
        "from plumpy_compat import aio\n\naio.run_sync(loop, lambda: aio.multi(x))\n",
    ),
    "the loop of a process": (
        "import plumpy\n\ndef f(proc):\n    proc.loop().run_sync(proc.execute)\n",
        "import plumpy\nfrom plumpy_compat import aio\n\ndef f(proc):\n    aio.run_sync(proc.loop(), proc.execute)\n",
    ),
    "a receiver without a name": (
        "import plumpy\n\nplumpy.get_event_loop().run_sync(f)\n",
        "import plumpy\nfrom plumpy_compat import aio\n\naio.run_sync(plumpy.get_event_loop(), f)\n",
    ),
}
NOTED: Parts = {
    "in a coroutine": (
        "import plumpy\n\nasync def f(loop):\n    loop.run_sync(g)\n",
        "import plumpy\nfrom plumpy_compat import aio\n\nasync def f(loop):\n    aio.run_sync(loop, g)\n",
        "while another one runs",
    ),
}

UNTOUCHED = {
    "a project's own": """
        import plumpy

        class Client:
            def run_sync(self, f):
                return f()

            def call(self):
                return self.run_sync(print)

        def f():
            Client().run_sync(print)
        """,
    "no loop, no tornado": "def f(client):\n    client.run_sync(print)\n",
    "migrated": "from plumpy_compat import aio\n\ndef f(loop):\n    aio.run_sync(loop, print)\n",
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
