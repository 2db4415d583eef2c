"""TOR411: imports that only time-outs needed."""

from typing import Tuple

from tests.migrate.rules.tornado.loop_tables import Rewrites, becomes, cases


def _row(imports: str, timeout: str, kept: str, seconds: str = "3") -> Tuple[str, str]:
    """A row for a time-out, and what is kept of the imports."""
    return (
        f"{imports}from tornado import locks\n{_function('locks', f'x.wait(timeout={timeout})')}",
        f"import asyncio\n{kept}{_function('asyncio', f'asyncio.wait_for(x.wait(), {seconds})')}",
    )


def _function(home: str, waits: str) -> str:
    return f"\n\ndef f():\n    x = {home}.Event()\n\n    async def g():\n        await {waits}\n"


_DATES = "import datetime\n"

REWRITES: Rewrites = {
    "datetime": _row(_DATES, "datetime.timedelta(seconds=3)", ""),
    "timedelta": _row("from datetime import timedelta\n", "timedelta(seconds=3)", ""),
    "time": _row("import time\n", "time.time() + 3", ""),
    "one of several": _row(
        "from datetime import date, timedelta\n", "timedelta(seconds=3)", "from datetime import date\n"
    ),
    "never used": _row("import datetime\nimport time\n", "time.time() + 3", _DATES),
    "still needed": _row(
        _DATES, "datetime.timedelta(minutes=3)", _DATES, "datetime.timedelta(minutes=3).total_seconds()"
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


def test_leaves_what_is_used_elsewhere() -> None:
    becomes(
        """
        import time
        from tornado.ioloop import IOLoop

        print(time)
        IOLoop.current().call_at(time.time() + 3, print)
        """,
        """
        import time
        from plumpy_compat import aio

        print(time)
        aio.get_or_create_event_loop().call_later(3, print)
        """,
    )
