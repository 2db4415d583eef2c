"""Runs of the engine: what is written, where findings stand afterwards, second runs, several processes, failures."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, List

import pytest

from codemods.edits import Shape
from codemods.engine import run_source
from codemods.findings import Outcome, Status
from codemods.lazy import cst
from codemods.registry import code_rules
from codemods.settings import Settings
from tests.migrate.engine.trees import after, grow, left, result_of, run, texts

OLD = "from __future__ import division\nimport six\n\n\nfor k in six.iteritems(d):\n    print(six.text_type(k))\n"
NEW = "for k in d.items():\n    print(str(k))\n"
STUCK = """\
from __future__ import division
from __future__ import print_function

import six

x = six.text_type(1)
if six.PY2:
    x = 2
    y = 3
f = six.reraise  # here
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return grow(tmp_path / "tree", {"a.py": OLD, "b/c.py": OLD, "b/new.py": NEW, "stuck.py": STUCK})


def test_only_a_writing_run_writes(tree: Path) -> None:
    before = texts(tree)
    result = run(tree)
    assert not result.wrote
    assert after(result, "a.py") == NEW
    assert texts(tree) == before
    assert run(tree, write=True).wrote
    assert (tree / "a.py").read_text() == (tree / "b/c.py").read_text() == NEW


def test_only_files_with_something_to_say_are_listed(tree: Path) -> None:
    result = run(tree)
    assert result.files_seen == 4
    assert [Path(one.path).name for one in result.files] == ["a.py", "c.py", "stuck.py"]


def test_findings_stand_where_they_are_now(tree: Path) -> None:
    lines = STUCK.splitlines()
    [shown] = [one for one in left(run(tree), "stuck.py") if one.rule == "SIX113"]
    assert "reraise" in lines[shown.line - 1]
    [written] = [one for one in left(run(tree, write=True), "stuck.py") if one.rule == "SIX113"]
    new = (tree / "stuck.py").read_text().splitlines()
    assert "reraise" in new[written.line - 1]
    assert written.line < shown.line
    assert new[written.line - 1][written.column - 1 :].startswith("six.reraise")


def test_a_second_run_changes_nothing(tree: Path) -> None:
    run(tree, write=True)
    before = texts(tree)
    again = run(tree, write=True)
    assert texts(tree) == before
    assert all(one.after is None for one in again.files)
    assert [one.rule for one in left(again, "stuck.py")] == ["SIX190", "SIX113"]


def test_several_processes_do_the_same(tmp_path: Path) -> None:
    files = {
        f"m{number}.py": STUCK + "\n".join(f"x{i} = six.text_type({i})" for i in range(700)) for number in range(24)
    }
    grow(tmp_path, {"compat.py": "from six import text_type\n", "user.py": "from compat import text_type\n", **files})
    assert sum(map(len, texts(tmp_path).values())) > 300_000
    alone, together = run(tmp_path, jobs=1), run(tmp_path, jobs=2)
    alone.seconds = together.seconds = 0.0
    assert alone == together
    assert sum(one.status is Status.CHANGED for one in together.files) == 24


def test_progress_counts_to_the_end(tree: Path) -> None:
    from codemods import engine
    from codemods.settings import Settings

    seen: List[Any] = []
    engine.run([str(tree)], Settings(), write=False, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def _rule(code: str) -> Any:
    return next(one for one in code_rules() if one.code == code)


def _spoil(monkeypatch: pytest.MonkeyPatch, find: Any) -> None:
    monkeypatch.setattr(_rule("SIX105"), "_find", find)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("unbound", "uses names that nothing binds: unbound"),
        ("class", "doesn't parse"),
    ],
)
def test_a_file_that_fails_leaves_the_others_done(
    tree: Path, monkeypatch: pytest.MonkeyPatch, made: str, reason: str
) -> None:
    grow(tree, {"spoilt.py": "import six\n\nfor k in six.iterkeys(d):  # spoil\n    pass\n"})
    original = _rule("SIX105")._find

    def find(module: Any) -> Iterator[Any]:
        for item in original(module):
            if "spoil" in module.source.text:
                yield _rule("SIX105").edit(item.node, Shape.EXPRESSION, lambda _: cst.Name(made), "spoilt")
            else:
                yield item

    _spoil(monkeypatch, find)
    result = run(tree, write=True)
    spoilt = result_of(result, "spoilt.py")
    assert spoilt.status is Status.FAILED
    assert spoilt.after is None
    assert any(reason in one.message and one.outcome is Outcome.ERROR for one in spoilt.findings), spoilt.findings
    assert (tree / "spoilt.py").read_text().startswith("import six\n")
    assert (tree / "a.py").read_text() == NEW


def test_a_rule_that_crashes_costs_one_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = _rule("SIX105")._find

    def find(module: Any) -> Iterator[Any]:
        if module.path.endswith("c.py"):
            raise ZeroDivisionError("boom")
        yield from original(module)

    _spoil(monkeypatch, find)
    result = run(tree, write=True)
    assert [one.message for one in result_of(result, "c.py").findings] == ["left untouched: ZeroDivisionError: boom"]
    assert (tree / "b/c.py").read_text() == OLD
    assert (tree / "a.py").read_text() == NEW


def test_a_rule_that_crashes_on_one_source_alone_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(module: Any) -> Iterator[Any]:
        raise RecursionError("no way out")

    _spoil(monkeypatch, find)
    result = run_source(OLD.encode(), "-", Settings())
    assert (result.status, result.after) == (Status.FAILED, None)
    assert [(one.rule, one.outcome) for one in result.findings] == [("PM100", Outcome.ERROR)]


def test_a_rule_that_never_settles_costs_one_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(module: Any) -> Iterator[Any]:
        from codemods.rules.six._names import call_of, uses

        for use in uses(module, "iteritems"):
            yield _rule("SIX105").replace(call_of(module, use.node), "six.iteritems(six.d)", "again and again")

    _spoil(monkeypatch, find)
    result = run(tree)
    assert "it doesn't settle (SIX105)" in result_of(result, "a.py").findings[-1].message
    assert result_of(result, "a.py").status is Status.FAILED
    assert result_of(result, "stuck.py").status is Status.CHANGED


def test_a_file_that_does_not_parse_is_reported(tree: Path) -> None:
    grow(tree, {"old.py": "import six\nprint six.text_type(1)\n"})
    result = run(tree, write=True)
    assert [one.rule for one in left(result, "old.py")] == ["PM001"]
    assert (tree / "a.py").read_text() == NEW


def test_selected_rules_alone_run(tree: Path) -> None:
    assert after(run(tree, select=("FUT101",)), "a.py") == OLD.split("\n", 1)[1]
    assert after(run(tree, ignore=("FUT",)), "a.py") == f"from __future__ import division\n\n\n{NEW}"
    assert "six" in after(run(tree, select=("SIX105",)), "a.py")
