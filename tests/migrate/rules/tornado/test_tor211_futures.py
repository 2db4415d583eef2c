"""TOR211: tornado's `Future`, made and as a type."""

from typing import Dict

from tests.migrate.rules.tornado.gen_tables import Case, bodies, cases, check_becomes, check_left, check_notes

TORNADO = "from tornado.concurrent import Future, TracebackFuture"
ASYNCIO = "import asyncio"


def _rows(pairs: Dict[str, str], needs: str = ASYNCIO) -> Dict[str, Case]:
    return {before: (f"{TORNADO}\n\n\n{before}\n", f"{needs}\n\n\n{after}\n") for before, after in pairs.items()}


REWRITES = {
    **bodies(
        {
            "y = gen.Future()": "y = aio.create_future()",
            "yield gen.Future()": "await aio.create_future()",
        }
    ),
    "a loop that was given": (
        f"{TORNADO}\n\n\ndef f(loop):\n    g(loop)\n    return Future()\n",
        "def f(loop):\n    g(loop)\n    return loop.create_future()\n",
    ),
    **_rows(
        {
            "def f():\n    return Future()": "def f():\n    return aio.create_future()",
            "def f():\n    return TracebackFuture( )": "def f():\n    return aio.create_future( )",
            "def f():\n    x = defaultdict(list)\n    x.setdefault(1, Future())": (
                "def f():\n    x = defaultdict(list)\n    x.setdefault(1, aio.create_future())"
            ),
            "x = attr.ib(default_factory=Future)": "x = attr.ib(default_factory=aio.create_future)",
        },
        needs="from plumpy_compat import aio",
    ),
    **_rows(
        {
            "def f(x: Future) -> Future:\n    y: Future = x": (
                "def f(x: asyncio.Future) -> asyncio.Future:\n    y: asyncio.Future = x"
            ),
            "def f(x: 'Future' = None) -> 'List[Future]':\n    pass": (
                "def f(x: 'asyncio.Future' = None) -> 'List[asyncio.Future]':\n    pass"
            ),
            "def f(x):\n    # type: (Future) -> TracebackFuture\n    pass": (
                "def f(x):\n    # type: (asyncio.Future) -> asyncio.Future\n    pass"
            ),
            "x = isinstance(y, Future)": "x = isinstance(y, asyncio.Future)",
            "x = isinstance(y, (Future, dict))": "x = isinstance(y, (asyncio.Future, dict))",
            "x = type(y) is Future": "x = type(y) is asyncio.Future",
            "x = issubclass(y, Future)": "x = issubclass(y, asyncio.Future)",
            "self.assertIsInstance(x, Future)": "self.assertIsInstance(x, asyncio.Future)",
            "x = Mock(spec=Future)": "x = Mock(spec=asyncio.Future)",
            "f(Future.set_result)": "f(asyncio.Future.set_result)",
        }
    ),
    "docstrings": (
        'def f():\n    """:rtype: :class:`tornado.concurrent.Future`, not ``mytornado.concurrent.Future``"""\n',
        'def f():\n    """:rtype: :class:`asyncio.Future`, not ``mytornado.concurrent.Future``"""\n',
    ),
    "a thread's": (
        "from concurrent import futures\nfrom tornado import concurrent\n\n\ndef f():\n"
        "    return futures.Future(), concurrent.Future()\n",
        "from concurrent import futures\nfrom plumpy_compat import aio\n\n\ndef f():\n"
        "    return futures.Future(), aio.create_future()\n",
    ),
}

LEFT = {
    "arguments": ("from tornado.concurrent import Future\n\n\ndef f(x):\n    Future(x)\n", "called with arguments"),
    "what asyncio's has not": ("from tornado.concurrent import Future\n\nx = Future.exc_info\n", "has no `exc_info`"),
    "replaced": ("from tornado import concurrent\n\nconcurrent.Future = None\n", "is replaced here"),
}

IMPORTED = "while the module is imported"
EARLY = {
    "at import": ("x = Future()", "x = aio.create_future()", IMPORTED),
    "in a class": (
        "class A:\n    x = Future()",
        "class A:\n    x = aio.create_future()",
        "while the module is imported",
    ),
    "default": (
        "def f(x=Future()):\n    pass",
        "def f(x=aio.create_future()):\n    pass",
        "while the module is imported",
    ),
    "constructor": (
        "class A:\n    def __init__(self):\n        self.x = Future()",
        "class A:\n    def __init__(self):\n        self.x = aio.create_future()",
        "while an object is built",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Case) -> None:
    check_left(*case)


@cases(EARLY)
def test_notes_what_is_made_early(case: "tuple[str, str, str]") -> None:
    before, after, message = case
    (row,) = _rows({before: after}, needs="from plumpy_compat import aio").values()
    check_notes(row, message)


def test_notes_another_name() -> None:
    (row,) = _rows({"Promise = Future": "Promise = asyncio.Future"}).values()
    check_notes(row, "another name for `asyncio.Future`")
