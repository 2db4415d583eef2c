"""TOR504: coroutines that are tests of a plain test case."""

from pathlib import Path
from typing import Tuple

from tests.migrate.engine.trees import after, grow, left, run
from tests.migrate.rules.tornado.testing_tables import (
    Left,
    Rewrites,
    cases,
    check_becomes,
    check_left,
    check_nothing_said,
)

_TEST = "    async def test_it(self):\n        await go()\n"

REWRITES: Rewrites = {
    "plain": (
        f"import asyncio\nimport unittest\n\n\nclass T(unittest.TestCase):\n{_TEST}",
        f"import asyncio\nimport unittest\n\n\nclass T(unittest.IsolatedAsyncioTestCase):\n{_TEST}",
    ),
    "by name": (
        f"import asyncio\nfrom unittest import TestCase, main\n\n\nclass T(TestCase):\n{_TEST}",
        "import asyncio\nimport unittest\nfrom unittest import TestCase, main\n\n\n"
        f"class T(unittest.IsolatedAsyncioTestCase):\n{_TEST}",
    ),
    "marked for pytest": (
        "import unittest\nimport pytest\n\n\nclass T(unittest.TestCase):\n    @pytest.mark.asyncio\n" + _TEST,
        "import unittest\nimport pytest\n\n\n"
        "class T(unittest.IsolatedAsyncioTestCase):\n    @pytest.mark.asyncio\n" + _TEST,
    ),
    "a coroutine of tornado's": (
        "import unittest\nfrom tornado import gen\n\n\nclass T(unittest.TestCase):\n"
        "    @gen.coroutine\n    def test_it(self):\n        yield gen.sleep(1)\n",
        "import asyncio\nimport unittest\n\n\nclass T(unittest.IsolatedAsyncioTestCase):\n"
        "    async def test_it(self):\n        await asyncio.sleep(1)\n",
    ),
    "one more base": (
        "import asyncio\nimport unittest\n\n\nclass Base(unittest.TestCase):\n    def helper(self):\n        pass\n\n\n"
        f"class T(Base):\n{_TEST}\n\nclass U(T):\n{_TEST}",
        "import asyncio\nimport unittest\n\n\nclass Base(unittest.TestCase):\n    def helper(self):\n        pass\n\n\n"
        f"class T(Base, unittest.IsolatedAsyncioTestCase):\n{_TEST}\n\nclass U(T):\n{_TEST}",
    ),
}

_LOOP = "    def setUp(self):\n        self.loop = asyncio.new_event_loop()\n\n"

LEFT: Left = {
    "a loop of its own": (
        f"import asyncio\nimport unittest\n\n\nclass T(unittest.TestCase):\n{_LOOP}{_TEST}",
        "line 7 sets a loop of its own",
    ),
    "in a base": (
        f"import asyncio\nimport unittest\n\n\nclass Base(unittest.TestCase):\n{_LOOP}\nclass T(Base):\n{_TEST}",
        "sets a loop of its own",
    ),
    "an unknown base": (
        f"import asyncio\nfrom aiida.manage import tests\n\n\nclass T(tests.PluginTestCase):\n{_TEST}",
        "if `aiida.manage.tests.PluginTestCase` is a test case",
    ),
    "a base that can't be followed": (
        f"import asyncio\n\n\nclass T(make()):\n{_TEST}",
        "if `make()` is a test case",
    ),
}

NOTHING_SAID = {
    "no test case": f"import asyncio\n\n\nclass TestIt:\n{_TEST}",
    "has a loop": f"import asyncio\nimport unittest\n\n\nclass T(unittest.IsolatedAsyncioTestCase):\n{_TEST}",
    "another library's": f"import asyncio\nimport django.test\n\n\nclass T(django.test.TestCase):\n{_TEST}",
    "no test": "import asyncio\nimport unittest\n\n\nclass T(unittest.TestCase):\n    async def helper(self): ...\n",
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    findings = check_becomes(case)
    assert any("didn't run before" in one.message for one in findings)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_left(case, "TOR504")


@cases(NOTHING_SAID)
def test_says_nothing(case: str) -> None:
    check_nothing_said(case, "TOR504")


_BASE = "import kiwipy\nimport unittest\n\n\nclass Base(unittest.TestCase):\n    def {}(self):\n        pass\n"


def test_a_base_in_another_file(tmp_path: Path) -> None:
    source = f"import asyncio\nfrom pkg import base\n\n\nclass T(base.Base):\n{_TEST}"
    files = {"pkg/__init__.py": "", "pkg/base.py": _BASE.format("helper"), "pkg/test_it.py": source}
    result = run(grow(tmp_path / "helps", files), select=("TOR",))
    assert "class T(base.Base, unittest.IsolatedAsyncioTestCase):" in after(result, "test_it.py")
    files["pkg/base.py"] = _BASE.format("setUp")
    result = run(grow(tmp_path / "sets_up", files), select=("TOR",))
    assert ["may set a loop of its own" in one.advice for one in left(result, "test_it.py")] == [True]
