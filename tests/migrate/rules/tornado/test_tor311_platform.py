"""TOR311: `tornado.platform.asyncio`."""

from typing import Tuple

from tests.migrate.rules.tornado.loop_tables import Rewrites, becomes, cases, on_loop, stays

_IMPORT = "from tornado.platform.asyncio import AsyncIOMainLoop, to_asyncio_future, to_tornado_future\n"

REWRITES: Rewrites = {
    "installed": (f"import os\n{_IMPORT}\nAsyncIOMainLoop().install()\nx = 1\n", "import os\n\nx = 1\n"),
    "installed in a function": (
        f"{_IMPORT}\ndef f():\n    AsyncIOMainLoop().install()\n",
        "\ndef f():\n    pass\n",
    ),
    "to asyncio": (
        f"{_IMPORT}\nx = to_asyncio_future(f())\n",
        "from plumpy_compat import aio\n\nx = aio.create_task(f())\n",
    ),
    "to asyncio, awaited": (
        f"{_IMPORT}\nasync def f(x):\n    return await to_asyncio_future(x)\n",
        "from plumpy_compat import aio\n\nasync def f(x):\n    return await aio.as_awaitable(x)\n",
    ),
    "to tornado": (
        f"{_IMPORT}\nx = to_tornado_future(f())\ny = to_tornado_future(a or b).done()\n",
        "\nx = f()\ny = (a or b).done()\n",
    ),
    "asyncio's loop": on_loop("loop.asyncio_loop.close()", "loop.close()", ""),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


def test_leaves_a_loop_that_is_kept() -> None:
    stays(
        "from tornado.platform.asyncio import AsyncIOMainLoop\n\nx = AsyncIOMainLoop()\n", "no place with asyncio alone"
    )
