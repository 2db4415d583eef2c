"""TOR601: names of tornado's in comments and docstrings."""

from typing import Tuple

from tests.migrate.rules.tornado.testing_tables import Rewrites, cases, check_becomes, check_nothing_said

REWRITES: Rewrites = {
    "a docstring": (
        'def f(loop):\n    """Run.\n\n    :type loop: :class:`tornado.ioloop.IOLoop`\n    """\n',
        'def f(loop):\n    """Run.\n\n    :type loop: :class:`asyncio.AbstractEventLoop`\n    """\n',
    ),
    "the module's and a class's": (
        '"""See tornado.locks.Event and tornado.queues.Queue."""\n\n\n'
        'class A:\n    """A ~tornado.gen.TimeoutError."""\n',
        '"""See asyncio.Event and asyncio.Queue."""\n\n\nclass A:\n    """A ~asyncio.TimeoutError."""\n',
    ),
    "an attribute's": (
        'LOOP = None\n"""A :class:`tornado.ioloop.IOLoop`."""\n',
        'LOOP = None\n"""A :class:`asyncio.AbstractEventLoop`."""\n',
    ),
    "a call": (
        'def f():\n    """By default `tornado.ioloop.IOLoop.current()`."""\n',
        'def f():\n    """By default `asyncio.get_event_loop()`."""\n',
    ),
    "a method": (
        'def f():\n    """See :meth:`tornado.ioloop.IOLoop.run_sync`."""\n',
        'def f():\n    """See :meth:`asyncio.loop.run_until_complete`."""\n',
    ),
    "comments": (
        "x = 1  # what tornado.gen.sleep gives: a tornado.concurrent.Future\n",
        "x = 1  # what asyncio.sleep gives: a asyncio.Future\n",
    ),
    "with code": (
        "from tornado import gen\n\n\n@gen.coroutine\ndef f():\n    # like tornado.gen.sleep\n"
        "    yield gen.sleep(1)\n\n\nf()\n",
        "import asyncio\nfrom plumpy_compat import aio\n\n\n@aio.eager_coroutine\nasync def f():\n"
        "    # like asyncio.sleep\n    await asyncio.sleep(1)\n\n\nf()\n",
    ),
}

NOTHING_SAID = {
    "other names": "# tornado.web.Application, mytornado.gen.sleep, tornado.gen.sleeping, tornado.ioloop.IOLoop.READ\n",
    "a line about tornado": "# unlike tornado's, tornado.gen.sleep\n",
    "strings": "x = 'tornado.gen.sleep'\n",
    "our markers": "# TODO(plumpy-migrate TOR305): `tornado.ioloop.IOLoop` is still used\nx = 1\n",
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(NOTHING_SAID)
def test_says_nothing(case: str) -> None:
    check_nothing_said(case, "TOR601")


def test_what_a_comment_keeps_off_stays() -> None:
    check_nothing_said("x = 1  # tornado.gen.sleep  # plumpy-migrate: ignore[TOR601]\n", "TOR601")
