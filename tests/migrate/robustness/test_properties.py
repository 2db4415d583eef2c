"""Generated programs behave as before; generated modules aren't damaged."""

from __future__ import annotations

import ast
import warnings
from typing import Any, Iterator, List

import hypothesmith
from hypothesis import HealthCheck, given, settings, strategies as st

from codemods.edits import Edit, Shape
from codemods.findings import Outcome, Status
from codemods.fragments import EditFailed, RoundTripError
from codemods.index.module import Module
from codemods.index.project import Assumptions
from codemods.migrate import migrate
from codemods.plan import Plan
from codemods.registry import code_rules
from codemods.rewrite import rewrite
from codemods.settings import Settings
from codemods.source import Source
from tests.migrate.robustness.programs import programs

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
RULES = [rule for rule in code_rules() if rule.default]


def outcome(code: str) -> List[str]:
    """What a program fills its list with, as text; and how it ends."""
    names: Any = {"__name__": "program"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(code, "program", "exec"), names)
        except Exception as error:
            return [repr(names.get("out")), f"{type(error).__name__}: {error}"]
    return [repr(one) for one in names["out"]]


@SLOW
@given(programs())
def test_programs_behave_as_before(program: str) -> None:
    result = migrate(program.encode(), "program.py", "program", RULES, Settings()).result
    assert result.status is not Status.FAILED, (program, result.findings)
    after = (result.after or program.encode()).decode()
    assert outcome(after) == outcome(program), f"{program}\n-----\n{after}"
    again = migrate(after.encode(), "program.py", "program", RULES, Settings()).result
    assert again.after is None, f"{after}\n-----\n{again.after!r}"


@SLOW
@given(hypothesmith.from_grammar())
def test_generated_modules_survive(code: str) -> None:
    result = migrate(code.encode("utf-8", "surrogatepass"), "a.py", "a", RULES, Settings()).result
    assert result.status is not Status.FAILED, (code, result.findings)
    assert not [one for one in result.findings if one.outcome is Outcome.ERROR]
    if result.after is not None:
        ast.parse(result.after.decode())


@SLOW
@given(hypothesmith.from_node())
def test_modules_without_six_are_untouched(code: str) -> None:
    rules = [rule for rule in RULES if rule.family in ("SIX", "FUT")]
    assert migrate(code.encode(), "a.py", "a", rules, Settings()).result.after is None


@SLOW
@given(st.one_of(programs(), hypothesmith.from_node()))
def test_edits_that_change_nothing(code: str) -> None:
    module = Module(Source(code.encode()), "a", "a.py", Settings(), Assumptions())
    for edit in _identities(module):
        try:
            assert rewrite(module, Plan(edits=[edit])).text == code
        except (EditFailed, RoundTripError):
            continue
    try:
        edits = [edit for edit in _identities(module) if edit.shape in (Shape.EXPRESSION, Shape.HEADER)]
        assert rewrite(module, Plan(edits=edits)).text == code
    except (EditFailed, RoundTripError):
        pass


def _identities(module: Module) -> Iterator[Edit]:
    """An edit for each call, name, simple statement, header and block that gives back what it gets."""
    inside = {id(one) for node in ast.walk(module.tree) if isinstance(node, ast.JoinedStr) for one in ast.walk(node)}
    for node in ast.walk(module.tree):
        if id(node) in inside or not hasattr(node, "end_lineno"):
            continue
        if isinstance(node, (ast.Call, ast.Attribute, ast.BinOp, ast.Compare, ast.Lambda)):
            yield Edit("TST101", node, Shape.EXPRESSION, lambda one: one, "")
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield Edit("TST101", node, Shape.HEADER, lambda one: one, "")
            yield Edit("TST101", node, Shape.BLOCK, lambda one: [one], "")
        elif isinstance(node, (ast.If, ast.For, ast.Try, ast.With)):
            yield Edit("TST101", node, Shape.BLOCK, lambda one: [one], "")
        elif isinstance(node, (ast.Assign, ast.Return, ast.Expr)):
            yield Edit("TST101", node, Shape.STATEMENT, lambda one: [one], "")
