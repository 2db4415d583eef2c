"""Report other things that are used as namespaces; nothing is rewritten.

The empty class that is a bag itself::

    class state:
        pass

    state.count = 0

the class that is made on the fly for one object, and the function that only carries attributes::

    options = type("Options", (), {"name": "a"})()

    holder = lambda: None
    holder.count = 0

All of these could be a `types.SimpleNamespace`, but whoever holds such a class or function may rely on what it is, so
a human must decide. Classes, and functions, that are ever called or used otherwise than for their attributes
aren't reported.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, List, Optional

from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.namespaces import classes

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "NSP105",
    __doc__,
    [
        needle("class", classes.EMPTY_CLASS),
        needle("type(", r"type\([ \t]*[bu]?[\"'][^\"']*[\"'][ \t]*,[ \t]*\([ \t]*(?:object[ \t]*,?[ \t]*)?\)"),
        needle("lambda", r"lambda[ \t]*:[ \t]*None[ \t]*(?:#[^\r\n]*)?\r?$"),
        needle("pass", r"\([ \t]*\)[ \t]*:\s*pass\b"),
    ],
    order=90,
    scans=True,
)

ADVICE = "consider types.SimpleNamespace"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for cls in classes.plain_classes(module, classes.is_empty):
        if _is_bag(module, cls.name, cls):
            yield rule.left(module, cls, f"the class `{cls.name}` itself is used as a namespace", ADVICE)
    for assign in module.of(ast.Assign):
        name = _empty_lambda(assign)
        if name is not None and _is_bag(module, name, assign.targets[0]):
            yield rule.left(module, assign, f"the function `{name}` is only used as a namespace", ADVICE)
        elif _made_on_the_fly(module, assign.value):
            yield rule.left(module, assign.value, "a class is made for a single namespace", ADVICE)
    for function in module.of(ast.FunctionDef):
        if _is_empty(function) and _is_bag(module, function.name, function):
            yield rule.left(module, function, f"the function `{function.name}` is only used as a namespace", ADVICE)


def _is_bag(module: Module, name: str, binding: ast.AST) -> bool:
    """Whether all that happens to a name is that attributes are stored and read."""
    scope = module.scope_of(binding)
    if scope.kind == "class" or name in module.walk.global_names or module.bindings(scope, name) != [binding]:
        return False
    stored = False
    for load, where in module.loads(name):
        if where.lookup(name) is not scope:
            continue
        above = module.parent(load)
        if not isinstance(above, ast.Attribute) or (above.attr.startswith("__") and above.attr.endswith("__")):
            return False
        stored = stored or isinstance(above.ctx, ast.Store)
    return stored and not (scope.kind == "module" and module.project.imports_from(module.name, name))


def _empty_lambda(assign: ast.Assign) -> Optional[str]:
    value, target = assign.value, assign.targets[0]
    if len(assign.targets) != 1 or not isinstance(target, ast.Name) or not isinstance(value, ast.Lambda):
        return None
    empty = isinstance(value.body, ast.Constant) and value.body.value is None and not _parameters(value.args)
    return target.id if empty else None


def _is_empty(function: ast.FunctionDef) -> bool:
    body: List[ast.stmt] = function.body
    return (
        len(body) == 1
        and isinstance(body[0], ast.Pass)
        and not _parameters(function.args)
        and not function.decorator_list
    )


def _parameters(args: ast.arguments) -> bool:
    return bool(args.args or args.kwonlyargs or args.vararg or args.kwarg or getattr(args, "posonlyargs", ()))


def _made_on_the_fly(module: Module, value: ast.expr) -> bool:
    """Whether a value is ``type("X", (), {...})()`` without anything in it that may be a method."""
    if not isinstance(value, ast.Call) or value.args or value.keywords or not isinstance(value.func, ast.Call):
        return False
    make = value.func
    if module.resolve(make.func) != "builtins.type" or len(make.args) != 3 or make.keywords:
        return False
    bases, members = make.args[1], make.args[2]
    if not isinstance(bases, ast.Tuple) or any(module.resolve(base) != "builtins.object" for base in bases.elts):
        return False
    return isinstance(members, ast.Dict) and not any(_may_be_method(module, one) for one in members.values)


def _may_be_method(module: Module, value: ast.expr) -> bool:
    if isinstance(value, (ast.Constant, ast.List, ast.Dict, ast.Set, ast.Tuple)):
        return False
    if not isinstance(value, ast.Name):
        return True
    scope = module.scope_of(value).lookup(value.id)
    bindings = module.bindings(scope, value.id) if scope is not None else []
    return not bindings or any(isinstance(one, (*FUNCTIONS, ast.ClassDef, ast.alias)) for one in bindings)
