"""TOR221: tornado's exceptions."""

from textwrap import dedent
from typing import Dict

import pytest

from codemods.rules.tornado.tor221_exceptions import ADVICE
from tests.migrate.rules.tornado.gen_tables import (
    Case,
    bodies,
    cases,
    check_becomes,
    check_left,
    check_notes,
    coroutine,
    eager,
)

TORNADO = "from tornado import gen, ioloop, queues, util"


def _rows(pairs: Dict[str, str]) -> Dict[str, Case]:
    return {before: (f"{TORNADO}\n\n{before}\n", f"import asyncio\n\n{after}\n") for before, after in pairs.items()}


def _try(*handlers: str) -> str:
    return "\n".join(["try:", "    f()", *(f"except {one}:\n    {chr(97 + i)}()" for i, one in enumerate(handlers))])


def _moved(before: str, after: str) -> Case:
    head = "import socket\n{}\n\n{}\n"
    return head.format(TORNADO, dedent(before)), f"import asyncio\nimport socket\n\n{dedent(after)}\n"


REWRITES = _rows(
    {
        "raise gen.TimeoutError('x')": "raise asyncio.TimeoutError('x')",
        "raise util.TimeoutError": "raise asyncio.TimeoutError",
        _try("gen.TimeoutError as e"): _try("asyncio.TimeoutError as e"),
        _try("ioloop.TimeoutError"): _try("asyncio.TimeoutError"),
        _try("(gen.TimeoutError, ioloop.TimeoutError)"): _try("asyncio.TimeoutError"),
        _try("(gen.TimeoutError, E, ioloop.TimeoutError)"): _try("(asyncio.TimeoutError, E)"),
        "with pytest.raises(gen.TimeoutError):\n    f()": "with pytest.raises(asyncio.TimeoutError):\n    f()",
        _try("queues.QueueEmpty", "queues.QueueFull"): _try("asyncio.QueueEmpty", "asyncio.QueueFull"),
        _try("gen.TimeoutError", "OSError"): _try("asyncio.TimeoutError", "OSError"),
        _try("Exception", "OSError", "gen.TimeoutError"): _try("Exception", "OSError", "asyncio.TimeoutError"),
    }
)

MOVED = {
    kind: _moved(
        f"""
        try:
            f()
        except {kind}:  # one
            a()
        # before two
        except gen.TimeoutError as error:  # two
            b()
            # end of two
        else:
            c()
        """,
        f"""
        try:
            f()
        # before two
        except asyncio.TimeoutError as error:  # two
            b()
            # end of two
        except {kind}:  # one
            a()
        else:
            c()
        """,
    )
    for kind in ("OSError", "IOError", "EnvironmentError", "socket.error", "(ValueError, OSError)")
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_becomes(case)


@cases(MOVED)
def test_puts_timeouts_before_the_errors_that_they_are(case: Case) -> None:
    check_notes(case, "timeouts of sockets and of the system come here")


@pytest.mark.parametrize("name", sorted(ADVICE))
def test_advises(name: str) -> None:
    home = name.rpartition(".")[0]
    found = check_left(f"import {home}\n\n{_try(name)}\n", f"`{name}` has no counterpart")
    assert found.advice == ADVICE[name]


def test_leaves_what_queues_raise_that_stay() -> None:
    source = f"from tornado import queues\n\nq = queues.Queue()\nf(q)\n{_try('queues.QueueEmpty')}\n"
    check_left(source, "the queues of this file stay, and with them what they raise")


NOTED = {
    "two classes": (
        *_rows(
            {_try("gen.TimeoutError", "ioloop.TimeoutError"): _try("asyncio.TimeoutError", "asyncio.TimeoutError")}
        ).popitem()[1],
        "a handler above catches `asyncio.TimeoutError` already",
    ),
    "with other classes": (
        *_rows({_try("OSError", "(E, gen.TimeoutError)"): _try("OSError", "(E, asyncio.TimeoutError)")}).popitem()[1],
        "this handler comes too late",
    ),
    "no handler of timeouts": (
        *_rows(
            {
                "try:\n    raise gen.TimeoutError\nexcept E:\n    a()\n# why\nexcept OSError:\n    a()": (
                    "try:\n    raise asyncio.TimeoutError\nexcept E:\n    a()\n"
                    "except asyncio.TimeoutError:\n    raise\n# why\nexcept OSError:\n    a()"
                )
            }
        ).popitem()[1],
        "timeouts of sockets and of the system pass by the handler at line 8",
    ),
    "around with_timeout": (
        *bodies(
            {
                "try:\n    yield gen.with_timeout(x, x)\nexcept IOError:\n    a()\nelse:\n    b()": (
                    "try:\n    await aio.with_timeout(x, x)\nexcept asyncio.TimeoutError:\n    raise\n"
                    "except IOError:\n    a()\nelse:\n    b()"
                )
            },
            needs="import asyncio",
        ).popitem()[1],
        "timeouts of sockets and of the system pass by the handler at line 8",
    ),
    "around with_timeout, caught later": (
        *bodies(
            {
                "try:\n    gen.with_timeout(x, x)\nexcept IOError:\n    a()\nexcept Exception:\n    b()": (
                    "try:\n    aio.with_timeout(x, x)\nexcept IOError:\n    a()\nexcept Exception:\n    b()"
                )
            }
        ).popitem()[1],
        "the handler at line 8 catches timeouts",
    ),
    "indented by two": (
        "from tornado import gen\n\n\nclass A:\n  async def f(x):\n    try:\n      await gen.with_timeout(x, x)\n"
        "    except OSError:\n      pass\n",
        "import asyncio\nfrom plumpy_compat import aio\n\n\nclass A:\n  async def f(x):\n    try:\n"
        "      await aio.with_timeout(x, x)\n    except asyncio.TimeoutError:\n      raise\n"
        "    except OSError:\n      pass\n",
        "timeouts of sockets and of the system pass by the handler at line 8",
    ),
    "in a function within it": (
        *_rows(
            {
                "try:\n    def f():\n        raise gen.TimeoutError\nexcept OSError:\n    a()": (
                    "try:\n    def f():\n        raise asyncio.TimeoutError\nexcept OSError:\n    a()"
                )
            }
        ).popitem()[1],
        "",
    ),
}


@cases(NOTED)
def test_notes(case: "tuple[str, str, str]") -> None:
    before, after, message = case
    check_notes((before, after), message, count=bool(message))


def test_notes_cancellation_once() -> None:
    body = "try:\n    {} x\nexcept Exception:\n    a()"
    wait = body.format("yield")
    done = body.format("await").replace("await x", "await aio.as_awaitable(x)")
    case = coroutine(f"{wait}\n{wait}"), eager(f"{done}\n{done}")
    check_notes(case, "`except Exception` doesn't see `asyncio.CancelledError`")
