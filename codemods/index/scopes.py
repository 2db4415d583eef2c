"""Python's scoping rules over a standard `ast` tree, gathered in one walk.

The walk is the hot path of the tool: it visits every node of every file once, so it keeps to
plain dictionaries and lists, and leaves all questions to `Module`.
"""

from __future__ import annotations

import ast
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Set, Tuple, Type

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Scope:
    """One scope: a module, class, function (or lambda) or comprehension.

    :param kind: ``module``, ``class``, ``function`` or ``comprehension``.
    :ivar bindings: for each name bound here, the nodes that bind it.
    :ivar outer: names declared ``global`` or ``nonlocal`` here.
    """

    __slots__ = ("bindings", "kind", "node", "outer", "parent")

    def __init__(self, kind: str, node: ast.AST, parent: Optional[Scope]) -> None:
        self.kind = kind
        self.node = node
        self.parent = parent
        self.bindings: Dict[str, List[ast.AST]] = {}
        self.outer: Optional[Dict[str, str]] = None

    def bind(self, name: str, node: ast.AST) -> None:
        """Note that `node` binds `name` in this scope, or in the one that it is declared to belong to."""
        scope = self
        if self.outer is not None and name in self.outer:
            scope = self._declared(name)
        scope.bindings.setdefault(name, []).append(node)

    def _declared(self, name: str) -> Scope:
        scope = self
        if self.outer is not None and self.outer[name] == "global":
            while scope.parent is not None:
                scope = scope.parent
            return scope
        above = self.parent
        while above is not None:
            if above.kind == "function" and name in above.bindings:
                return above
            above = above.parent
        return scope

    def lookup(self, name: str) -> Optional[Scope]:
        """The scope in which a load of `name` finds its value; ``None`` for builtins and unbound names."""
        scope: Optional[Scope] = self
        if self.outer is not None and name in self.outer:
            scope = self._declared(name)
            return scope if name in scope.bindings else None
        first = True
        while scope is not None:
            if (first or scope.kind != "class") and name in scope.bindings:
                return scope
            # A comprehension directly in a class body sees the class's names only in its first
            # iterable, which is visited in the class's own scope; so it counts as a nested scope.
            first = False
            scope = scope.parent
        return None


def _child_fields(kind: Type[ast.AST]) -> Tuple[str, ...]:
    plain = {"ctx", "op", "ops", "name", "id", "attr", "arg", "level", "module", "names", "kind", "n", "s"}
    plain |= {"type_comment", "type_ignores", "simple", "is_async", "conversion", "asname", "tag"}
    fields = [field for field in kind._fields if field not in plain]
    if kind in (ast.Constant, ast.Global, ast.Nonlocal):
        fields = []
    return tuple(fields)


def _ast_classes(base: Type[ast.AST]) -> List[Type[ast.AST]]:
    found = [base]
    for sub in base.__subclasses__():
        found += _ast_classes(sub)
    return found


_FIELDS: Dict[Type[ast.AST], Tuple[str, ...]] = {kind: _child_fields(kind) for kind in _ast_classes(ast.AST)}
for _kind, _field in (("Import", "names"), ("ImportFrom", "names")):
    _FIELDS[getattr(ast, _kind)] = ()

RECORDED: FrozenSet[Type[ast.AST]] = frozenset(
    {
        ast.AnnAssign,
        ast.Assign,
        ast.AsyncFunctionDef,
        ast.AugAssign,
        ast.Await,
        ast.BinOp,
        ast.ClassDef,
        ast.Compare,
        ast.For,
        ast.FunctionDef,
        ast.If,
        ast.IfExp,
        ast.Import,
        ast.ImportFrom,
        ast.JoinedStr,
        ast.Lambda,
        ast.Raise,
        ast.Return,
        ast.Try,
        ast.While,
        ast.With,
        ast.Yield,
        ast.YieldFrom,
    }
)
"""The node types that `Module.of` lists."""


class Walk:
    """The one walk over a tree: parents, scopes, loads by name, attributes by name, nodes by type.

    :param declares: whether there can be ``global`` and ``nonlocal`` statements at all.
    """

    def __init__(self, tree: ast.Module, declares: bool = True) -> None:
        self._declares = declares
        self.module_scope = Scope("module", tree, None)
        self.scopes: Dict[ast.AST, Scope] = {tree: self.module_scope}
        # A map instead of an attribute of each node: no reference cycles, so that the trees of a
        # long run are freed at once although the garbage collector is off.
        self.parents: Dict[ast.AST, ast.AST] = {}
        self.loads: Dict[str, List[Tuple[ast.Name, Scope]]] = {}
        self.attributes: Dict[str, List[ast.Attribute]] = {}
        self.by_type: Dict[Type[ast.AST], List[Any]] = {kind: [] for kind in RECORDED}
        self.prefixed: List[ast.Constant] = []
        self.global_names: Set[str] = set()
        self._stack: List[Tuple[Any, Scope]] = []
        self._run(tree)

    def _run(self, tree: ast.Module) -> None:
        # Scope declarations must be known before the names they concern are bound, and the walk
        # goes in no particular order, so a function's declarations are read when it is entered.
        loads, attributes, parents = self.loads, self.attributes, self.parents
        handlers = self._handlers()
        kinds: Dict[Type[ast.AST], Tuple[Any, Any, Tuple[str, ...]]] = {}
        stack = self._stack
        self._push_all(tree.body, tree, self.module_scope)
        # The commonest types are dealt with on the spot, in one long loop: calling a method or looking
        # the fields up for each of a tree's nodes would cost twice as much.
        name_type, attribute_type, constant_type, load_type = ast.Name, ast.Attribute, ast.Constant, ast.Load
        call_type, expr_type = ast.Call, ast.Expr
        while stack:
            node, scope = stack.pop()
            kind = node.__class__
            if kind is name_type:
                if node.ctx.__class__ is load_type:
                    entry = loads.get(node.id)
                    if entry is None:
                        loads[node.id] = [(node, scope)]
                    else:
                        entry.append((node, scope))
                else:
                    scope.bind(node.id, node)
                continue
            if kind is constant_type:
                if node.kind is not None:
                    self.prefixed.append(node)
                continue
            if kind is attribute_type:
                attributes.setdefault(node.attr, []).append(node)
                value = node.value
                parents[value] = node
                stack.append((value, scope))
                continue
            if kind is call_type:
                value = node.func
                parents[value] = node
                stack.append((value, scope))
                for value in node.args:
                    parents[value] = node
                    if value.__class__ is not constant_type or value.kind is not None:
                        stack.append((value, scope))
                for keyword in node.keywords:
                    value = keyword.value
                    parents[keyword] = node
                    parents[value] = keyword
                    stack.append((value, scope))
                continue
            if kind is expr_type:
                value = node.value
                parents[value] = node
                stack.append((value, scope))
                continue
            found = kinds.get(kind)
            if found is None:
                found = kinds[kind] = self.by_type.get(kind), handlers.get(kind.__name__), _FIELDS[kind]
            records, handler, children = found
            if records is not None:
                records.append(node)
            if handler is not None:
                handler(node, scope)
                continue
            for field in children:
                value = getattr(node, field, None)
                if value.__class__ is list:
                    for child in value:
                        if child is not None:
                            parents[child] = node
                            if child.__class__ is not constant_type or child.kind is not None:
                                stack.append((child, scope))
                elif value is not None:
                    parents[value] = node
                    stack.append((value, scope))

    def _handlers(self) -> Dict[str, Callable[[Any, Scope], None]]:
        return {
            "FunctionDef": self._function,
            "AsyncFunctionDef": self._function,
            "Lambda": self._lambda,
            "ClassDef": self._class,
            "ListComp": self._comprehension,
            "SetComp": self._comprehension,
            "GeneratorExp": self._comprehension,
            "DictComp": self._comprehension,
            "Import": self._import,
            "ImportFrom": self._import,
            "ExceptHandler": self._except,
            "NamedExpr": self._named,
            "MatchAs": self._match,
            "MatchStar": self._match,
            "MatchMapping": self._match,
        }

    def _push(self, node: Optional[ast.AST], parent: ast.AST, scope: Scope) -> None:
        if node is not None:
            self.parents[node] = parent
            self._stack.append((node, scope))

    def _push_all(self, nodes: Any, parent: ast.AST, scope: Scope) -> None:
        for node in nodes:
            if node is not None:
                self.parents[node] = parent
                self._stack.append((node, scope))

    def _children(self, node: ast.AST, scope: Scope) -> None:
        for field in _FIELDS[node.__class__]:
            value = getattr(node, field, None)
            if isinstance(value, list):
                self._push_all(value, node, scope)
            else:
                self._push(value, node, scope)

    def _open(self, kind: str, node: ast.AST, parent: Scope) -> Scope:
        scope = self.scopes[node] = Scope(kind, node, parent)
        return scope

    def _function(self, node: Any, scope: Scope) -> None:
        scope.bind(node.name, node)
        self._push_all(node.decorator_list, node, scope)
        self._push(node.returns, node, scope)
        inner = self._open("function", node, scope)
        self._declarations(node.body, inner)
        self._arguments(node.args, node, scope, inner)
        self._push_all(getattr(node, "type_params", ()), node, inner)
        self._push_all(node.body, node, inner)

    def _lambda(self, node: ast.Lambda, scope: Scope) -> None:
        inner = self._open("function", node, scope)
        self._arguments(node.args, node, scope, inner)
        self._push(node.body, node, inner)

    def _arguments(self, args: ast.arguments, function: ast.AST, outer: Scope, inner: Scope) -> None:
        self.parents[args] = function
        every = [*getattr(args, "posonlyargs", ()), *args.args, *args.kwonlyargs]
        every += [one for one in (args.vararg, args.kwarg) if one is not None]
        for arg in every:
            self.parents[arg] = args
            inner.bind(arg.arg, arg)
            self._push(arg.annotation, arg, outer)
        self._push_all(args.defaults, args, outer)
        self._push_all(args.kw_defaults, args, outer)

    def _declarations(self, body: List[ast.stmt], scope: Scope) -> None:
        pending: List[ast.AST] = list(body) if self._declares else []
        while pending:
            node = pending.pop()
            if isinstance(node, (ast.Global, ast.Nonlocal)):
                if scope.outer is None:
                    scope.outer = {}
                kind = "global" if isinstance(node, ast.Global) else "nonlocal"
                scope.outer.update(dict.fromkeys(node.names, kind))
                if kind == "global":
                    self.global_names.update(node.names)
                continue
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                continue
            for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                value = getattr(node, field, None)
                if isinstance(value, list):
                    pending.extend(value)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        scope.bind(node.name, node)
        for group in (node.decorator_list, node.bases, node.keywords, getattr(node, "type_params", ())):
            self._push_all(group, node, scope)
        inner = self._open("class", node, scope)
        self._declarations(node.body, inner)
        self._push_all(node.body, node, inner)

    def _comprehension(self, node: Any, scope: Scope) -> None:
        inner = self._open("comprehension", node, scope)
        for position, generator in enumerate(node.generators):
            self.parents[generator] = node
            self._push(generator.target, generator, inner)
            self._push(generator.iter, generator, inner if position else scope)
            self._push_all(generator.ifs, generator, inner)
        for field in ("elt", "key", "value"):
            self._push(getattr(node, field, None), node, inner)

    def _import(self, node: Any, scope: Scope) -> None:
        for alias in node.names:
            self.parents[alias] = node
            if alias.name != "*":
                name = alias.asname or (alias.name.split(".")[0] if isinstance(node, ast.Import) else alias.name)
                scope.bind(name, alias)

    def _except(self, node: ast.ExceptHandler, scope: Scope) -> None:
        if node.name:
            scope.bind(node.name, node)
        self._push(node.type, node, scope)
        self._push_all(node.body, node, scope)

    def _named(self, node: Any, scope: Scope) -> None:
        holder = scope
        while holder.kind == "comprehension" and holder.parent is not None:
            holder = holder.parent
        self._push(node.target, node, holder)
        self._push(node.value, node, scope)

    def _match(self, node: Any, scope: Scope) -> None:
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name:
            scope.bind(name, node)
        self._children(node, scope)
