"""PLM102: `Process.loop()`."""

from __future__ import annotations

from typing import Any, Dict, Tuple

import pytest

from tests.migrate.rules.checks import check_left, check_untouched
from tests.migrate.rules.plumpy.tables import Left, Modules, Rewrites, cases, check_becomes

HEAD = "import plumpy_compat as plumpy\n\n\nclass Sum(plumpy.WorkChain):\n"


def _method(line: str) -> str:
    return HEAD + f"    def step_one(self, queue):\n        {line}\n"


def _after(line: str) -> str:
    return HEAD + f"    pass\n\n\n{line}\n"


REWRITES: Rewrites = {
    "self": (_method("return self.loop()"), _method("return self.loop")),
    "chain": (_method("self.loop().call_soon(f)"), _method("self.loop.call_soon(f)")),
    "super": (_method("return super().loop()"), _method("return super().loop")),
    "inner function": (
        _method("return lambda: self.loop().time()  # now"),
        _method("return lambda: self.loop.time()  # now"),
    ),
    "instance": (_after("Sum().loop().stop()"), _after("Sum().loop.stop()")),
    "variable": (_after("p = Sum()\nloop = (p.loop())"), _after("p = Sum()\nloop = (p.loop)")),
    "current": (_after("plumpy.Process.current().loop()"), _after("plumpy.Process.current().loop")),
    "recreated": (_after("p = Sum.recreate_from(b)\np.loop()"), _after("p = Sum.recreate_from(b)\np.loop")),
    "annotated": (
        _after("def f(p: plumpy.Process):\n    return p.loop()"),
        _after("def f(p: plumpy.Process):\n    return p.loop"),
    ),
    "unbundled": (
        _after("p = plumpy.Bundle(x).unbundle(c)\np.loop()"),
        _after("p = plumpy.Bundle(x).unbundle(c)\np.loop"),
    ),
    "in a mixin": (
        "import plumpy\n\nclass M:\n    def f(self):\n        self.loop()\n\nclass A(M, plumpy.Process):\n    pass\n",
        "import plumpy\n\nclass M:\n    def f(self):\n        self.loop\n\nclass A(M, plumpy.Process):\n    pass\n",
    ),
    "of a state": (
        "import plumpy\n\nclass S(plumpy.Waiting):\n    def f(self):\n        return self.process.loop()\n",
        "import plumpy\n\nclass S(plumpy.Waiting):\n    def f(self):\n        return self.process.loop\n",
    ),
    "of a listener": (
        "import plumpy\n\nclass L(plumpy.ProcessListener):\n    def on_process_killed(self, p, msg):\n"
        "        p.loop().stop()\n",
        "import plumpy\n\nclass L(plumpy.ProcessListener):\n    def on_process_killed(self, p, msg):\n"
        "        p.loop.stop()\n",
    ),
    "one of two": (
        _after("p = Sum() if x else plumpy.Process()\np.loop()"),
        _after("p = Sum() if x else plumpy.Process()\np.loop"),
    ),
    "plumpy's own name": (
        "from plumpy.processes import Process\n\nProcess().loop()\n",
        "from plumpy.processes import Process\n\nProcess().loop\n",
    ),
    "aiida": (
        "import plumpy\nfrom aiida.engine import CalcJob\n\nclass C(CalcJob):\n    def f(self):\n        self.loop()\n",
        "import plumpy\nfrom aiida.engine import CalcJob\n\nclass C(CalcJob):\n    def f(self):\n        self.loop\n",
    ),
}


@cases(REWRITES)
@pytest.mark.parametrize("runtime", ["plumpy", "plumpy_compat"])
def test_becomes(case: Tuple[str, str], runtime: str) -> None:
    check_becomes(case, "PLM102", runtime=runtime)


LEFT: Left = {
    "parameter": (_after("def f(process):\n    process.loop()"), "may be a process"),
    "attribute of another": ("import plumpy\n\nclass A:\n    def f(self):\n        self.process.loop()\n", "may be"),
    "unknown attribute": (_method("return queue[0].last_proc.loop()"), "may be a process"),
    "method": (HEAD + "    def loop(self):\n        return 1\n", "is a property now"),
}


@cases(LEFT)
def test_left(case: Tuple[str, str]) -> None:
    check_left(*case, "PLM102")


@pytest.mark.parametrize(
    ("source", "settings"),
    [
        # What has a method of this name all the same.
        ("from plumpy import communications\n\ncommunications.LoopCommunicator(c).loop()\n", {}),
        ("import kiwipy.rmq\n\nkiwipy.rmq.connect().loop()\n", {}),
        ("import kiwipy.rmq\n\nkiwipy.rmq.RmqThreadCommunicator(c).loop()\n", {}),
        ("class TransportQueue:\n    def open(self):\n        return self.loop()\n", {}),
        ("class Runner:\n    def f(self):\n        return self.transport.loop()\n", {}),
        (_method("return queue.loop()"), {}),
        (_after("(Sum() if x else Other()).loop()"), {}),
        ("import plumpy\n\nclass M:\n    def f(self):\n        self.loop()\n\nclass B(M):\n    pass\n", {}),
        (HEAD + "    @property\n    def loop(self):\n        return 1\n", {}),
        (_method("return self.loop()"), {"project": Modules("plumpy")}),
    ],
)
def test_untouched(source: str, settings: Dict[str, Any]) -> None:
    check_untouched(source, "PLM102", **settings)
