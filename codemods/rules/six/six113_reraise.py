"""Raise with a traceback as Python 3 does, instead of `six.reraise`.

Before::

    except Exception as error:
        six.reraise(Failed, Failed(str(error)), sys.exc_info()[2])
    ...
    six.reraise(*exc_info)

After::

    except Exception as error:
        raise Failed(str(error)).with_traceback(sys.exc_info()[2])
    ...
    _type, _value, _traceback = exc_info
    raise _value.with_traceback(_traceback)

`six.reraise(*sys.exc_info())` in its own handler becomes a bare `raise`. If the value isn't certain to
be an exception and not `None`, six's own fallback (`T()`) is kept. Left is a call that isn't a statement
of its own, and one whose value would then be computed twice.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.edits import Shape
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import argument, method
from codemods.rules.six._names import call_of, uses
from codemods.rules.six._versions import pure

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX113", __doc__, [needle("six")])


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "reraise"):
        call = call_of(module, use.node)
        statement = module.parent(call) if call is not None else None
        transform = _transform(module, call) if call is not None and isinstance(statement, ast.Expr) else None
        if transform is None or statement is None:
            advice = "write `raise value.with_traceback(traceback)` as a statement"
            yield rule.left(module, use.node, "this `reraise` can't be written as a `raise` statement", advice)
            continue
        message = "`raise` re-raises with a traceback"
        yield rule.edit(statement, Shape.STATEMENT, transform, message, settles=use.settles)


def _transform(module: Module, call: ast.Call) -> Any:
    if call.keywords:
        return None
    if len(call.args) == 1 and isinstance(call.args[0], ast.Starred):
        return _bare if _is_current(module, call, call.args[0].value) else _Starred(module)
    if len(call.args) not in (2, 3) or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    certain = _certain(module, call, call.args[1])
    return _Raise(certain) if certain or pure(call.args[1]) else None


def _line(statement: Any, small: Any) -> List[Any]:
    return [statement.with_changes(body=[small])]


def _bare(statement: Any) -> List[Any]:
    return _line(statement, cst.Raise())


class _Starred:
    """An assignment of the three values to names of their own, and ``raise``."""

    def __init__(self, module: Module) -> None:
        self.names = [_fresh(module, name) for name in ("_type", "_value", "_traceback")]

    def __call__(self, statement: Any) -> List[Any]:
        triple = statement.body[0].value.args[0].value
        elements = [cst.Element(cst.Name(name)) for name in self.names]
        assign = cst.Assign(targets=[cst.AssignTarget(cst.Tuple(elements=elements, lpar=[], rpar=[]))], value=triple)
        value, traceback = map(cst.Name, self.names[1:])
        raised = method(value, "with_traceback", [cst.Arg(traceback)])
        return [cst.SimpleStatementLine([assign]), *_line(statement, cst.Raise(exc=raised))]


def _fresh(module: Module, name: str) -> str:
    """`name`, with underscores behind it until nothing in the file has that name."""
    while name in module.bound or name in module.walk.loads or name in module.walk.global_names:
        name += "_"
    return name


class _Raise:
    """``raise value.with_traceback(traceback)``."""

    def __init__(self, certain: bool) -> None:
        self.certain = certain

    def __call__(self, statement: Any) -> List[Any]:
        call = statement.body[0].value
        value = argument(call, 1)
        if isinstance(value, cst.Name) and value.value == "None":
            value = cst.Call(func=argument(call, 0))
        elif not self.certain:
            made = cst.Call(func=argument(call, 0))
            isnt = cst.ComparisonTarget(cst.IsNot(), cst.Name("None"))
            test = cst.Comparison(left=value, comparisons=[isnt])
            value = cst.IfExp(test=test, body=value, orelse=made, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        last = call.args[2] if len(call.args) == 3 else None
        traceback = last.value if last is not None else cst.Name("None")
        return _line(statement, cst.Raise(exc=method(value, "with_traceback", [cst.Arg(traceback)])))


def _handler(module: Module, node: ast.AST) -> Optional[ast.ExceptHandler]:
    """The handler that `node` runs in, without a function in between."""
    found = module.enclosing(node, ast.ExceptHandler, ast.Lambda, *FUNCTIONS)
    return found if isinstance(found, ast.ExceptHandler) else None


def _is_current(module: Module, call: ast.Call, node: ast.expr) -> bool:
    is_info = isinstance(node, ast.Call) and module.resolve(node.func) == "sys.exc_info"
    return is_info and _handler(module, call) is not None


def _certain(module: Module, call: ast.Call, value: ast.expr) -> bool:
    """Whether the value can't be ``None``."""
    if isinstance(value, ast.Call):
        return True
    kind = module.text(call.args[0])
    if kind in (f"type({module.text(value)})", f"{module.text(value)}.__class__"):
        return True
    if isinstance(value, ast.Subscript):
        return isinstance(value.value, ast.Call) and _is_current(module, call, value.value)
    handler = _handler(module, call)
    if not isinstance(value, ast.Name):
        return False
    if handler is not None and handler.name == value.id:
        return True
    scope = module.scope_of(value)
    bindings = scope.bindings.get(value.id, [])
    return bool(bindings) and all(_from_exc_info(module, node) for node in bindings)


def _from_exc_info(module: Module, node: ast.AST) -> bool:
    """Whether a name is bound as in ``kind, value, traceback = sys.exc_info()``."""
    target = module.parent(node)
    if not isinstance(target, ast.Tuple) or len(target.elts) != 3 or target.elts[1] is not node:
        return False
    assign = module.parent(target)
    value = getattr(assign, "value", None)
    return isinstance(value, ast.Call) and module.resolve(value.func) == "sys.exc_info"
