"""What the rules for locks and queues tell other rules."""

import ast
from typing import List

from codemods.index.module import Module
from codemods.index.project import Assumptions
from codemods.rules.tornado._queues import gives_awaitable, is_lock_with
from codemods.settings import Settings
from codemods.source import Source
from tests.migrate.rules.tornado.loop_tables import text

FOLLOWED = text(
    """
    from tornado import gen, locks, queues

    class A:
        def __init__(self):
            self._x = queues.Queue()
            self._lock = locks.Lock()

        @gen.coroutine
        def f(self):
            with (yield self._lock.acquire()):
                yield self._x.get()
    """
)
HANDED_ON = FOLLOWED + "            yield self._lock\n"


def _module(source: str, **settings: object) -> Module:
    return Module(Source(source.encode()), "snippet", "snippet.py", Settings(**settings), Assumptions())  # type: ignore[arg-type]


def _yielded(module: Module) -> List[ast.Yield]:
    found: List[ast.Yield] = module.of(ast.Yield)
    return found


def test_the_yield_of_a_lock_belongs_to_its_with() -> None:
    module = _module(FOLLOWED)
    assert [is_lock_with(module, one) for one in _yielded(module)] == [True, False]


def test_it_does_not_if_the_locks_stay() -> None:
    module = _module(HANDED_ON)
    assert not any(is_lock_with(module, one) for one in _yielded(module))


def test_it_does_not_without_the_rule() -> None:
    module = _module(FOLLOWED, ignore=("TOR402",))
    assert not any(is_lock_with(module, one) for one in _yielded(module))


def test_what_queues_give_can_be_awaited() -> None:
    module = _module(HANDED_ON)
    values = [one.value for one in _yielded(module) if one.value is not None]
    assert [gives_awaitable(module, one) for one in values] == [False, True, False]
