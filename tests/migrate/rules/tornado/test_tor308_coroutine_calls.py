"""TOR308: `gen.coroutine(lambda: (yield …))`."""

from typing import Tuple

from tests.migrate.rules.tornado.loop_tables import Rewrites, becomes, cases, stays


def _row(before: str, after: str, imports: str = "from plumpy_compat import aio\n") -> Tuple[str, str]:
    return f"from tornado import gen\n\n{before}\n", f"{imports}\n{after}\n"


REWRITES: Rewrites = {
    "multi": _row(
        "loop.run_sync(gen.coroutine(lambda: (yield gen.multi(xs))))", "aio.run_sync(loop, lambda: aio.multi(xs))"
    ),
    "a list": _row(
        "loop.run_sync(gen.coroutine(lambda: (yield [a(), b()])))", "aio.run_sync(loop, lambda: aio.multi([a(), b()]))"
    ),
    "a future": _row(
        "loop.add_callback(gen.coroutine(lambda: (yield x)))", "aio.add_callback(loop, lambda: aio.as_awaitable(x))"
    ),
    "parameters": _row(
        "loop.add_callback(gen.coroutine(lambda x: (yield x)), 3)",
        "aio.add_callback(loop, lambda x: aio.as_awaitable(x), 3)",
    ),
}

LEFT: Rewrites = {
    "more than one": (
        "from tornado import gen\n\nloop = 1\nf = gen.coroutine(lambda: (yield a) + (yield b))\n",
        "something else than a lambda that yields once",
    ),
    "a function": (
        "from tornado import gen\n\ndef f(g):\n    return gen.coroutine(g)\n",
        "something else than a lambda that yields once",
    ),
    "kept": (
        "from tornado import gen\n\nf = gen.coroutine(lambda: (yield a))\n",
        "it can't be told what runs it",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    stays(*case)
