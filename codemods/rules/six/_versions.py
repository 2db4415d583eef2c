"""What a test of the Python version comes to on every version from the target on."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional, Set, Tuple, Type

from codemods.rules.six._names import SixUse, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

CONSTANTS = {"PY2": False, "PY3": True, "PY34": True}

_TESTS = ("version_info", "hexversion", "sys.version[", "python_version_tuple")
_INFINITY = float("inf")
_COMPARE: Dict[Type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FLIPPED: Dict[Type[ast.cmpop], Type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
}
_PURE = (
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.Compare,
    ast.BoolOp,
    ast.UnaryOp,
    ast.Subscript,
    ast.Tuple,
    ast.expr_context,
    ast.cmpop,
    ast.boolop,
    ast.unaryop,
    ast.Slice,
)


class Versions:
    """Decides tests of the Python version in one module."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._constants: Dict[ast.AST, SixUse] = {use.node: use for use in uses(module, *CONSTANTS)}
        self._own: Dict[str, bool] = {}
        if self.tested:
            self._find_own()

    @property
    def tested(self) -> bool:
        """Whether the module tests the version at all."""
        return bool(self._constants) or any(test in self.module.source.text for test in _TESTS)

    def _find_own(self) -> None:
        """The module's own constants, each assigned once from a test that comes out the same always."""
        module, top = self.module, self.module.walk.module_scope
        for node in module.of(ast.Assign):
            target = node.targets[0]
            if module.parent(node) is not module.tree or len(node.targets) > 1 or not isinstance(target, ast.Name):
                continue
            value = self.decide(node.value)
            once = value is not None and module.bindings(top, target.id) == [target]
            if value is not None and once and target.id not in module.walk.global_names:
                self._own[target.id] = value

    def decide(self, test: ast.expr) -> Optional[bool]:
        """The value of `test` on the target and all later versions; ``None`` if it isn't one and the same."""
        if test in self._constants:
            return CONSTANTS[self._constants[test].name]
        if isinstance(test, ast.Name) and test.id in self._own:
            scope = self.module.scope_of(test).lookup(test.id)
            return self._own[test.id] if scope is self.module.walk.module_scope else None
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            value = self.decide(test.operand)
            return None if value is None else not value
        if isinstance(test, ast.BoolOp):
            return self._bool(test)
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return self._compare(test.left, type(test.ops[0]), test.comparators[0])
        return None

    def settles(self, test: ast.AST) -> Tuple[ast.AST, ...]:
        """The loads of six's constants within `test`."""
        return tuple(self._constants[node].load for node in ast.walk(test) if node in self._constants)

    def operands(self) -> Iterator[Tuple[ast.expr, bool]]:
        """Decided operands that change nothing in an ``and`` or ``or`` which isn't decided as a whole."""
        starts: List[ast.expr] = [use.node for use in self._constants.values()]
        for name in ("sys.version_info", "sys.hexversion"):
            starts += [reference.node for reference in self.module.references(name)]
        for name in self._own:
            starts += [load for load, _ in self.module.loads(name)]
        seen: Set[ast.AST] = set()
        for node in starts:
            while not isinstance(self.module.parent(node), (ast.BoolOp, ast.stmt)):
                above = self.module.parent(node)
                if not isinstance(above, ast.expr):
                    break
                node = above
            around = self.module.parent(node)
            if not isinstance(around, ast.BoolOp) or around in seen or self.decide(around) is not None:
                continue
            value = self.decide(node)
            # The last operand is the value if the others don't decide, so that it matters unless only truth does.
            droppable = node is not around.values[-1] or self.is_test(around)
            if value is isinstance(around.op, ast.And) and droppable:
                seen.add(around)
                yield node, value

    def is_test(self, node: ast.AST) -> bool:
        """Whether nothing but the truth of `node` matters where it stands."""
        above = self.module.parent(node)
        while isinstance(above, ast.BoolOp):
            node, above = above, self.module.parent(above)
        if isinstance(above, ast.comprehension):
            return node in above.ifs
        if isinstance(above, ast.UnaryOp):
            return isinstance(above.op, ast.Not)
        return isinstance(above, (ast.If, ast.While, ast.Assert, ast.IfExp)) and above.test is node

    def is_exact(self, test: ast.expr) -> bool:
        """Whether a decided test is certainly ``True`` or ``False``, and nothing that only counts as such."""
        if not isinstance(test, ast.BoolOp):
            return True
        final = isinstance(test.op, ast.Or)
        for operand in test.values:
            value = self.decide(operand)
            if value is None or not self.is_exact(operand):
                return False
            if value is final:
                break
        return True

    def _bool(self, test: ast.BoolOp) -> Optional[bool]:
        final = isinstance(test.op, ast.Or)
        values = [self.decide(operand) for operand in test.values]
        if final in values:
            before = test.values[: values.index(final)]
            return final if all(map(pure, before)) else None
        return not final if all(value is (not final) for value in values) else None

    def _compare(self, left: ast.expr, op: Type[ast.cmpop], right: ast.expr) -> Optional[bool]:
        if op not in _COMPARE:
            return None
        range_ = self._versions(left)
        if range_ is None:
            range_, op, right = self._versions(right), _FLIPPED[op], left
        constant = _constant(right)
        if range_ is None or constant is None or not isinstance(constant, type(range_[0])):
            return None
        low, high = range_
        if isinstance(constant, tuple) and len(constant) > 3:
            return None
        return _ordered(_COMPARE[op], low, high, constant, op)

    def _versions(self, node: ast.expr) -> Optional[Tuple[Any, Any]]:
        """The lowest and the highest value that an expression of the version can have."""
        name = self.module.resolve(node)
        target = self.module.settings.target_version
        if name == "sys.version_info":
            # The real one is longer than the numbers that it's compared with, and so greater than equal ones.
            return (*target, 0, -_INFINITY), (3, _INFINITY)
        if name == "sys.version_info.major":
            return 3, 3
        if name == "sys.hexversion":
            return (target[0] << 24) + (target[1] << 16), 0x03FFFFFF
        if isinstance(node, ast.Subscript):
            return self._item(node, target)
        return None

    def _item(self, node: ast.Subscript, target: Tuple[int, int]) -> Optional[Tuple[Any, Any]]:
        index = _constant(_index(node))
        value: ast.expr = node.value
        name = self.module.resolve(value)
        if name == "sys.version_info" and index == 0:
            return 3, 3
        if name == "sys.version_info" and isinstance(_index(node), ast.Slice):
            return self._slice(_index(node), target)
        if name == "sys.version" and index == 0:
            return "3", "3"
        if isinstance(value, ast.Call) and self.module.resolve(value.func) == "platform.python_version_tuple":
            return ("3", "3") if index == 0 else None
        return None

    @staticmethod
    def _slice(index: Any, target: Tuple[int, int]) -> Optional[Tuple[Any, Any]]:
        if index.lower is not None or index.step is not None:
            return None
        upper = _constant(index.upper)
        if upper == 1:
            return (3,), (3,)
        return ((*target, 0)[:upper], (3, _INFINITY)) if upper in (2, 3) else None


def _ordered(
    compare: Callable[[Any, Any], bool], low: Any, high: Any, constant: Any, op: Type[ast.cmpop]
) -> Optional[bool]:
    if op in (ast.Eq, ast.NotEq):
        if low == high:
            return compare(low, constant)
        return None if low <= constant <= high else op is ast.NotEq
    first, last = compare(low, constant), compare(high, constant)
    return first if first == last else None


def _index(node: ast.Subscript) -> Any:
    index: Any = node.slice
    return getattr(index, "value", index) if type(index).__name__ == "Index" else index


def _constant(node: Any) -> Any:
    """The value of a literal number, string or tuple of numbers."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, str)) and not isinstance(node.value, bool):
        return node.value
    if isinstance(node, ast.Tuple):
        values = [_constant(one) for one in node.elts]
        return tuple(values) if values and all(isinstance(value, int) for value in values) else None
    return None


def pure(node: ast.expr) -> bool:
    """Whether evaluating `node` can't have an effect."""
    # Python 3.8 has a node of its own around an index.
    return all(isinstance(one, _PURE) or type(one).__name__ == "Index" for one in ast.walk(node))


def links(module: Module, node: ast.If) -> List[ast.If]:
    """An ``if`` and the ``elif`` clauses that belong to it."""
    chain = [node]
    while len(chain[-1].orelse) == 1 and is_elif(module, chain[-1].orelse[0]):
        nested = chain[-1].orelse[0]
        assert isinstance(nested, ast.If)
        chain.append(nested)
    return chain


def is_elif(module: Module, node: ast.AST) -> bool:
    """Whether an ``if`` is written as ``elif``."""
    return isinstance(node, ast.If) and module.source.text.startswith("elif", module.span(node)[0])
