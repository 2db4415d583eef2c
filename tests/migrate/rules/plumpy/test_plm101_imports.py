"""PLM101: imports of plumpy."""

from __future__ import annotations

import importlib
from typing import Any, Dict, Tuple

import pytest

from codemods.rules.plumpy._names import MODULES
from codemods.rules.plumpy.plm101_imports import ONLY_OURS
from tests.migrate.rules.checks import check, check_left, check_untouched, run
from tests.migrate.rules.plumpy.tables import Left, Modules, Rewrites, cases, check_becomes

REWRITES: Rewrites = {
    "package": ("import plumpy\n\nplumpy.Wait()\n", "import plumpy_compat as plumpy\n\nplumpy.Wait()\n"),
    "package with a name": ("import plumpy as pl\n", "import plumpy_compat as pl\n"),
    "names": (
        "from plumpy import Process as P, process_comms  # why\n",
        "from plumpy_compat import Process as P, process_comms  # why\n",
    ),
    "names in parentheses": (
        "from plumpy.ports import (\n    InputPort,\n    OutputPort,\n)\n",
        "from plumpy_compat.ports import InputPort, OutputPort\n",
    ),
    "private name": (
        "from plumpy.workchains import _PropagateReturn\n",
        "from plumpy_compat.workchains import _PropagateReturn\n",
    ),
    "module with a name": (
        "import plumpy.persistence as store\n",
        "import plumpy_compat.persistence as store\n",
    ),
    "modules bind the package": (
        "import plumpy\nimport plumpy.persistence\nimport plumpy.base.utils\n\nplumpy.persistence.Bundle\n",
        "import plumpy_compat as plumpy\n\nplumpy.persistence.Bundle\n",
    ),
    "a star import of a module": (
        "from plumpy.workchains import *\n\nclass W(WorkChain):\n    pass\n",
        "from plumpy_compat.workchains import *\n\nclass W(WorkChain):\n    pass\n",
    ),
    "with others": (
        "import os, plumpy\n",
        "import os\nimport plumpy_compat as plumpy\n",
    ),
    "in functions": (
        "def f():\n    import plumpy\n    return plumpy.Wait()\n\n"
        "def g():\n    import plumpy\n    return plumpy.Kill()\n",
        "def f():\n    import plumpy_compat as plumpy\n    return plumpy.Wait()\n\n"
        "def g():\n    import plumpy_compat as plumpy\n    return plumpy.Kill()\n",
    ),
    "may be missing": (
        "try:\n    import plumpy\nexcept ImportError:\n    plumpy = None\n",
        "try:\n    import plumpy_compat as plumpy\nexcept ImportError:\n    plumpy = None\n",
    ),
    "for types": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from plumpy import Process\n",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from plumpy_compat import Process\n",
    ),
}


@cases(REWRITES)
@pytest.mark.parametrize("stage", ["asyncio", "final"])
def test_becomes(case: Tuple[str, str], stage: str) -> None:
    check_becomes(case, "PLM101", stage=stage)


SHIM: Rewrites = {
    "package": ("import plumpy\n", "from plumpy_compat import legacy as plumpy\n"),
    "names": ("from plumpy import Process as P\n", "from plumpy_compat.legacy import Process as P\n"),
    "names of a module": ("from plumpy.utils import wrap_dict\n", "from plumpy_compat.legacy.utils import wrap_dict\n"),
    "module with a name": ("import plumpy.ports as p\n", "import plumpy_compat.legacy.ports as p\n"),
    "module": ("import plumpy.ports\n", "from plumpy_compat import legacy as plumpy\n"),
    "module that is gone": ("from plumpy import stack\n", "from plumpy_compat.legacy import stack\n"),
}


@cases(SHIM)
def test_shim(case: Tuple[str, str]) -> None:
    check_becomes(case, "PLM101", stage="shim")


@cases({**SHIM, "module that is gone": ("import plumpy as pl\n", "from plumpy_compat import legacy as pl\n")})
@pytest.mark.parametrize("stage", ["asyncio", "final"])
def test_from_the_shim_on(case: Tuple[str, str], stage: str) -> None:
    before, shim = case
    modern = run(before, "PLM101", stage=stage).result.after
    assert modern is not None
    check(shim, modern.decode(), "PLM101", stage=stage)
    if "import plumpy.ports\n" not in before:
        # With plumpy itself the file is what it was before the shim.
        check(shim, before, "PLM101", stage=stage, runtime="plumpy")


BACK: Rewrites = {
    "package": ("import plumpy_compat as plumpy\n", "import plumpy\n"),
    "names": (
        "from plumpy_compat import Process, aio\n",
        "from plumpy_compat import aio\nfrom plumpy import Process\n",
    ),
    "beside helpers": (
        "import plumpy_compat as plumpy\nfrom plumpy_compat import aio\n\naio.multi(plumpy.Wait())\n",
        "import plumpy\nfrom plumpy_compat import aio\n\naio.multi(plumpy.Wait())\n",
    ),
    "plain": ("import plumpy_compat\n\nplumpy_compat.Wait\n", "import plumpy as plumpy_compat\n\nplumpy_compat.Wait\n"),
}


@cases(BACK)
def test_to_plumpy_in_the_end(case: Tuple[str, str]) -> None:
    check_becomes(case, "PLM101", stage="final", runtime="plumpy")
    check_untouched(case[0], "PLM101", stage="asyncio", runtime="plumpy")


LEFT: Left = {
    "star": ("from plumpy import *\n", "any name"),
    "test utilities": ("from plumpy import test_utils\n", "no module test_utils"),
    "names of test utilities": ("from plumpy.test_utils import DummyProcess\n", "no module test_utils"),
    "unknown module": ("import plumpy.unheard\n", "no module unheard"),
    "aiida's plumpy": ("import plumpy\nfrom aiida import orm\n", "aiida makes objects"),
}


@cases(LEFT)
def test_left(case: Tuple[str, str]) -> None:
    check_left(*case, "PLM101")


@pytest.mark.parametrize(
    "source",
    [
        "from plumpy_compat import install_as_plumpy\n",
        "import plumpy_compat as plumpy\n\nplumpy.aio.multi\n",
        "import plumpy_compat\n\nplumpy_compat.KILL_MSG\n",
    ],
)
def test_what_only_we_have_is_left(source: str) -> None:
    check_left(source, "plumpy has no", "PLM101", stage="final", runtime="plumpy")


@pytest.mark.parametrize(
    ("source", "settings"),
    [
        ("import plumpy\n", {"runtime": "plumpy"}),
        ("import plumpy\n", {"runtime": "plumpy", "stage": "final"}),
        ("from plumpy_compat import aio\n", {"runtime": "plumpy", "stage": "final"}),
        ("from plumpy_compat.text import ensure_str\n", {"runtime": "plumpy", "stage": "final"}),
        ("import plumpy_compat as plumpy\n", {}),
        ("import plumpyx\nfrom . import plumpy\n", {}),
        ("import plumpy\n", {"project": Modules("plumpy")}),
        ("from plumpy.utils import SimpleNamespace\n", {}),
        ("import plumpy  # plumpy-migrate: ignore[PLM101]\n", {}),
    ],
)
def test_untouched(source: str, settings: Dict[str, Any]) -> None:
    check_untouched(source, "PLM101", **settings)


def test_aiida_itself() -> None:
    source = "import plumpy\nfrom aiida import orm\n"
    made = run(source, "PLM101", project=Modules("aiida", "aiida.orm"))
    assert made.result.after == b"import plumpy_compat as plumpy\nfrom aiida import orm\n"


def test_with_the_rule_for_namespaces() -> None:
    check(
        "import plumpy\nfrom plumpy.utils import SimpleNamespace\n\nx = SimpleNamespace(a=plumpy.Wait())\n",
        "import plumpy_compat as plumpy\nfrom types import SimpleNamespace\n\nx = SimpleNamespace(a=plumpy.Wait())\n",
        "PLM",
        "NSP",
    )
    check(
        "import plumpy.utils\n\nx = plumpy.utils.SimpleNamespace(a=1)\n",
        "from types import SimpleNamespace\n\nx = SimpleNamespace(a=1)\n",
        "PLM",
        "NSP",
    )


def test_the_package_has_what_the_rule_counts_on() -> None:
    package = importlib.import_module("plumpy_compat")
    for name in MODULES:
        there: Any = package
        for part in name.split("."):
            there = getattr(there, part)
        assert there is importlib.import_module(f"plumpy_compat.{name}")
    for name in ONLY_OURS - {"legacy", "as_plumpy", "text"}:
        assert hasattr(package, name)
