"""The referee finds what a migration left, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

PROGRAM = Path(__file__).resolve().parents[3] / "benchmarks" / "residue.py"

KINDS = ["six_imports", "six_uses", "futures", "u_prefixes", "object_bases", "super_calls"]

CASES = [
    ("import six\nsix.text_type\n", ["six_imports: 1: six", "six_uses: 2: six.text_type"]),
    ("import six as s\ns.moves.range\n", ["six_imports: 1: six", "six_uses: 2: six.moves.range"]),
    ("import six.moves.urllib\n", ["six_imports: 1: six.moves.urllib"]),
    ("from six.moves import map as m\nm()\n", ["six_imports: 1: six.moves.map", "six_uses: 2: six.moves.map"]),
    ("from six import *\n", ["six_imports: 1: six.*"]),
    ("from .six import PY2\nPY2\nimport sixth\nsixth\n", []),
    ("import six\ndef f(six):\n    return six.x\n", ["six_imports: 1: six"]),
    ("import six\ndef f(x=six.a): pass\n", ["six_imports: 1: six", "six_uses: 2: six.a"]),
    ("import six\ndef f():\n    six = 1\n    return six\n", ["six_imports: 1: six"]),
    ("import six\ndef f():\n    return g(lambda: six.x)\n", ["six_imports: 1: six", "six_uses: 3: six.x"]),
    ("def f():\n    from six import b\n    return b\ndef g():\n    return b\n",
     ["six_imports: 2: six.b", "six_uses: 3: six.b"]),
    ("class A:\n    import six\n    x = six.b\n", ["six_imports: 2: six", "six_uses: 3: six.b"]),
    ("if x:\n    from six.moves import range\nrange(3)[0].y\n",
     ["six_imports: 2: six.moves.range", "six_uses: 3: six.moves.range"]),
    ("from __future__ import print_function, annotations\n", ["futures: 1: print_function"]),
    ("from __future__ import (absolute_import,\n    division)\n",
     ["futures: 1: absolute_import", "futures: 1: division"]),
    ("x = u'a', 'u', b'u', U'b' u'c'\n", ["u_prefixes: 1: u", "u_prefixes: 1: u", "u_prefixes: 1: u"]),
    ("class A(object): pass\nclass B(A, object): pass\nclass C(x.object): pass\n",
     ["object_bases: 1: A", "object_bases: 2: B"]),
    ("super().f\nsuper(A, self).f\nx.super(A)\n", ["super_calls: 2: super"]),
]  # fmt: skip


def residue(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the program over a tree."""
    return subprocess.run([sys.executable, str(PROGRAM), str(tree), *options], capture_output=True, text=True)


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_counts(tmp_path: Path, source: str, expected: List[str]) -> None:
    (tmp_path / "a.py").write_text(source)
    result = residue(tmp_path, "--json")
    counts = json.loads(result.stdout)
    assert [f"{kind}: {line}: {what}" for kind in KINDS for _, line, what in counts[kind]] == expected
    assert counts["files"] == 1
    assert result.returncode == int(bool(counts["six_imports"] or counts["six_uses"] or counts["futures"]))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\nprint x\n")
    (tmp_path / "b.py").write_text("return 1\n")
    (tmp_path / "c.py").write_bytes(b"x = '\xff'\n")
    (tmp_path / "d.py").write_bytes(b"# coding: latin-1\nx = '\xff'\n")
    counts = json.loads(residue(tmp_path, "--json").stdout)
    assert [(path, line) for path, line, _ in counts["unparsed"]] == [("a.py", 2), ("c.py", 1)]
    assert [(path, line) for path, line, _ in counts["uncompiled"]] == [("b.py", 1)]


def test_counts_for_people(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import six\n")
    result = residue(tmp_path)
    assert "     1  imports of six\n" in result.stdout
    assert result.returncode == 1
