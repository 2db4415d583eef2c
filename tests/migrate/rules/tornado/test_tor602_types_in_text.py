"""TOR602: types that are text."""

from typing import Tuple

from tests.migrate.rules.tornado.testing_tables import (
    Left,
    Rewrites,
    cases,
    check_becomes,
    check_left,
    check_nothing_said,
)

REWRITES: Rewrites = {
    "a type comment": (
        "from tornado import ioloop\n\n\ndef f(loop):\n    # type: (Optional[ioloop.IOLoop]) -> None\n    pass\n",
        "import asyncio\n\n\ndef f(loop):\n    # type: (Optional[asyncio.AbstractEventLoop]) -> None\n    pass\n",
    ),
    "an annotation": (
        "import tornado.locks\n\n\ndef f(event: 'tornado.locks.Event') -> 'List[tornado.locks.Event]':\n    pass\n",
        "import asyncio\n\n\ndef f(event: 'asyncio.Event') -> 'List[asyncio.Event]':\n    pass\n",
    ),
    "by name": (
        "from asyncio import Queue as Q\nfrom tornado.queues import Queue\n\nx = None  # type: Queue\n",
        "from asyncio import Queue as Q\n\nx = None  # type: Q\n",
    ),
}

LEFT: Left = {
    "asyncio is something else": (
        "from tornado import ioloop\n\nasyncio = AbstractEventLoop = None\nx = None  # type: ioloop.IOLoop\n",
        "a type names `ioloop.IOLoop`",
    ),
}

NOTHING_SAID = {
    "another name": "from tornado import gen\nfrom other import ioloop\n\nx = None  # type: ioloop.IOLoop\n",
    "a method": "from tornado import ioloop\n\nx = None  # type: ioloop.IOLoop.current\n",
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_left(case, "TOR602")


@cases(NOTHING_SAID)
def test_says_nothing(case: str) -> None:
    check_nothing_said(case, "TOR602")
