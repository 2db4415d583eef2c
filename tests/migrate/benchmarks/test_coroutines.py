"""The referee for tornado counts what there is of it, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Dict

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks"
PROGRAM = """
import json, sys
from pathlib import Path
from coroutines import scan_tree
scan = scan_tree(Path(sys.argv[1]))
print(json.dumps([dict(scan.kinds()), len(scan.uncompiled), sorted(line for _, line in scan.names)]))
"""
CASES: Dict[str, Dict[str, int]] = {
    "from tornado import gen\n\n\n@gen.coroutine\ndef f():\n    yield g()\n    raise gen.Return(1)\n": {
        "import of tornado": 1,
        "coroutine": 1,
        "yield of a call": 1,
        "raise Return": 1,
    },
    "from tornado.gen import coroutine as c\n\n\n@c\ndef f(x):\n    yield x\n    yield [x]\n    yield\n": {
        "import of tornado": 1,
        "coroutine": 1,
        "yield of a name": 1,
        "yield of a container": 1,
        "yield of nothing": 1,
    },
    "def rows():\n    yield f()\n": {},
    "import asyncio\n\n\nasync def f(gen):\n    await gen.sleep(1)\n": {},
    "import tornado\n\n\ndef f(loop):\n    loop.run_sync(f)\n    loop.add_callback(f)\n    loop.start()\n": {
        "import of tornado": 1,
        ".run_sync": 1,
        ".add_callback": 1,
    },
}


@pytest.mark.parametrize("source", CASES, ids=range(len(CASES)))
def test_counts(source: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(source)
    kinds, uncompiled, _ = _scan(tmp_path)
    assert (kinds, uncompiled) == (CASES[source], 0)


def test_what_does_not_compile(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("await x\n")
    assert _scan(tmp_path)[1] == 1


def test_the_word_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""\nFor Tornado.\n"""\nx = "tornado"  # tornado\nmy_tornado = 1\n')
    assert set(_scan(tmp_path)[2]) == {2, 4}


def _scan(tree: Path) -> tuple[Dict[str, int], int, list[int]]:
    command = [sys.executable, "-c", PROGRAM, str(tree)]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True)
    kinds, uncompiled, names = json.loads(done.stdout)
    return kinds, uncompiled, names
