"""Tornado's events, locks and queues: where they are kept, what is done with them, and what becomes of that.

asyncio's have the same methods, but what these give only runs when it's awaited. So all uses in a file must be known
before any is rewritten: of its queues together, of its locks together, of each event by itself.
"""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from codemods.index.coroutines import AWAITED, SCHEDULED, how_used
from codemods.index.facts import qualified
from codemods.index.origins import is_self, origins, owner
from codemods.registry import chosen_code_rules
from codemods.rules.tornado._coroutines import converted
from codemods.rules.tornado._loops import called, is_simple_call
from codemods.rules.tornado._times import Time, time_of
from codemods.suppress import ignored_lines

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference


class Group(Enum):
    """What is rewritten together, or not at all; and the rule for it."""

    EVENT = "TOR401"
    LOCK = "TOR402"
    QUEUE = "TOR404"


KINDS: Dict[str, Group] = {
    "tornado.locks.Event": Group.EVENT,
    **{f"tornado.locks.{name}": Group.LOCK for name in ("Lock", "Semaphore", "BoundedSemaphore")},
    **{f"tornado.queues.{name}": Group.QUEUE for name in ("Queue", "PriorityQueue", "LifoQueue")},
}
WAITING: Dict[Group, Dict[str, int]] = {
    Group.EVENT: {"wait": 0},
    Group.LOCK: {"acquire": 0},
    Group.QUEUE: {"put": 1, "get": 0, "join": 0},
}
"""The methods that give something to wait for, and the position of their time-out."""
_PLAIN: Dict[Group, Tuple[str, ...]] = {
    Group.EVENT: ("set", "clear", "is_set"),
    Group.LOCK: ("release",),
    Group.QUEUE: ("put_nowait", "get_nowait", "task_done", "qsize", "empty", "full", "maxsize"),
}

_MORE = "it's held by a `with` that does more than that"


class Fate(Enum):
    """What becomes of a call that gives something to wait for."""

    AWAITED = "awaited"
    """It's waited for on the spot."""
    STARTED = "started"
    """It's a task that starts at once."""
    NOWAIT = "nowait"
    """It's a `put` into a queue that always has room."""
    WITH = "with"
    """It's what a ``with`` statement holds."""


class Wait(NamedTuple):
    """A call that gives something to wait for.

    :param timeout: the argument, and what time it is if that's known; ``None`` if there is none.
    :param drops: whether the argument is there, but says that there is none.
    """

    call: ast.Call
    fate: Fate
    timeout: Optional[Tuple[ast.expr, Optional[Time]]]
    drops: bool = False


class Trouble(NamedTuple):
    """Why something can't be rewritten, and where."""

    node: ast.AST
    reason: str


class Kept:
    """A tornado object that is made at one place, and all that is done with it in the file.

    :ivar types: uses of its class that ask for its type.
    """

    def __init__(self, reference: Reference, group: Group) -> None:
        self.reference = reference
        self.group = group
        self.trouble: Optional[Trouble] = None
        self.waits: List[Wait] = []
        self.notes: List[Trouble] = []
        self.bounded = False

    @property
    def call(self) -> Optional[ast.Call]:
        return self._call

    _call: Optional[ast.Call] = None

    def refuse(self, node: ast.AST, reason: str) -> None:
        self.trouble = self.trouble or Trouble(node, reason)


def kept(module: Module, group: Group) -> List[Kept]:
    """The objects of a group that the file makes."""
    if "kept" not in module.cache:
        module.cache["kept"] = list(_kept(module))
    found: List[Kept] = module.cache["kept"]
    return [one for one in found if one.group is group and not module.is_dead(one.reference.node)]


def refused(module: Module, group: Group) -> Optional[Trouble]:
    """Why a whole group stays; ``None`` if it doesn't. Each event is its own group."""
    return next((one.trouble for one in kept(module, group) if one.trouble is not None), None)


def is_lock_with(module: Module, node: ast.AST) -> bool:
    """Whether `node` is the `yield` of ``with (yield lock.acquire()):``, which becomes ``async with``."""
    if Group.LOCK.value not in {one.code for one in chosen_code_rules(module.settings)}:
        return False
    if not isinstance(module.parent(node), ast.withitem) or refused(module, Group.LOCK) is not None:
        return False
    waits = [wait for one in kept(module, Group.LOCK) for wait in one.waits if wait.fate is Fate.WITH]
    return any(wait.call is getattr(node, "value", None) for wait in waits)


def gives_awaitable(module: Module, node: ast.AST) -> bool:
    """Whether a call of a method of one of them gives what asyncio awaits, once it's rewritten."""
    rules = {one.code for one in chosen_code_rules(module.settings)}
    for group in Group:
        for one in kept(module, group) if group.value in rules else ():
            trouble = one.trouble if group is Group.EVENT else refused(module, group)
            if trouble is None and any(wait.call is node and wait.fate is Fate.AWAITED for wait in one.waits):
                return True
    return False


def _kept(module: Module) -> Iterator[Kept]:
    for home in ("tornado.locks", "tornado.queues"):
        for reference in module.references(home):
            group = KINDS.get(reference.canonical)
            if group is not None and called(module, reference.node) is not None:
                found = _Follower(module, Kept(reference, group)).run()
                _heed_comments(module, found)
                yield found
            elif group is None and reference.canonical.rpartition(".")[0] in KINDS:
                found = Kept(reference, KINDS[reference.canonical.rpartition(".")[0]])
                found.refuse(reference.node, f"`{module.text(reference.node)}` is read of the class")
                yield found


def _heed_comments(module: Module, found: Kept) -> None:
    """Refuse what a comment says to leave: half of it would be worse."""
    lines, _ = ignored_lines(module)
    code = found.group.value
    for node in (found.reference.node, *(wait.call for wait in found.waits)) if lines else ():
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            codes = lines.get(line)
            if codes is not None and (not codes or any(code.startswith(one) for one in codes)):
                found.refuse(node, "a comment says to leave it")


class _Follower:
    """Finds all that is done with an object, from where it's kept on."""

    def __init__(self, module: Module, found: Kept) -> None:
        self.module = module
        self.found = found
        self.known: Set[ast.AST] = set()
        self.seen: Set[Tuple[Any, str]] = set()

    def run(self) -> Kept:
        call = called(self.module, self.found.reference.node)
        assert call is not None
        self.found._call = call
        self.found.bounded = bool(call.args or call.keywords)
        self.known.add(call)
        self._from(call)
        return self.found

    def _from(self, value: ast.expr) -> None:
        """Follow a value to what it's assigned to."""
        above = self.module.parent(value)
        targets: List[ast.expr] = []
        if isinstance(above, ast.Assign):
            targets = above.targets
        elif isinstance(above, ast.AnnAssign):
            targets = [above.target]
        if not targets or above.value is not value:  # type: ignore[attr-defined]
            self.found.refuse(value, "it isn't kept in a variable or an attribute, so its uses can't be known")
        for target in targets:
            self._target(target)

    def _target(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._variable(target)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            cls = owner(self.module, target)
            if cls is not None and is_self(self.module, target.value):
                self._attribute(target, cls)
            else:
                self.found.refuse(target, f"`{self.module.text(target)}` can't be followed")
        else:
            self.found.refuse(target, f"`{self.module.text(target)}` can't be followed")

    # -- where it's kept -------------------------------------------------------------------------

    def _variable(self, target: ast.Name) -> None:
        module, name = self.module, target.id
        scope = module.scope_of(target).lookup(name)
        if scope is None or (scope, name) in self.seen:
            return
        self.seen.add((scope, name))
        if scope.kind == "class":
            self.found.refuse(target, "it's an attribute of a class, whose uses can't be known")
            return
        if scope is module.walk.module_scope and self._is_public(name):
            self.found.refuse(target, f"another module may use `{name}`")
            return
        for bound in module.bindings(scope, name):
            above = module.parent(bound) if isinstance(bound, ast.Name) else None
            value = getattr(above, "value", None) if isinstance(above, (ast.Assign, ast.AnnAssign)) else None
            if not self._is_own(value):
                self.found.refuse(bound, f"`{name}` may be something else as well")
                return
        for load, where in module.loads(name):
            if where.lookup(name) is scope:
                self._use(load)

    def _is_public(self, name: str) -> bool:
        module = self.module
        if name in module.exported or module.project.imports_from(module.name, name):
            return True
        return not module.has_all and module.project.takes_by_star(module.name, name)

    def _is_own(self, value: Optional[ast.AST]) -> bool:
        """Whether a value that is assigned is one of the same group, or `None`."""
        if value is None:
            return False
        if value in self.known or (isinstance(value, ast.Constant) and value.value is None):
            return True
        dotted = self.module.resolve(value.func) if isinstance(value, ast.Call) else None
        return dotted is not None and KINDS.get(dotted) is self.found.group

    def _attribute(self, target: ast.Attribute, cls: ast.ClassDef) -> None:
        module, name = self.module, target.attr
        if (cls, name) in self.seen:
            return
        self.seen.add((cls, name))
        dotted = qualified(module, cls)
        others = [one for one in module.program.graph.derived(dotted) if one not in self._classes()]
        if others:
            self.found.refuse(target, f"`{others[0]}` in another file may use `{name}`")
            return
        bases = [one for one in module.program.graph.linearised(dotted)[1:] if self._is_elsewhere(one)]
        if bases and self.found.group is not Group.EVENT:
            note = f"if `{bases[0]}` uses `{name}`, what its methods give must be awaited there"
            self.found.notes.append(Trouble(target, note))
        elif not name.startswith("_") and self.found.group is not Group.EVENT:
            note = f"other files can use `{name}`: what its methods give must be awaited there"
            self.found.notes.append(Trouble(target, note))
        for node in module.attributes(name):
            if not self._is_ours(node, cls, dotted):
                continue
            if isinstance(node.ctx, ast.Load):
                self._use(node)
            elif isinstance(node.ctx, ast.Store) and not self._is_own(self._stored(node)):
                self.found.refuse(node, f"`{module.text(node)}` may be something else as well")

    def _is_elsewhere(self, cls: str) -> bool:
        """Whether a class is one of the project's, in another file."""
        root = cls.split(".")[0]
        ours = root == self.module.name.split(".")[0] or self.module.project.has_module(root)
        return ours and cls not in self._classes()

    def _classes(self) -> Set[str]:
        """The classes of this file."""
        return {qualified(self.module, one) for one in self.module.of(ast.ClassDef)}

    def _stored(self, node: ast.Attribute) -> Optional[ast.AST]:
        above = self.module.parent(node)
        return above.value if isinstance(above, (ast.Assign, ast.AnnAssign)) else None

    def _is_ours(self, node: ast.Attribute, cls: ast.ClassDef, dotted: str) -> bool:
        """Whether an attribute of the same name may be the one; refuses what can't be told."""
        module = self.module
        if isinstance(node.value, ast.Name) and is_self(module, node.value):
            other = owner(module, node)
            if other is cls or other is None:
                return other is cls
            name = qualified(module, other)
            return module.program.derives(name, [dotted]) or module.program.derives(dotted, [name])
        found = origins(module, node.value)
        if found == {f"{dotted}()"}:
            return True
        if all(module.resolve(node) is not None or self._is_another(one) for one in found):
            return False
        self.found.refuse(node, f"`{module.text(node)}` may be the same or another one")
        return False

    def _is_another(self, origin: str) -> bool:
        """Whether an origin is an instance of another class of this file."""
        return origin.endswith("()") and origin[:-2] in self._classes()

    # -- what is done with it --------------------------------------------------------------------

    def _use(self, node: ast.expr) -> None:
        module, above = self.module, self.module.parent(node)
        self.known.add(node)
        if isinstance(above, ast.Attribute):
            self._member(above)
        elif isinstance(above, (ast.Assign, ast.AnnAssign)) and above.value is node:
            self._from(node)
        elif isinstance(above, ast.withitem):
            if not isinstance(module.parent(above), ast.AsyncWith):
                self.found.refuse(node, "a plain `with` can't hold it")
        elif not self._is_tested(above, node):
            if self.found.group is Group.EVENT:
                note = "the event is handed on: what its `wait` gives must be awaited there"
                self.found.notes.append(Trouble(node, note))
            else:
                self.found.refuse(node, f"`{module.text(node)}` is handed on, so its uses can't be known")

    @staticmethod
    def _is_tested(above: ast.AST, node: ast.AST) -> bool:
        if isinstance(above, ast.Compare):
            return all(isinstance(one, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)) for one in above.ops)
        if isinstance(above, (ast.If, ast.While, ast.Assert, ast.IfExp)):
            return above.test is node
        return isinstance(above, ast.Expr) or (isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not))

    def _member(self, node: ast.Attribute) -> None:
        group = self.found.group
        if not isinstance(node.ctx, ast.Load):
            self.found.refuse(node, f"`{self.module.text(node)}` is changed")
        elif node.attr in WAITING[group]:
            call = called(self.module, node)
            if call is not None:
                self._wait(call, node, WAITING[group][node.attr])
            elif how_used(self.module, node) != SCHEDULED:
                self.found.refuse(node, f"`{self.module.text(node)}` is handed on")
        elif node.attr not in _PLAIN[group]:
            self.found.refuse(node, f"asyncio has no `{node.attr}`")

    def _wait(self, call: ast.Call, node: ast.Attribute, place: int) -> None:
        if not is_simple_call(call) or len(call.args) > place + 1:
            self.found.refuse(call, "its arguments can't be told")
            return
        value = call.args[place] if len(call.args) == place + 1 else None
        value = next((one.value for one in call.keywords if one.arg == "timeout"), value)
        timeout = None
        drops = isinstance(value, ast.Constant) and value.value is None
        if value is not None and not drops:
            timeout = (value, time_of(self.module, value))
            if timeout[1] is None and self.found.group is not Group.EVENT:
                self.found.refuse(value, f"what time `{self.module.text(value)}` is can't be told")
                return
        if (timeout is not None or drops) and "#" in self.module.text(call):
            self.found.refuse(call, "there's a comment among its arguments")
            return
        fate = self._fate(call, node)
        if fate is Fate.WITH and timeout is not None:
            self.found.refuse(call, _MORE)
        elif fate is not None:
            self.found.waits.append(Wait(call, fate, timeout, drops))

    def _fate(self, call: ast.Call, node: ast.Attribute) -> Optional[Fate]:
        """What becomes of a call; refuses what can't be."""
        how = how_used(self.module, node)
        if how == AWAITED:
            return self._awaited(call)
        if how == SCHEDULED:
            return Fate.AWAITED
        always = node.attr == "put" and not self.found.bounded and len(call.args) + len(call.keywords) == 1
        return Fate.NOWAIT if always and isinstance(self.module.parent(call), ast.Expr) else Fate.STARTED

    def _awaited(self, call: ast.Call) -> Optional[Fate]:
        module = self.module
        waiting = next(one for one in module.parents(call) if isinstance(one, (ast.Yield, ast.YieldFrom, ast.Await)))
        if not isinstance(waiting, ast.Await) and converted(module, waiting) is None:
            self.found.refuse(call, "it's yielded by a function that doesn't become a coroutine")
            return None
        above = module.parent(waiting)
        direct = waiting.value is call or self._is_wrapped(waiting.value, call)
        if self.found.group is Group.LOCK and direct and isinstance(above, ast.withitem):
            return self._held(call, waiting, above)
        if self.found.group is not Group.QUEUE and direct and not isinstance(above, ast.Expr):
            self.found.refuse(call, "what waiting for it gives is used")
            return None
        return Fate.AWAITED

    def _is_wrapped(self, value: Optional[ast.AST], call: ast.Call) -> bool:
        """Whether it's what TOR102 made of a `yield` of the call, where the call was refused."""
        if not isinstance(value, ast.Call) or value.args != [call]:
            return False
        return self.module.resolve(value.func) == "plumpy_compat.aio.as_awaitable"

    def _held(self, call: ast.Call, waiting: ast.AST, item: ast.withitem) -> Optional[Fate]:
        statement = self.module.parent(item)
        alone = isinstance(statement, ast.With) and len(statement.items) == 1 and item.optional_vars is None
        if not alone or not isinstance(waiting, ast.Yield) or "#" in self.module.text(waiting):
            self.found.refuse(call, _MORE)
            return None
        return Fate.WITH
