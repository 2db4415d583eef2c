"""Count what a migration from six and ``__future__`` left in a tree, with nothing but the standard ``ast``.

This program is the referee: it shares no code with the migrator, so a mistake in the one isn't hidden by the same
mistake in the other. It follows each name that an import binds to six, or to something below it, through its file;
functions have a scope of their own, classes have not.

    python benchmarks/residue.py PATH [--json]

The exit status is 1 if imports or uses of six, or removable ``__future__`` imports, remain.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import os
import re
import sys
import tokenize
import warnings
from dataclasses import asdict, dataclass, field
from typing import Dict, Iterator, Optional, Tuple, Union

SKIPPED_FOLDERS = {".git", ".hg", ".tox", ".venv", ".eggs", "__pycache__", "node_modules"}

KEPT_FUTURES = {"annotations", "barry_as_FLUFL"}
"""Future features that change something on the Python versions of today."""

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda]

Place = Tuple[str, int, str]
"""Path, line and what was seen there."""

Scope = Dict[str, Optional[str]]
"""Names of one scope, and what each stands for if it comes from six."""


@dataclass
class Counts:
    """What was found in a tree, or in one file of it."""

    files: int = 0
    unparsed: list[Place] = field(default_factory=list)
    uncompiled: list[Place] = field(default_factory=list)
    six_imports: list[Place] = field(default_factory=list)
    six_uses: list[Place] = field(default_factory=list)
    futures: list[Place] = field(default_factory=list)
    u_prefixes: list[Place] = field(default_factory=list)
    object_bases: list[Place] = field(default_factory=list)
    super_calls: list[Place] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Add the counts of another file."""
        self.files += other.files
        for name in PLACES:
            getattr(self, name).extend(getattr(other, name))

    def unfinished(self) -> bool:
        """Tell whether something remains that the migration is there to remove."""
        return bool(self.six_imports or self.six_uses or self.futures)


PLACES = {
    "unparsed": "files that do not parse",
    "uncompiled": "files that parse but do not compile",
    "six_imports": "imports of six",
    "six_uses": "uses of names from six",
    "futures": "removable __future__ features",
    "u_prefixes": "u prefixes of strings",
    "object_bases": "classes with object as a base",
    "super_calls": "super() with arguments",
}


def is_six(module: str | None) -> bool:
    """Tell whether a dotted module name is six or something below it."""
    return module is not None and module.split(".")[0] == "six"


def bound_by_six(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names that an import statement binds to six, and what each one stands for.

    :param node: any node; only imports yield something.
    """
    if isinstance(node, ast.Import):
        for alias in node.names:
            if is_six(alias.name):
                yield alias.asname or "six", alias.name
    elif isinstance(node, ast.ImportFrom) and not node.level and is_six(node.module):
        for alias in node.names:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function's own scope, without those of the functions and classes in it."""
    pending: list[ast.AST] = list(function.body) if isinstance(function.body, list) else [function.body]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))


def parameters(function: Function) -> Iterator[str]:
    """Yield the names of a function's parameters."""
    arguments = function.args
    for argument in arguments.posonlyargs + arguments.args + arguments.kwonlyargs:
        yield argument.arg
    for star in (arguments.vararg, arguments.kwarg):
        if star:
            yield star.arg


def local_names(function: Function) -> Scope:
    """Give the names that are local to a function, and what they stand for where that is something of six."""
    scope: Scope = dict.fromkeys(parameters(function))
    outer: set[str] = set()
    for node in own_nodes(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            scope.setdefault(node.id)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            outer.update(node.names)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                scope.setdefault((alias.asname or alias.name).split(".")[0])
            scope.update(bound_by_six(node))
    return {name: meaning for name, meaning in scope.items() if name not in outer}


def module_names(node: ast.AST) -> Scope:
    """Give the names that stand for something of six in a whole module, those bound in classes included."""
    scope: Scope = dict(bound_by_six(node))
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        for child in ast.iter_child_nodes(node):
            scope.update(module_names(child))
    return scope


class Scanner(ast.NodeVisitor):
    """Walk one module and note what remains in it.

    :param path: the path that the notes carry.
    :param tree: the module.
    """

    def __init__(self, path: str, tree: ast.Module) -> None:
        self.path = path
        self.counts = Counts()
        self.scopes: list[Scope] = [module_names(tree)]
        self.visit(tree)

    def note(self, places: list[Place], node: ast.AST, what: str) -> None:
        """Note something at the place of a node."""
        places.append((self.path, getattr(node, "lineno", 0), what))

    def visit_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Note imports of six and of the future."""
        for _, canonical in bound_by_six(node):
            self.note(self.counts.six_imports, node, canonical)
        if isinstance(node, ast.ImportFrom) and node.module == "__future__" and not node.level:
            for alias in node.names:
                if alias.name not in KEPT_FUTURES:
                    self.note(self.counts.futures, node, alias.name)

    visit_Import = visit_ImportFrom = visit_import

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.note_use(node, node.id, "")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        attributes = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            attributes.append("." + inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            self.note_use(inner, inner.id, "".join(reversed(attributes)))
        else:
            self.visit(inner)

    def note_use(self, node: ast.AST, name: str, attributes: str) -> None:
        """Note the use of a name if the innermost scope that binds it took it from six."""
        meaning = next((scope[name] for scope in reversed(self.scopes) if name in scope), None)
        if meaning is not None:
            self.note(self.counts.six_uses, node, meaning + attributes)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if any(isinstance(base, ast.Name) and base.id == "object" for base in node.bases):
            self.note(self.counts.object_bases, node, node.name)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and node.args:
            self.note(self.counts.super_calls, node, "super")
        self.generic_visit(node)

    def visit_function(self, node: Function) -> None:
        """Visit a function: its decorators, defaults and annotations outside, its body inside its scope."""
        body: list[ast.AST] = list(node.body) if isinstance(node.body, list) else [node.body]
        inside = set(map(id, body))
        for child in ast.iter_child_nodes(node):
            if id(child) not in inside:
                self.visit(child)
        self.scopes.append(local_names(node))
        for child in body:
            self.visit(child)
        self.scopes.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = visit_function


def u_prefixes(content: bytes) -> Iterator[int]:
    """Yield the line of each string with a u prefix; the syntax tree has only the first of adjacent ones."""
    if re.search(rb"[uU]['\"]", content):
        for token in tokenize.tokenize(io.BytesIO(content).readline):
            if token.type == tokenize.STRING and token.string[0] in "uU":
                yield token.start[0]


def scan_file(path: str, shown: str) -> Counts:
    """Scan one file.

    :param path: where the file is.
    :param shown: how it is called in the notes.
    """
    with open(path, "rb") as stream:
        content = stream.read()
    counts = Counts(files=1)
    try:
        tree = ast.parse(content, shown)
    except (SyntaxError, ValueError, RecursionError) as error:
        counts.unparsed.append((shown, getattr(error, "lineno", None) or 0, str(getattr(error, "msg", error))))
        return counts
    try:
        compile(content, shown, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        counts.uncompiled.append((shown, getattr(error, "lineno", None) or 0, str(getattr(error, "msg", error))))
    counts.add(Scanner(shown, tree).counts)
    counts.u_prefixes += [(shown, line, "u") for line in u_prefixes(content)]
    return counts


def python_files(root: str) -> Iterator[str]:
    """Yield the Python files of a tree in a fixed order; symbolic links are not followed."""
    if os.path.isfile(root):
        yield root
        return
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        for name in sorted(files):
            path = os.path.join(folder, name)
            if name.endswith((".py", ".pyi")) and os.path.isfile(path) and not os.path.islink(path):
                yield path


def scan_tree(root: str) -> Counts:
    """Scan all Python files of a tree.

    :param root: a folder or a file.
    """
    total = Counts()
    base = root if os.path.isdir(root) else os.path.dirname(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in python_files(root):
            total.add(scan_file(path, os.path.relpath(path, base or ".")))
    return total


def print_counts(counts: Counts) -> None:
    """Print the counts for people."""
    print(f"{counts.files:>6}  Python files")
    for name, title in PLACES.items():
        found: list[Place] = getattr(counts, name)
        print(f"{len(found):>6}  {title}")
        # A file that can't be read is news in itself; of the others there may be thousands.
        if name in ("unparsed", "uncompiled"):
            for path, line, what in found:
                print(f"        {path}:{line}: {what}")


def main() -> int:
    """Run the program; the result is its exit status."""
    parser = argparse.ArgumentParser(description="Count what a migration from six and __future__ left in a tree.")
    parser.add_argument("path", help="a folder or a file")
    parser.add_argument("--json", action="store_true", help="print all places as JSON")
    options = parser.parse_args()
    if not os.path.exists(options.path):
        parser.error(f"there is no {options.path}")
    counts = scan_tree(options.path)
    if options.json:
        print(json.dumps(asdict(counts), indent=2))
    else:
        print_counts(counts)
    return int(counts.unfinished())


if __name__ == "__main__":
    sys.exit(main())
