"""The call graph: callers, overrides, and what stays open."""

from __future__ import annotations

import pickle
from textwrap import dedent
from typing import Dict

import pytest

from codemods.index.facts import Facts, gather
from codemods.index.graph import Graph
from codemods.index.module import Module
from codemods.index.project import Assumptions
from codemods.settings import Settings
from codemods.source import Source

FILES = {
    "pkg.base": """
        class Base(object):
            def run(self):
                self.step()

            def step(self):
                pass

            def close(self):
                pass
    """,
    "pkg.derived": """
        from .base import Base
        from . import helpers as h

        class Derived(Base):
            def step(self):
                super(Derived, self).step()
                h.prepare()

                def inner():
                    self.close()
                inner()

        class Other(Derived):
            def step(self):
                super().step()
    """,
    "pkg.helpers": """
        def prepare():
            finish()

        def finish():
            pass

        def use(thing):
            thing.close()
    """,
    "pkg.main": """
        from pkg import helpers
        from pkg.derived import Other as Process

        helpers.prepare()
        Process()
    """,
}


def facts_of(name: str, source: str) -> Facts:
    module = Module(Source(dedent(source).encode()), name, f"{name}.py", Settings(), Assumptions())
    return gather(module, with_calls=True)


@pytest.fixture
def graph() -> Graph:
    # Facts cross processes, so they must survive that.
    facts: Dict[str, Facts] = {name: facts_of(name, source) for name, source in FILES.items()}
    return Graph(pickle.loads(pickle.dumps(list(facts.values()))))


def test_functions_are_called_through_every_form_of_import(graph: Graph) -> None:
    callers = graph.callers("pkg.helpers.prepare").certain
    assert [call.caller for call in callers] == ["pkg.derived.Derived.step", "pkg.main"]
    assert [call.caller for call in graph.callers("pkg.helpers.finish").certain] == ["pkg.helpers.prepare"]


def test_classes_are_called_by_their_canonical_name(graph: Graph) -> None:
    assert [call.caller for call in graph.callers("pkg.derived.Other").certain] == ["pkg.main"]


def test_a_call_through_self_reaches_the_overrides_too(graph: Graph) -> None:
    for method in ("pkg.base.Base.step", "pkg.derived.Derived.step", "pkg.derived.Other.step"):
        assert "pkg.base.Base.run" in [call.caller for call in graph.callers(method).certain]


def test_a_call_through_super_reaches_the_next_class_only(graph: Graph) -> None:
    callers = [call.caller for call in graph.callers("pkg.derived.Derived.step").certain]
    assert "pkg.derived.Other.step" in callers
    assert "pkg.derived.Other.step" not in [call.caller for call in graph.callers("pkg.base.Base.step").certain]


def test_an_unknown_receiver_is_only_a_possibility(graph: Graph) -> None:
    found = graph.callers("pkg.base.Base.close")
    assert "pkg.helpers.use" in [call.caller for call in found.possible]
    assert "pkg.helpers.use" not in [call.caller for call in found.certain]


def test_overrides_both_ways(graph: Graph) -> None:
    assert graph.overridden("pkg.derived.Other.step") == ["pkg.derived.Derived.step", "pkg.base.Base.step"]
    assert graph.overriding("pkg.base.Base.step") == ["pkg.derived.Derived.step", "pkg.derived.Other.step"]
    assert graph.overriding("pkg.derived.Other.step") == []


def test_linearised_takes_each_class_once() -> None:
    source = "class A: pass\nclass B(A): pass\nclass C(A): pass\nclass D(B, C): pass\n"
    diamond = Graph([facts_of("m", source)])
    assert diamond.linearised("m.D") == ["m.D", "m.B", "m.A", "m.C"]
    assert sorted(diamond.derived("m.A")) == ["m.B", "m.C", "m.D"]


def test_a_cycle_of_bases_ends() -> None:
    broken = Graph([facts_of("m", "class A(B): pass\nclass B(A): pass\n")])
    assert broken.linearised("m.A") == ["m.A", "m.B"]
    assert broken.derived("m.A") == ["m.B"]
