"""Call `super()` without arguments where they are the default ones.

Before::

    class A(B):
        def __init__(self):
            super(A, self).__init__()

After::

    class A(B):
        def __init__(self):
            super().__init__()

Only where the first argument is the class that the code stands in and the second is the first
parameter of the method that contains the call and is never rebound (PEP 3135). Everything else
means something else and is reported: another class's name (often a copy-paste error), a name that
a parameter, a local or another statement of the file binds as well, `super(self.__class__, self)`,
calls outside of a class or in a nested function, and classes with a decorator that may return
another class than it gets, where `super()` would find the wrong one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.index.scopes import COMPREHENSIONS, FUNCTIONS
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PY204", __doc__, [needle("super", r"super\s*\(\s*[^)\s]")], order=60)

KEEPS_CLASS = frozenset(
    """
    abc.ABC dataclasses.dataclass enum.unique functools.total_ordering typing.final typing.runtime_checkable
    unittest.skip unittest.skipIf unittest.skipUnless unittest.expectedFailure unittest.case.skip
    unittest.mock.patch mock.patch pytest.mark six.python_2_unicode_compatible plumpy.auto_persist
    plumpy.persistence.auto_persist future.utils.python_2_unicode_compatible
    """.split()
)
"""Class decorators that give back the class they get."""


@rule.find
def find(module: Module) -> Iterator[Item]:
    for name in module.builtin_loads("super"):
        call = module.parent(name)
        if not isinstance(call, ast.Call) or call.func is not name or len(call.args) != 2 or call.keywords:
            continue
        reason = _refusal(module, call)
        if reason is None:
            yield rule.expression(call, _bare, "`super()` finds its arguments itself", inert=True)
        else:
            advice = "leave it if it's meant; write `super()` if the arguments are a slip"
            yield rule.left(module, call, f"`{module.text(call)}` isn't the same as `super()`: {reason}", advice)


def _bare(call: Any) -> Any:
    return call.with_changes(args=[], whitespace_before_args=cst.SimpleWhitespace(""))


def _refusal(module: Module, call: ast.Call) -> Optional[str]:
    function = module.enclosing_function(call)
    if not isinstance(function, FUNCTIONS):
        return "it doesn't stand in a method"
    cls = module.parent(function)
    if not isinstance(cls, ast.ClassDef):
        return "the function that it stands in isn't a method itself"
    if _in_inner_comprehension(module, call, function):
        return "in a comprehension it would look for its arguments in the wrong scope"
    path = _path(module, cls)
    if _dotted(call.args[0]) != ".".join(one.name for one in path):
        return f"its first argument isn't the class {cls.name}"
    if not _is_bound_to(module, call.args[0], path):
        return f"`{module.text(call.args[0])}` may mean something else than the class here"
    if not _is_first_parameter(module, call.args[1], function):
        return "its second argument isn't the method's first parameter"
    return _decorated(module, cls)


def _in_inner_comprehension(module: Module, call: ast.Call, function: ast.AST) -> bool:
    inside: ast.AST = call
    for above in module.parents(call):
        if above is function:
            return False
        if isinstance(above, COMPREHENSIONS):
            first = above.generators[0]
            if inside is not first.iter and not any(inside is one for one in ast.walk(first.iter)):
                return True
        if isinstance(above, ast.Lambda):
            return True
        inside = above
    return False


def _dotted(node: ast.expr) -> Optional[str]:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = _dotted(node.value)
        return f"{left}.{node.attr}" if left else None
    return None


def _path(module: Module, cls: ast.ClassDef) -> List[ast.ClassDef]:
    """The classes that the class stands in, from the outermost one down to itself; so it's spelt from inside."""
    path = [cls]
    for above in module.parents(cls):
        if not isinstance(above, ast.ClassDef):
            break
        path.insert(0, above)
    return path


def _is_bound_to(module: Module, node: ast.expr, path: List[ast.ClassDef]) -> bool:
    """Whether the class statements of the path, and nothing else, bind the names of the dotted name `node`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    assert isinstance(node, ast.Name)
    scope = module.scope_of(node).lookup(node.id)
    if scope is None or module.bindings(scope, node.id) != path[:1]:
        return False
    for outer, inner in zip(path, path[1:]):
        if module.bindings(module.walk.scopes[outer], inner.name) != [inner]:
            return False
    return not any(isinstance(one.ctx, ast.Store) for inner in path[1:] for one in module.attributes(inner.name))


def _is_first_parameter(module: Module, node: ast.expr, function: Any) -> bool:
    positional = [*getattr(function.args, "posonlyargs", ()), *function.args.args]
    if not isinstance(node, ast.Name) or not positional or node.id != positional[0].arg:
        return False
    if module.scope_of(node).lookup(node.id) is not module.walk.scopes[function]:
        return False
    return len(module.walk.scopes[function].bindings[node.id]) == 1


def _decorated(module: Module, cls: ast.ClassDef) -> Optional[str]:
    for decorator in cls.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = module.resolve(target)
        if name == "six.add_metaclass" and decorator in module.settled:
            continue
        if name in KEEPS_CLASS or (name or "").startswith(("pytest.mark.", "unittest.")):
            continue
        if (_dotted(target) or "").rpartition(".")[2] == "auto_persist":
            continue
        return f"the decorator `{module.text(target)}` may replace the class"
    return None
