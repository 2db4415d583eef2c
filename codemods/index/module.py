"""One file as the rules see it: names resolved to canonical dotted names, references, spans."""

from __future__ import annotations

import ast
import builtins
from bisect import bisect_left
from functools import cached_property
from typing import (
    TYPE_CHECKING,
    Any,
    Collection,
    Dict,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Set,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from codemods.index.scopes import FUNCTIONS, Scope, Walk

if TYPE_CHECKING:
    from codemods.findings import Finding
    from codemods.index.program import Program
    from codemods.index.project import ProjectView
    from codemods.settings import Settings
    from codemods.source import Source

Node = TypeVar("Node", bound=ast.AST)
Span = Tuple[int, int]
ImportStatement = Union[ast.Import, ast.ImportFrom]

_ALWAYS_BOUND = frozenset(dir(builtins)) | {
    "__file__",
    "__name__",
    "__path__",
    "__class__",
    "__builtins__",
    "__module__",
    "__qualname__",
    "WindowsError",
}


class ImportedName(NamedTuple):
    """One name that an import statement binds.

    :param local: the name that is bound.
    :param canonical: the dotted name that it stands for; relative imports are made absolute.
    :param top: whether the statement stands directly in the module's body.
    """

    alias: ast.alias
    statement: ImportStatement
    scope: Scope
    local: str
    canonical: str
    top: bool


class Reference(NamedTuple):
    """A use of an imported name: the whole attribute chain and the dotted name that it stands for.

    :param name: the load of the imported name, at the left end of the chain.
    """

    node: ast.expr
    name: ast.Name
    canonical: str
    imported: Tuple[ImportedName, ...]


class Module:
    """The index of one file.

    :param source: its text.
    :param name: its dotted module name; for a package's ``__init__.py`` the package's.
    :param path: the path as shown to the user.
    :param version: the Python version whose grammar must read it; by default the running one's.
    :ivar dead: the spans that accepted edits remove.
    :ivar settled: the loads of imported names that accepted edits replace.
    :ivar leaving: the aliases of imports that accepted edits remove or replace.
    :ivar relied_on: the aliases of imports that planned edits make use of.
    :ivar found: the findings so far.
    :ivar planned: the names that new imports will bind, and the dotted names that they stand for.
    :raises SyntaxError: if the text isn't Python that this interpreter reads.
    """

    def __init__(
        self,
        source: Source,
        name: str,
        path: str,
        settings: Settings,
        project: ProjectView,
        version: Optional[Tuple[int, int]] = None,
        program: Optional[Program] = None,
    ) -> None:
        self.source = source
        self.name = name
        self.path = path
        self.is_package = path.endswith(("__init__.py", "__init__.pyi"))
        self.settings = settings
        self.project = project
        self._program = program
        self.tree: ast.Module = ast.parse(source.text, feature_version=version)
        self.walk = Walk(self.tree, "global" in source.text or "nonlocal" in source.text)
        self.reset()

    def reset(self) -> None:
        """Forget what was planned, so that the file can be planned again."""
        self.dead: List[Span] = []
        self.settled: Set[ast.AST] = set()
        self.leaving: Set[ast.AST] = set()
        self.relied_on: Set[ast.AST] = set()
        self.found: List[Finding] = []
        self.planned: Dict[str, str] = {}
        self.cache: Dict[str, Any] = {}

    def adopt(self, project: ProjectView, program: Optional[Program]) -> None:
        """Be planned with other knowledge of the project than the module was indexed with."""
        self.project, self._program = project, program

    @property
    def program(self) -> Program:
        """The coroutines of the project; of this file alone if nobody gathered them."""
        if self._program is None:
            from codemods.index.coroutines import coroutine_names, gather_coroutines
            from codemods.index.program import Program

            self._program = Program([gather_coroutines(self, frozenset(coroutine_names(self.source.data)))])
        return self._program

    @property
    def is_in_program(self) -> bool:
        """Whether the project's coroutines concern the file, for what is known of other files."""
        return self._program is not None and self.path in self._program.paths

    # -- positions -----------------------------------------------------------------------------

    def span(self, node: ast.AST) -> Span:
        """The offsets in the text at which `node` begins and ends (decorators aren't part of it)."""
        where: Any = node
        source = self.source
        if source.text.isascii():
            starts = source.line_starts
            return starts[where.lineno - 1] + where.col_offset, starts[where.end_lineno - 1] + where.end_col_offset
        return (
            source.offset(where.lineno, where.col_offset),
            source.offset(where.end_lineno, where.end_col_offset),
        )

    def full_span(self, statement: ast.stmt) -> Span:
        """The span of a statement with its decorators, from the first ``@``."""
        start, end = self.span(statement)
        decorators = getattr(statement, "decorator_list", None)
        if decorators:
            start = self.source.text.rindex("@", 0, self.span(decorators[0])[0])
        return start, end

    def text(self, node: ast.AST) -> str:
        """The source of `node`."""
        start, end = self.span(node)
        return self.source.text[start:end]

    def is_dead(self, node: ast.AST) -> bool:
        """Whether `node` stands in a branch that an accepted edit removes."""
        if not self.dead:
            return False
        offset = self.span(node)[0]
        return any(start <= offset < end for start, end in self.dead)

    # -- around a node -------------------------------------------------------------------------

    def parent(self, node: ast.AST) -> ast.AST:
        """The node that contains `node`; of a statement of the module, the module."""
        return self.walk.parents[node]

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around `node`, from the inside out."""
        above = self.walk.parents.get(node)
        while above is not None:
            yield above
            above = self.walk.parents.get(above)

    def statement_of(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that contains `node` (or `node` itself)."""
        while not isinstance(node, ast.stmt):
            node = self.walk.parents[node]
        return node

    def block_of(self, statement: ast.stmt) -> Tuple[ast.AST, str, List[ast.stmt]]:
        """The list of statements in which `statement` stands: its owner, the owner's field, the list."""
        owner = self.parent(statement)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(owner, field, None)
            if isinstance(block, list) and any(one is statement for one in block):
                return owner, field, block
        raise LookupError(f"{type(statement).__name__} stands in no block of {type(owner).__name__}")

    def across(self, lines: Collection[int]) -> Iterator[ast.AST]:
        """The nodes that stand on one of some lines, or span one, in no particular order."""
        wanted = sorted(lines)
        pending: List[ast.AST] = list(self.tree.body)
        while pending:
            node = pending.pop()
            decorators = getattr(node, "decorator_list", ())
            first = getattr(decorators[0] if decorators else node, "lineno", None)
            if first is not None:
                place = bisect_left(wanted, first)
                if place == len(wanted) or wanted[place] > node.end_lineno:  # type: ignore[attr-defined]
                    continue
            yield node
            pending.extend(ast.iter_child_nodes(node))

    # -- nodes ---------------------------------------------------------------------------------

    def of(self, *kinds: Type[ast.AST]) -> List[Any]:
        """The live nodes of the given types (of those that `scopes.RECORDED` lists), in source order."""
        found = self._alive([node for kind in kinds for node in self.walk.by_type[kind]])
        found.sort(key=lambda node: (node.lineno, node.col_offset))
        return found

    def _alive(self, nodes: List[Node]) -> List[Node]:
        """A new list of the nodes that are not dead."""
        return [node for node in nodes if not self.is_dead(node)] if self.dead else list(nodes)

    def attributes(self, name: str) -> List[ast.Attribute]:
        """The live attribute accesses ``….name``, in source order."""
        if name not in self.walk.attributes:
            return []
        found = self._alive(self.walk.attributes[name])
        found.sort(key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0))
        return found

    def loads(self, name: str) -> List[Tuple[ast.Name, Scope]]:
        """The live loads of a bare name, each with its scope, in source order."""
        if name not in self.walk.loads:
            return []
        found = [pair for pair in self.walk.loads[name] if not (self.dead and self.is_dead(pair[0]))]
        found.sort(key=lambda pair: (pair[0].lineno, pair[0].col_offset))
        return found

    def builtin_loads(self, name: str) -> List[ast.Name]:
        """The loads of `name` that mean the builtin: nothing in the file binds it there."""
        if name in self.walk.global_names:
            return []
        return [node for node, scope in self.loads(name) if scope.lookup(name) is None]

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope in which the names of `node` are looked up (for an expression of a body)."""
        for above in self.parents(node):
            scope = self.walk.scopes.get(above)
            if scope is not None:
                return scope
        return self.walk.module_scope

    def enclosing(self, node: ast.AST, *kinds: Type[ast.AST]) -> Optional[Any]:
        """The innermost node of one of the types around `node`."""
        return next((above for above in self.parents(node) if isinstance(above, kinds)), None)

    def enclosing_function(self, node: ast.AST) -> Optional[Any]:
        """The innermost function or lambda around `node`."""
        return self.enclosing(node, *FUNCTIONS, ast.Lambda)

    # -- names ---------------------------------------------------------------------------------

    def absolute(self, module: Optional[str], level: int) -> str:
        """The absolute name of the module that ``from <dots><module> import …`` names in this file."""
        if not level:
            return module or ""
        base = self.name.split(".")
        drop = level - 1 if self.is_package else level
        if drop >= len(base):
            # Outside of the packages that we know of; it must not be taken for a top-level module.
            return "." * level + (module or "")
        base = base[: len(base) - drop] if drop else base
        return ".".join([*base, *([module] if module else [])])

    def _canonical(self, dotted: str) -> str:
        for six in self.settings.six_modules:
            if dotted == six or dotted.startswith(six + "."):
                return "six" + dotted[len(six) :]
        return dotted

    @cached_property
    def imports(self) -> List[ImportedName]:
        """All names that import statements bind, dead ones included, in no particular order."""
        found = []
        for statement in self.walk.by_type[ast.Import]:
            scope, top = self._place(statement)
            for alias in statement.names:
                local = alias.asname or alias.name.split(".")[0]
                canonical = alias.name if alias.asname else local
                found.append(ImportedName(alias, statement, scope, local, self._canonical(canonical), top))
        for statement in self.walk.by_type[ast.ImportFrom]:
            scope, top = self._place(statement)
            base = self.absolute(statement.module, statement.level)
            for alias in statement.names:
                canonical = self._canonical(f"{base}.{alias.name}")
                found.append(ImportedName(alias, statement, scope, alias.asname or alias.name, canonical, top))
        return found

    def _place(self, statement: ast.stmt) -> Tuple[Scope, bool]:
        """The scope of a statement, and whether it stands directly in the module's body."""
        if self.parent(statement) is self.tree:
            return self.walk.module_scope, True
        return self.scope_of(statement), False

    @cached_property
    def _by_alias(self) -> Dict[ast.AST, ImportedName]:
        return {imported.alias: imported for imported in self.imports}

    def by_alias(self, node: ast.AST) -> Optional[ImportedName]:
        """The imported name that the alias `node` binds; ``None`` if it isn't an alias."""
        return self._by_alias.get(node)

    def live_imports(self) -> List[ImportedName]:
        """The imported names outside of dead branches."""
        return [one for one in self.imports if not self.is_dead(one.statement)] if self.dead else self.imports

    def bindings(self, scope: Scope, name: str) -> List[ast.AST]:
        """The live nodes that bind `name` in `scope`."""
        found = scope.bindings.get(name, ())
        return [node for node in found if not self._binding_is_dead(node)] if self.dead else list(found)

    def _binding_is_dead(self, node: ast.AST) -> bool:
        return self.is_dead(self.parent(node) if isinstance(node, ast.alias) else node)

    def imported(self, name: str, scope: Scope) -> Tuple[ImportedName, ...]:
        """The imports that a load of `name` in `scope` may see; empty if it may see anything else."""
        found = scope.lookup(name)
        if found is None:
            return ()
        hits = [self._by_alias.get(node) for node in self.bindings(found, name)]
        if not hits or any(hit is None for hit in hits):
            return ()
        return tuple(hit for hit in hits if hit is not None)

    def resolve(self, node: ast.AST) -> Optional[str]:
        """The canonical dotted name of a name or attribute chain; builtins are ``builtins.X``.

        ``None`` if the chain doesn't begin with an imported name or a builtin, or may mean several things.
        """
        attributes: List[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        scope = self.scope_of(node)
        names = {one.canonical for one in self.imported(node.id, scope)}
        if len(names) == 1:
            root = names.pop()
        elif scope.lookup(node.id) is None and hasattr(builtins, node.id):
            root = f"builtins.{node.id}"
        else:
            return None
        return ".".join([root, *reversed(attributes)])

    def references(self, prefix: str) -> List[Reference]:
        """The live uses of everything at or below the dotted name `prefix`, in source order.

        Each is the longest attribute chain: for ``six.moves.range(3)`` the chain ``six.moves.range``.
        """
        if prefix.split(".", 1)[0] not in self._by_root and not self.settings.six_modules:
            return []
        key = f"references {prefix}"
        if key not in self.cache:
            self.cache[key] = list(self._references(prefix))
        found: List[Reference] = self.cache[key]
        return [reference for reference in found if not self.is_dead(reference.name)] if self.dead else found

    @cached_property
    def _by_root(self) -> Dict[str, List[ImportedName]]:
        found: Dict[str, List[ImportedName]] = {}
        for one in self.imports:
            found.setdefault(one.canonical.split(".", 1)[0], []).append(one)
        return found

    @property
    def import_roots(self) -> Collection[str]:
        """The top-level modules that the file imports (or imports from)."""
        return self._by_root.keys()

    @cached_property
    def bound(self) -> Set[str]:
        """All names that anything in the file binds, in whatever scope."""
        return set().union(*(scope.bindings for scope in self.walk.scopes.values()))

    def _references(self, prefix: str) -> Iterator[Reference]:
        below = prefix + "."
        homes = [prefix, *(self.settings.six_modules if prefix == "six" else ())]
        near = [one for root in {home.split(".", 1)[0] for home in homes} for one in self._by_root.get(root, ())]
        locals_ = {
            one.local
            for one in near
            if one.canonical == prefix
            or one.canonical.startswith(below)
            or any(home.startswith(one.canonical + ".") for home in homes)
        }
        for local in sorted(locals_):
            for name, scope in self.loads(local):
                imported = self.imported(local, scope)
                canonicals = {one.canonical for one in imported}
                if len(canonicals) != 1:
                    continue
                node: ast.expr = name
                dotted = canonicals.pop()
                above = self.parent(name)
                while isinstance(above, ast.Attribute):
                    node, dotted, above = above, f"{dotted}.{above.attr}", self.parent(above)
                dotted = self._canonical(dotted)
                if dotted == prefix or dotted.startswith(below):
                    yield Reference(node, name, dotted, imported)

    def uses(self, imported: ImportedName) -> List[ast.Name]:
        """The live loads that may see what `imported` binds."""
        found = []
        for name, scope in self.loads(imported.local):
            if scope.lookup(imported.local) is imported.scope:
                found.append(name)
        return found

    def unbound(self) -> Set[str]:
        """The names that are loaded although nothing in the file binds them and no builtin has them."""
        found = set()
        top = self.walk.module_scope.bindings
        for name, pairs in self.walk.loads.items():
            if name in top or name in _ALWAYS_BOUND or name in self.walk.global_names:
                continue
            if any(scope.lookup(name) is None for _, scope in pairs):
                found.add(name)
        return found

    @cached_property
    def has_star_import(self) -> bool:
        """Whether names may come from a star import."""
        return any(alias.name == "*" for node in self.walk.by_type[ast.ImportFrom] for alias in node.names)

    @property
    def has_all(self) -> bool:
        """Whether the file says in ``__all__`` what a star import takes."""
        return "__all__" in self.walk.module_scope.bindings

    @cached_property
    def exported(self) -> Set[str]:
        """The names in ``__all__``, as far as it is built from literals."""
        names = set()
        for node in self.walk.module_scope.bindings.get("__all__", ()):
            for constant in ast.walk(self.statement_of(node)):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    names.add(constant.value)
        return names
