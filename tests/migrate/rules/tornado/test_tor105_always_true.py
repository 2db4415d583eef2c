"""TOR105: coroutines whose result is tested."""

from typing import Tuple

from tests.migrate.rules.tornado.tables import cases, check_becomes_in_part

_HEAD = "from tornado import gen\n\n\n@gen.coroutine\ndef alive():\n    return False\n\n"
_AFTER = "from plumpy_compat import aio\n\n\n@aio.eager_coroutine\nasync def alive():\n    return False\n\n"
TESTS = {
    "if": "if alive():\n    pass\n",
    "assert": "assert alive()\n",
    "not": "x = not alive()\n",
    "and": "x = a and alive()\n",
    "compared": "x = alive() == 1\n",
    "while": "while alive():\n    pass\n",
}


@cases({name: (_HEAD + test, _AFTER + test, "gives a future, which is always true") for name, test in TESTS.items()})
def test_reports(case: Tuple[str, str, str]) -> None:
    check_becomes_in_part(case)
