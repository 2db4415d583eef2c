"""TOR310: `IOLoop` as a type."""

from typing import Tuple

from tests.migrate.rules.tornado.loop_tables import Rewrites, becomes, cases, stays

_IMPORT = "from tornado.ioloop import IOLoop\n"


def _row(code: str, imports: str = "") -> Tuple[str, str]:
    return (
        f"{imports}{_IMPORT}\n{code}\n",
        f"import asyncio\n{imports}\n{code.replace('IOLoop', 'asyncio.AbstractEventLoop')}\n",
    )


REWRITES: Rewrites = {
    "isinstance": _row("x = isinstance(y, IOLoop)"),
    "a tuple": _row("x = isinstance(y, (IOLoop, int))"),
    "parameters and results": _row("def f(x: IOLoop, *, y: 'int' = 3) -> IOLoop:\n    pass"),
    "a variable": _row("x: IOLoop = f()"),
    "optional": _row(
        "def f(x: Optional[IOLoop] = None) -> Dict[str, IOLoop]:\n    pass", "from typing import Dict, Optional\n"
    ),
    "a cast": _row("x = cast(IOLoop, y)", "from typing import cast\n"),
    "a mock": _row("x = mock.Mock(spec=IOLoop)", "from unittest import mock\n"),
    "a mock of all": _row("x = mock.create_autospec(IOLoop)", "from unittest import mock\n"),
}

LEFT: Rewrites = {
    "a base class": (f"{_IMPORT}\nclass Loop(IOLoop):\n    pass\n", "a class derives from tornado's loop"),
    "handed on": (f"{_IMPORT}\nx = make(IOLoop)\n", "can't be told"),
    "a method of the class": (f"{_IMPORT}\nIOLoop.add_callback(loop, f)\n", "still imported"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    stays(*case)
