"""The graph of classes: bases, derived ones, and overrides."""

from __future__ import annotations

import pickle
from textwrap import dedent

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
            def step(self):
                pass
    """,
    "pkg.derived": """
        from .base import Base

        class Derived(Base):
            def step(self):
                super(Derived, self).step()

        class Other(Derived):
            def step(self):
                super().step()
    """,
}


def facts_of(name: str, source: str) -> Facts:
    module = Module(Source(dedent(source).encode()), name, f"{name}.py", Settings(), Assumptions())
    return gather(module)


def graph_of(*facts: Facts) -> Graph:
    return Graph(cls for one in facts for cls in one.classes)


@pytest.fixture
def graph() -> Graph:
    # Facts cross processes, so they must survive that.
    facts = [facts_of(name, source) for name, source in FILES.items()]
    return graph_of(*pickle.loads(pickle.dumps(facts)))


def test_overrides_both_ways(graph: Graph) -> None:
    assert graph.overridden("pkg.derived.Other.step") == ["pkg.derived.Derived.step", "pkg.base.Base.step"]
    assert graph.overriding("pkg.base.Base.step") == ["pkg.derived.Derived.step", "pkg.derived.Other.step"]
    assert graph.overriding("pkg.derived.Other.step") == []


def test_linearised_takes_each_class_once() -> None:
    source = "class A: pass\nclass B(A): pass\nclass C(A): pass\nclass D(B, C): pass\n"
    diamond = graph_of(facts_of("m", source))
    assert diamond.linearised("m.D") == ["m.D", "m.B", "m.A", "m.C"]
    assert sorted(diamond.derived("m.A")) == ["m.B", "m.C", "m.D"]


def test_a_cycle_of_bases_ends() -> None:
    broken = graph_of(facts_of("m", "class A(B): pass\nclass B(A): pass\n"))
    assert broken.linearised("m.A") == ["m.A", "m.B"]
    assert broken.derived("m.A") == ["m.B"]
