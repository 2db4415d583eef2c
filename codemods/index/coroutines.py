"""What one file has to do with coroutines: its functions, and what it does with those of certain names.

These are the facts that `Program` decides on, over all files, before any rule runs.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Pattern,
    Tuple,
)

from codemods.index.facts import ClassFacts, classes, qualified
from codemods.index.origins import UNKNOWN, origins
from codemods.index.scopes import FUNCTIONS

if TYPE_CHECKING:
    from codemods.index.module import Module, Span

TOGETHER = frozenset(["TOR101", "TOR102", "TOR103"])
"""The rules that only make sense together: half a coroutine is none."""

COROUTINE = frozenset(
    ["tornado.gen.coroutine", "tornado.gen.engine", "tornado.coroutine", "asyncio.coroutine", "types.coroutine"]
)
TEST = frozenset(["tornado.testing.gen_test"])
EAGER = frozenset(["plumpy_compat.aio.eager_coroutine"])
TRANSPARENT = frozenset(
    [
        *(f"builtins.{name}" for name in ("staticmethod", "classmethod")),
        *(f"unittest.{name}" for name in ("skip", "skipIf", "skipUnless", "expectedFailure")),
        *("abc.abstractmethod", "typing.no_type_check", "typing.overload"),
    ]
)
"""Decorators that hand on what the function gives without looking at it."""

WAITERS = frozenset(
    [
        *(f"tornado.gen.{name}" for name in ("with_timeout", "multi", "Multi", "multi_future", "maybe_future")),
        *("tornado.gen.convert_yielded", "asyncio.wait_for", "asyncio.gather", "asyncio.shield", "asyncio.wait"),
        *(f"plumpy_compat.aio.{name}" for name in ("as_awaitable", "multi", "maybe_await", "with_timeout", "wait_for")),
    ]
)
"""Functions that wait for their argument when what they give is waited for."""
STARTERS = frozenset(
    [
        *("asyncio.ensure_future", "asyncio.create_task", "asyncio.run", "asyncio.run_coroutine_threadsafe"),
        *("plumpy_compat.aio.create_task", "plumpy_compat.create_task"),
    ]
)
"""Functions that run the coroutine that they are given."""
_STARTING_METHODS = frozenset(["run_until_complete", "create_task"])
CALLBACK_AT = {
    "run_sync": 0,
    "add_callback": 0,
    "spawn_callback": 0,
    "add_callback_from_signal": 0,
    "call_later": 1,
    "call_at": 1,
    "add_timeout": 1,
}
"""The methods of loops that run what they are given, and the position of that."""
CALLBACK_FUNCTIONS = {
    "plumpy_compat.aio.run_sync": 1,
    "plumpy_compat.aio.add_callback": 1,
    "plumpy_compat.aio.call_later": 2,
    "plumpy_compat.aio.add_future": 2,
    "plumpy_compat.aio.PeriodicCallback": 0,
    "tornado.ioloop.PeriodicCallback": 0,
}

AWAITED, BARE, SCHEDULED, STORED, RETURNED = "awaited", "called without yield", "scheduled", "stored", "returned"
TESTED, PASSED_ON, HOOKED = "tested", "passed on", "given to plumpy"
_PLUMPY_COMMANDS = frozenset(
    f"{root}.{home}{name}"
    for root in ("plumpy", "plumpy_compat")
    for home in ("", "process_states.")
    for name in ("Continue", "Wait")
)
"""What a step of a process returns to say which function is to run next."""


class FunctionNote(NamedTuple):
    """A function of the file.

    :param kind: ``coroutine`` (tornado's), ``test`` (`gen_test`), ``async``, ``eager`` (ours), ``generator``,
        ``plain``.
    :param stub: ``raises`` if all it does is to raise `NotImplementedError`, ``passes`` if it does nothing, else empty.
    :param trouble: why it must stay as it is; empty if it needn't.
    :param decorators: canonical names of decorators outside the one that makes it a coroutine; ``?`` if unknown.
    :param line: of its ``def``.
    :param delegates: what it calls after `yield from`, as in `UseNote.callee`.
    """

    name: str
    kind: str
    stub: str
    trouble: str
    decorators: Tuple[str, ...]
    line: int
    delegates: Tuple[str, ...] = ()


class UseNote(NamedTuple):
    """What happens to a function at one place.

    :param caller: the dotted name of the function around; the module's name at module level.
    :param callee: the dotted name that is used, where it resolves; ``self.Class.name`` and ``super.Class.name`` for
        methods; else ``?.name``.
    :param how: ``awaited``, ``scheduled``, …: one of this module's constants.
    :param through: the method that it's handed to, as `callee` gives it, where that looks like one of a loop, or of a
        process.
    :param called: whether it's called there.
    """

    caller: str
    callee: str
    how: str
    line: int
    through: str = ""
    called: bool = False


@dataclass
class CoroutineFacts:
    """What `Program` needs to know of one file."""

    path: str
    classes: List[ClassFacts] = field(default_factory=list)
    functions: List[FunctionNote] = field(default_factory=list)
    uses: List[UseNote] = field(default_factory=list)


def gather_coroutines(module: Module, names: FrozenSet[str]) -> CoroutineFacts:
    """The facts of an indexed file, without what stands in branches that never run any more.

    :param names: the bare names of functions whose uses are of interest.
    """
    dead = module.dead
    folded = _never_run(module) if _VERSIONS.search(module.source.data) else []
    if folded:
        module.dead = [*dead, *folded]
        module.cache.clear()
    try:
        every = classes(module)
        return CoroutineFacts(
            module.path,
            [one for one, node in zip(every, module.walk.by_type[ast.ClassDef]) if not module.is_dead(node)],
            [_function(module, node) for node in _functions(module)],
            [*(note for name in sorted(names) for note in _uses(module, name)), *_named_in_strings(module, names)],
        )
    finally:
        if folded:
            module.dead = dead
            module.cache.clear()


_VERSIONS = re.compile(rb"\bPY[23]\b|version_info|hexversion|sys\.version\[|version_tuple|except ImportError")
_FOLDS = ("SIX108", "SIX110")


def _never_run(module: Module) -> List[Span]:
    """The branches that the rules for them take away; if a run didn't heed it, the next would decide otherwise."""
    from codemods.edits import Edit
    from codemods.registry import chosen_code_rules

    folds = [rule for rule in chosen_code_rules(module.settings) if rule.code in _FOLDS]
    found = (item for rule in folds for item in rule.run(module))
    return [span for item in found if isinstance(item, Edit) for span in item.dead]


def _functions(module: Module) -> Iterator[Any]:
    return (node for kind in FUNCTIONS for node in module.walk.by_type[kind] if not module.is_dead(node))


_DEFINITION = re.compile(
    rb"@[^\n#]*(?:coroutine|engine)\b[^\n]*\n(?:[ \t]*(?:[@#)][^\n]*)?\n)*([ \t]*)(?:async[ \t]+)?def[ \t]+(\w+)"
    rb"|^([ \t]*)async[ \t]+def[ \t]+(\w+)",
    re.MULTILINE,
)
_DELEGATION = re.compile(rb"yield[ \t]+from[ \t]+(?:\w+\.)*(\w+)\(")


def coroutine_names(data: bytes, decorators: Iterable[str] = ()) -> Dict[str, bool]:
    """The bare names of the functions of a file that look like coroutines, and whether each is at its top.

    Some may not be any.

    :param decorators: what else makes a coroutine, as `Settings.coroutine_decorators` has it.
    """
    found = {name.decode(): True for name in _DELEGATION.findall(data)}
    patterns = [_DEFINITION, *(_decorated(dotted) for dotted in decorators)]
    for groups in (groups for pattern in patterns for groups in pattern.findall(data)):
        for indent, name in zip(groups[::2], groups[1::2]):
            if name:
                found[name.decode()] = not indent or found.get(name.decode(), False)
    return found


def _decorated(dotted: str) -> Pattern[bytes]:
    last = re.escape(dotted.rpartition(".")[2]).encode()
    return re.compile(rb"@[\w.]*%s\b[^\n]*\n(?:[ \t]*@[^\n]*\n)*([ \t]*)def[ \t]+(\w+)" % last)


_NAMING = (b"getattr", b"attrgetter", b"methodcaller")


def user_of(names: Dict[str, bool]) -> Callable[[bytes], bool]:
    """A test of whether a file may use, or override, one of some functions: methods are used through an attribute."""
    every = b"|".join(sorted(name.encode() for name in names))
    # Patterns that begin with literal text are searched for ten times as fast.
    patterns = [re.compile(rb"\.(?:%s)\b" % every), re.compile(rb"def (?:%s)\b" % every)]
    tops = sorted(name.encode() for name, top in names.items() if top)
    quoted = re.compile(rb"['\"](?:%s)['\"]" % every)

    def uses(data: bytes) -> bool:
        if any(name in data for name in tops) or any(one.search(data) for one in patterns):
            return True
        return any(word in data for word in _NAMING) and quoted.search(data) is not None

    return uses


# -- functions ---------------------------------------------------------------------------------------


def coroutine_decorator(module: Module, function: Any) -> Optional[Tuple[int, str]]:
    """The position and kind of the decorator that makes `function` a coroutine."""
    own = frozenset(module.settings.coroutine_decorators)  # they stay, and always get what they wait for
    for position, node in enumerate(function.decorator_list):
        dotted = module.resolve(node.func if isinstance(node, ast.Call) else node)
        if dotted is None:
            continue
        for kind, known in (("coroutine", COROUTINE), ("test", TEST | own), ("eager", EAGER)):
            if dotted in known:
                return position, kind
    return None


def own_yields(module: Module, function: ast.AST) -> List[Any]:
    """The `yield` and `yield from` expressions of a function, without those of functions inside it."""
    if "own yields" not in module.cache:
        found: Dict[Optional[ast.AST], List[Any]] = {}
        for node in module.of(ast.Yield, ast.YieldFrom):
            found.setdefault(module.enclosing_function(node), []).append(node)
        module.cache["own yields"] = found
    return list(module.cache["own yields"].get(function, ()))


def _function(module: Module, node: Any) -> FunctionNote:
    found = coroutine_decorator(module, node)
    position, kind = found if found is not None else (len(node.decorator_list), "plain")
    outer = tuple(_decorator(module, one) for one in node.decorator_list[:position])
    if found is None and isinstance(node, ast.AsyncFunctionDef):
        kind = "async"
    yields = own_yields(module, node) if module.walk.by_type[ast.Yield] or module.walk.by_type[ast.YieldFrom] else []
    if kind == "plain" and yields:
        kind = "generator"
    trouble = _trouble(module, node, yields) if kind in ("coroutine", "test") else ""
    delegates = tuple(_delegate(module, one.value) for one in yields if isinstance(one, ast.YieldFrom))
    return FunctionNote(qualified(module, node), kind, stub(node), trouble, outer, node.lineno, delegates)


def _delegate(module: Module, node: ast.expr) -> str:
    return (callee(module, node.func) if isinstance(node, ast.Call) else None) or "?"


def _decorator(module: Module, node: ast.expr) -> str:
    return module.resolve(node.func if isinstance(node, ast.Call) else node) or module.text(node)


def stub(function: Any) -> str:
    """What a body does that has nothing but a docstring, `pass`, `...` and `raise NotImplementedError`."""
    if not all(_does_nothing(statement) for statement in function.body):
        return ""
    return "raises" if any(isinstance(one, ast.Raise) for one in function.body) else "passes"


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        error = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(error, ast.Name) and error.id == "NotImplementedError"
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _trouble(module: Module, function: Any, yields: List[Any]) -> str:
    """Why a coroutine can't be rewritten as a whole."""
    from codemods.suppress import ignored_lines

    if function.name in ("__init__", "__del__", "__new__"):
        return f"`{function.name}` can't be a coroutine"
    arguments = [*function.args.args, *function.args.kwonlyargs]
    if any(one.arg == "callback" for one in arguments) and _is_engine(module, function):
        return "it gives its result to a callback"
    if any(module.enclosing(one, ast.JoinedStr) is not None for one in yields):
        return "it yields inside an f-string"
    lines, _ = ignored_lines(module)
    last = function.end_lineno or function.lineno
    first = min([function.lineno, *(one.lineno for one in function.decorator_list)])
    if any(first <= line <= last and _is_ours(codes) for line, codes in lines.items()):
        return "a comment says to leave it"
    return ""


def _is_ours(codes: FrozenSet[str]) -> bool:
    return not codes or any(code.startswith("TOR1") or "TOR1".startswith(code) for code in codes)


def _is_engine(module: Module, function: Any) -> bool:
    return any(module.resolve(one) == "tornado.gen.engine" for one in function.decorator_list)


# -- uses --------------------------------------------------------------------------------------------


_BY_NAME = frozenset(["builtins.getattr", "operator.methodcaller", "operator.attrgetter"])


def _named_in_strings(module: Module, names: FrozenSet[str]) -> Iterator[UseNote]:
    """Uses of attributes by their names."""
    for local in ("getattr", "methodcaller", "attrgetter"):
        found: List[ast.expr] = [node for node, _ in module.loads(local)]
        for node in [*found, *module.attributes(local)]:
            call = module.parent(node)
            if not isinstance(call, ast.Call) or call.func is not node or module.resolve(node) not in _BY_NAME:
                continue
            for value in (one.value for one in call.args if isinstance(one, ast.Constant)):
                if isinstance(value, str) and value in names:
                    yield UseNote(caller(module, node), f"?.{value}", PASSED_ON, node.lineno)


def _uses(module: Module, name: str) -> Iterator[UseNote]:
    found: List[ast.expr] = [node for node, _ in module.loads(name)]
    found += module.attributes(name)
    for one in module.live_imports():
        if one.canonical.rpartition(".")[2] == name and one.local != name:
            found += [node for node, _ in module.loads(one.local)]
    for node in found:
        target = callee(module, node)
        if target is not None:
            how = STORED if _is_only_handed_out(module, node) else how_used(module, node)
            above = module.parent(node)
            called = isinstance(above, ast.Call) and above.func is node
            through = _through(module, node) if how == SCHEDULED else ""
            if how == PASSED_ON and not called and _is_for_plumpy(module, node):
                how, through = HOOKED, _call_soon(module, node)
            yield UseNote(caller(module, node), target, how, node.lineno, through, called)


def _is_only_handed_out(module: Module, node: ast.expr) -> bool:
    """Whether it stands in a `yield` of a plain generator: that waits for nothing."""
    above = module.enclosing(node, ast.Yield)
    function = module.enclosing_function(above) if above is not None else None
    return isinstance(function, FUNCTIONS) and coroutine_decorator(module, function) is None


def _is_for_plumpy(module: Module, node: ast.expr) -> bool:
    """Whether plumpy is told to run the function `node`; a method `call_soon` may still be a loop's."""
    above = module.parent(node)
    if isinstance(above, ast.keyword):
        call = module.parent(above)
        return above.arg == "continue_fn" and isinstance(call, ast.Call) and _is_command(module, call)
    if not isinstance(above, ast.Call) or above.args[:1] != [node]:
        return False
    return _is_command(module, above) or bool(_call_soon(module, node))


def _is_command(module: Module, call: ast.Call) -> bool:
    return module.resolve(call.func) in _PLUMPY_COMMANDS


def _call_soon(module: Module, node: ast.expr) -> str:
    """The method `call_soon` that a function is handed to, as `callee` gives it; empty if it's another."""
    call = module.parent(node)
    method = call.func if isinstance(call, ast.Call) else None
    if not isinstance(method, ast.Attribute) or method.attr != "call_soon":
        return ""
    return callee(module, method) or "?.call_soon"


def _through(module: Module, node: ast.expr) -> str:
    """The method, which looks like one of a loop, that a function (or what it gives) is handed to."""
    for above in module.parents(node):
        if isinstance(above, ast.stmt):
            break
        method = above.func if isinstance(above, ast.Call) else None
        if isinstance(method, ast.Attribute) and (method.attr in CALLBACK_AT or method.attr in _STARTING_METHODS):
            return callee(module, method) or f"?.{method.attr}"
    return ""


def caller(module: Module, node: ast.AST) -> str:
    """The dotted name of the function around `node`, or of the module."""
    function = module.enclosing(node, *FUNCTIONS)
    return qualified(module, function) if function is not None else module.name


def callee(module: Module, node: ast.expr) -> Optional[str]:
    """What a name or attribute that is called (or used) stands for: see `UseNote`; ``None`` for a local variable."""
    if isinstance(node, ast.Name):
        return _named(module, node)
    if not isinstance(node, ast.Attribute):
        return None
    dotted = module.resolve(node)
    if dotted is not None:
        return dotted
    found = origins(module, node.value)
    if len(found) == 1:
        origin = next(iter(found))
        if origin.startswith("super:"):
            return f"super.{origin[6:]}.{node.attr}"
        plain = origin[:-2] if origin.endswith("()") else origin
        if origin != UNKNOWN and "(" not in plain and "param:" not in plain and not plain.startswith("builtins."):
            # Not yet known to be a class; `Program` looks it up.
            return f"self.{plain}.{node.attr}"
    return f"?.{node.attr}"


def _named(module: Module, node: ast.Name) -> Optional[str]:
    dotted = module.resolve(node)
    if dotted is not None:
        return dotted
    scope = module.scope_of(node).lookup(node.id)
    if scope is None and module.has_star_import:
        return f"?.{node.id}"
    bound = module.bindings(scope, node.id) if scope is not None else []
    functions = [one for one in bound if isinstance(one, (*FUNCTIONS, ast.ClassDef))]
    if functions and all(isinstance(one, (*FUNCTIONS, ast.ClassDef)) or module.by_alias(one) for one in bound):
        return qualified(module, functions[0])
    return None


def how_used(module: Module, node: ast.expr) -> str:
    """What happens to a function that `node` reads (or, for a call, to what it gives)."""
    if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        return STORED
    above = module.parent(node)
    if isinstance(above, ast.Call) and above.func is node:
        return _fate(module, above)
    return SCHEDULED if _is_callback(module, node) else PASSED_ON


def _is_callback(module: Module, node: ast.AST) -> bool:
    """Whether `node` is what a loop is told to run, perhaps through `functools.partial`."""
    above = module.parent(node)
    if not isinstance(above, ast.Call) or not above.args:
        return False
    if module.resolve(above.func) == "functools.partial" and above.args[0] is node:
        return _is_callback(module, above)
    at: Optional[int] = CALLBACK_FUNCTIONS.get(module.resolve(above.func) or "")
    if at is None and isinstance(above.func, ast.Attribute):
        at = CALLBACK_AT.get(above.func.attr)
    return at is not None and len(above.args) > at and above.args[at] is node


def _fate(module: Module, node: ast.AST) -> str:
    """What happens to the value of an expression."""
    above = module.parent(node)
    if isinstance(above, (ast.Yield, ast.YieldFrom, ast.Await)):
        return AWAITED
    if isinstance(above, ast.Expr):
        return BARE
    if isinstance(above, (ast.List, ast.Dict, ast.ListComp, ast.DictComp, ast.GeneratorExp, ast.Starred)):
        return AWAITED if _fate(module, above) == AWAITED else STORED
    if isinstance(above, ast.Lambda):
        return SCHEDULED if _is_callback(module, above) else PASSED_ON
    if isinstance(above, ast.Return):
        return RETURNED
    if isinstance(above, ast.Call):
        return _argument(module, above)
    if isinstance(above, (ast.BoolOp, ast.Compare, ast.UnaryOp, ast.If, ast.While, ast.Assert)):
        return TESTED
    return STORED


def _argument(module: Module, call: ast.Call) -> str:
    """What happens to an argument of a call."""
    dotted = module.resolve(call.func)
    if dotted in STARTERS or (isinstance(call.func, ast.Attribute) and call.func.attr in _STARTING_METHODS):
        return SCHEDULED
    if dotted in WAITERS:
        return AWAITED if _fate(module, call) == AWAITED else STORED
    return PASSED_ON
