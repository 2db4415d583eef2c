"""PLM103: `super().run()` in processes."""

from __future__ import annotations

from typing import Tuple

import pytest

from tests.migrate.rules.checks import check, check_left, check_untouched
from tests.migrate.rules.plumpy.tables import Left, Modules, Rewrites, cases, check_becomes

HEAD = "import plumpy_compat as plumpy\n\n\n"


def _run(line: str, definition: str = "def run(self):", base: str = "plumpy.Process") -> str:
    return HEAD + f"class Job({base}):\n    {definition}\n        {line}\n        return 1\n"


REWRITES: Rewrites = {
    "statement": (_run("super().run()"), _run("await super().run()", "async def run(self):")),
    "value": (_run("_ = super(Job, self).run()"), _run("_ = await super(Job, self).run()", "async def run(self):")),
    "returned": (
        _run("return super().run()  # last", base="plumpy.WorkChain"),
        _run("return await super().run()  # last", "async def run(self):", "plumpy.WorkChain"),
    ),
    "attribute": (_run("super().run().x"), _run("(await super().run()).x", "async def run(self):")),
    "marked": (
        HEAD
        + "from plumpy_compat.lang import override\n\nclass Job(plumpy.Process):\n    @override()\n"
        "    def run(self):\n        super().run()\n".replace("@override()", "@override"),
        HEAD + "from plumpy_compat.lang import override\n\nclass Job(plumpy.Process):\n    @override\n"
        "    async def run(self):\n        await super().run()\n",
    ),
    "AiiDA VASP's immigrant": (
        "import plumpy\nfrom aiida.engine import CalcJob\nfrom aiida.common.lang import override\n\n\n"
        "class VaspCalculation(CalcJob):\n    pass\n\n\n"
        "class VaspImmigrant(VaspCalculation):\n    @override\n    def run(self):\n"
        "        _ = super(VaspImmigrant, self).run()\n        return plumpy.Wait(msg='Waiting', data=1)\n",
        "import plumpy\nfrom aiida.engine import CalcJob\nfrom aiida.common.lang import override\n\n\n"
        "class VaspCalculation(CalcJob):\n    pass\n\n\n"
        "class VaspImmigrant(VaspCalculation):\n    @override\n    async def run(self):\n"
        "        _ = await super(VaspImmigrant, self).run()\n        return plumpy.Wait(msg='Waiting', data=1)\n",
    ),
    "the project's own between": (
        HEAD + "class Base(plumpy.Process):\n    def run(self):\n        return 5\n\n\n"
        "class Job(Base):\n    def run(self):\n        return super().run() + 1\n",
        HEAD.rstrip() + "\nfrom plumpy_compat import aio\n\n\n"
        "class Base(plumpy.Process):\n    def run(self):\n        return 5\n\n\n"
        "class Job(Base):\n    async def run(self):\n        return await aio.maybe_await(super().run()) + 1\n",
    ),
}


@cases(REWRITES)
def test_becomes(case: Tuple[str, str]) -> None:
    check_becomes(case, "PLM103")


LEFT: Left = {
    "generator": (_run("super().run(); yield 1"), "a generator"),
    "inner function": (_run("return lambda: super(Job, self).run()"), "an inner function"),
    "decorated": (
        HEAD + "@d\nclass Job(plumpy.Process):\n    @log\n    def run(self):\n        super().run()\n",
        "decorator",
    ),
    "direct call": (HEAD + "plumpy.Process().run()\n", "does nothing by itself"),
}


@cases(LEFT)
def test_left(case: Tuple[str, str]) -> None:
    check_left(*case, "PLM103")


@pytest.mark.parametrize(
    "source",
    [
        "import threading\n\nclass T(threading.Thread):\n    def run(self):\n        super().run()\n",
        _run("await super().run()", "async def run(self):"),
        _run("super().execute()"),
        HEAD + "class Job(plumpy.Process):\n    def run(self):\n        return 1\n\nJob().run()\n",
        HEAD + "async def f():\n    await plumpy.Process().run()\n",
        HEAD + "import asyncio\n\nasyncio.run(plumpy.Process().run())\n",
        "import subprocess\n\nsubprocess.run(['ls'])\n",
    ],
)
def test_untouched(source: str) -> None:
    check_untouched(source, "PLM103")


def test_plumpy_itself_and_tornado_coroutines() -> None:
    check_untouched(_run("super().run()"), "PLM103", project=Modules("plumpy"))
    check(
        "from tornado import gen\n" + _run("yield super().run()", "@gen.coroutine\n    def run(self):"),
        _run("await aio.as_awaitable(super().run())", "async def run(self):").replace(
            "plumpy\n", "plumpy\nfrom plumpy_compat import aio\n", 1
        ),
        "PLM103",
        "TOR",
    )
