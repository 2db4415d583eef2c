"""Count what a migration from tornado to asyncio left in real releases, with nothing but the standard ``ast``.

This program is the referee: it shares no code with the migrator. It counts the constructs of tornado in a fresh copy
of each release, migrates the copy, counts again, and asks of each construct that is still there whether the tool
reports it. What the tool changed is not judged here; that is for the tests of the migrated code.

    python benchmarks/coroutines.py [SDIST-OR-FOLDER ...] [--sample N] [--seed S] [--json FILE]

A release is written NAME-VERSION or NAME==VERSION; without any, those of plumpy, kiwipy and aiida-core are taken that
were the last on tornado. The exit status is 1 if a condition fails.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import random
import re
import shutil
import sys
import tempfile
import tokenize
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterator, Optional, Sequence, Tuple

from common import CACHE, BenchmarkError, attempt, make_folder, migrate_command, migrate_environment, unpack_sdist
from residue import Function, own_nodes, parameters, python_files

SDISTS = ("aiida-core-1.0.1", "aiida-core-1.5.2", "plumpy-0.14.5", "plumpy-0.15.2", "kiwipy-0.5.5")

FAMILIES = ("TOR", "PLM", "KIW")

WANTED_SHARE = 0.9

MOST_LEFT = {"aiida-core-1.5.2": 25}
"""How many places the tool may leave for a human in these releases."""

LIBRARIES = {"tornado", "topika"}

LOOP_METHODS = {
    *("run_sync", "add_callback", "add_callback_from_signal", "spawn_callback", "add_future", "add_timeout"),
    *("remove_timeout", "make_current", "clear_current", "clear_instance", "set_exc_info"),
}
"""Methods that asyncio's loops and futures have not, so that their names alone tell tornado's."""

COROUTINES = {"tornado.gen.coroutine", "tornado.gen.engine", "tornado.testing.gen_test"}

DEPENDENCY_FILES = re.compile(r"(setup\.(json|cfg)|.*require.*\.txt|environment.*\.ya?ml|tox\.ini|Pipfile|.*\.toml)$")

TORNADO = re.compile(r"\btornado\b", re.IGNORECASE)
"""The word; a name that a project made of it, such as ``tornado_to_kiwi_future``, is the project's own."""

Scope = Dict[str, Optional[str]]
"""Names of one scope, and the dotted name that each stands for if an import of it is of interest."""

Place = Tuple[str, int]
"""Path and line."""


@dataclass(frozen=True)
class Construct:
    """Something of tornado in a file.

    :param path: the path of the file below the tree.
    :param kind: the counter that it belongs to.
    :param lines: the lines, first and last, of the statement that it's in.
    :param line: its own first line.
    :param header: the lines of the header of the coroutine that it's in.
    """

    path: str
    kind: str
    lines: tuple[int, int]
    line: int
    header: tuple[int, int]


@dataclass
class Scan:
    """What was found in a tree."""

    constructs: list[Construct] = field(default_factory=list)
    uncompiled: list[Place] = field(default_factory=list)
    coroutines: set[tuple[str, str]] = field(default_factory=set)
    yielding: dict[tuple[str, str], int] = field(default_factory=dict)
    """Functions, by path and qualified name, with ``yield`` in their own scope, and the line of it."""
    names: list[Place] = field(default_factory=list)
    """Lines where code, strings or comments have the word tornado."""

    def kinds(self) -> Counter[str]:
        """Count the constructs by kind."""
        return Counter(construct.kind for construct in self.constructs)


def bindings(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names that an import binds, and the dotted name that each stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name, f"{'.' * node.level}{node.module or ''}.{alias.name}"


def local_names(function: Function) -> Scope:
    """Give the names that are local to a function, and what those stand for that it imports."""
    scope: Scope = dict.fromkeys(parameters(function))
    outer: set[str] = set()
    for node in own_nodes(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            scope.setdefault(node.id)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            outer.update(node.names)
        scope.update(bindings(node))
    return {name: meaning for name, meaning in scope.items() if name not in outer}


def module_names(node: ast.AST) -> Scope:
    """Give the names that imports bind in a whole module, those in classes included."""
    scope: Scope = dict(bindings(node))
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        for child in ast.iter_child_nodes(node):
            scope.update(module_names(child))
    return scope


def operand_kind(node: ast.Yield) -> str:
    """Say what kind of operand a ``yield`` of a coroutine has."""
    kinds = ((ast.Call, "a call"), (ast.Name, "a name"), (ast.Attribute, "an attribute"))
    containers = (ast.List, ast.ListComp, ast.Dict, ast.DictComp, ast.Tuple, ast.Set)
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        return "yield of nothing"
    if isinstance(node.value, containers):
        return "yield of a container"
    return "yield of " + next((kind for type_, kind in kinds if isinstance(node.value, type_)), "another")


def span(node: ast.AST) -> tuple[int, int]:
    """Give the first and the last line of a node."""
    first: int = getattr(node, "lineno", 0)
    return first, getattr(node, "end_lineno", None) or first


def header_span(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    """Give the lines of a function's decorators and signature."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return first, max(first, node.body[0].lineno - 1, node.lineno)


class Scanner(ast.NodeVisitor):
    """Walk one module and note what it has of tornado.

    :param path: the path for the notes.
    :param tree: the module.
    :param scan: where the notes go.
    :param methods: whether names of methods count.
    """

    def __init__(self, path: str, tree: ast.Module, scan: Scan, methods: bool) -> None:
        self.path = path
        self.scan = scan
        self.methods = methods
        self.scopes: list[Scope] = [module_names(tree)]
        self.statement: ast.AST = tree
        self.names: list[str] = []
        self.coroutine: tuple[int, int] = (0, 0)
        self.special: dict[int, str] = {}
        """What nodes are that their parents told of."""
        self.visit(tree)

    def visit(self, node: ast.AST) -> None:
        before = self.statement
        if isinstance(node, (ast.stmt, ast.ExceptHandler)):
            self.statement = node
        super().visit(node)
        self.statement = before

    def note(self, node: ast.AST, kind: str) -> None:
        """Note a construct at the place of a node."""
        lines = span(self.statement)
        body = getattr(self.statement, "body", None)
        if isinstance(body, list) and body:
            lines = (min(lines[0], span(node)[0]), max(lines[0], span(node)[1]))
        self.scan.constructs.append(Construct(self.path, kind, lines, span(node)[0], self.coroutine))

    def resolve(self, node: ast.AST) -> str | None:
        """Give the dotted name that an expression stands for, if its first name comes from an import."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        name = node.id
        meaning = next((scope[name] for scope in reversed(self.scopes) if name in scope), None)
        return meaning and ".".join([meaning, *reversed(attributes)])

    def visit_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Note the imports."""
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            modules = [node.module or ""] * len(node.names)
        for module in modules:
            if module.split(".")[0] in LIBRARIES:
                self.note(node, f"import of {module.split('.')[0]}")

    visit_Import = visit_ImportFrom = visit_import

    def visit_Raise(self, node: ast.Raise) -> None:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if raised is not None:
            self.special[id(raised)] = "raise "
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        self.special.update((id(one), "except ") for one in caught if one is not None)
        self.generic_visit(node)

    def visit_name(self, node: ast.Name | ast.Attribute) -> None:
        """Note a name of tornado's, or a method that only tornado's loops have."""
        name = self.resolve(node)
        if name is not None and name.split(".")[0] in LIBRARIES:
            self.note(node, self.special.get(id(node), "") + re.sub(r"^tornado\.[a-z_.]+\.(?=.)", "", name))
            return
        if isinstance(node, ast.Attribute):
            ours = name is not None and name.split(".")[0] == "plumpy_compat"
            if self.methods and node.attr in LOOP_METHODS and not ours:
                self.note(node, f".{node.attr}")
            self.generic_visit(node)

    visit_Name = visit_Attribute = visit_name

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.special.update((id(base), "base ") for base in node.bases)
        self.names.append(node.name)
        self.generic_visit(node)
        self.names.pop()

    def is_coroutine(self, node: Function) -> bool:
        """Tell whether a function is one of tornado's coroutines."""
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        called = (one.func if isinstance(one, ast.Call) else one for one in decorators)
        return any(self.resolve(one) in COROUTINES for one in called)

    def visit_function(self, node: Function) -> None:
        """Visit a function: its decorators, defaults and annotations outside, its body inside its scope."""
        body: list[ast.AST] = list(node.body) if isinstance(node.body, list) else [node.body]
        inside = set(map(id, body))
        coroutine = self.coroutine
        is_coroutine = self.is_coroutine(node)
        for child in ast.iter_child_nodes(node):
            if id(child) not in inside:
                self.visit(child)
        self.names.append(getattr(node, "name", "<lambda>"))
        self.coroutine = (0, 0) if isinstance(node, ast.Lambda) or not is_coroutine else header_span(node)
        self.scopes.append(local_names(node))
        self.note_yields(node, is_coroutine)
        for child in body:
            self.visit(child)
        self.scopes.pop()
        self.names.pop()
        self.coroutine = coroutine

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = visit_function

    def note_yields(self, function: Function, is_coroutine: bool) -> None:
        """Note each ``yield`` in a function's own scope."""
        key = (self.path, ".".join(self.names))
        if is_coroutine:
            self.scan.coroutines.add(key)
        for node in own_nodes(function):
            if isinstance(node, (ast.Yield, ast.YieldFrom)):
                self.scan.yielding[key] = node.lineno
                if is_coroutine and isinstance(node, ast.Yield):
                    self.note(node, operand_kind(node))


def scan_file(path: Path, shown: str, scan: Scan) -> None:
    """Scan one Python file.

    :param path: where the file is.
    :param shown: how it's called in the notes.
    :param scan: where the notes go.
    """
    content = path.read_bytes()
    try:
        tree = ast.parse(content, shown)
        compile(content, shown, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        scan.uncompiled.append((shown, getattr(error, "lineno", None) or 0))
        return
    Scanner(shown, tree, scan, bool(re.search(rb"tornado|plumpy|kiwipy", content)))
    for token in tokenize.tokenize(io.BytesIO(content).readline):
        if token.type != tokenize.ENCODING and TORNADO.search(token.string):
            first = token.start[0]
            lines = token.string.split("\n")
            scan.names += [(shown, first + number) for number, line in enumerate(lines) if TORNADO.search(line)]


def scan_tree(root: Path) -> Scan:
    """Scan the Python files and the dependency files of a tree."""
    scan = Scan()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in python_files(str(root)):
            scan_file(Path(name), Path(name).relative_to(root).as_posix(), scan)
    for path in sorted(root.rglob("*")):
        if path.is_file() and DEPENDENCY_FILES.match(path.name) and ".egg-info" not in str(path.parent):
            lines = path.read_text(errors="replace").split("\n")
            shown = path.relative_to(root).as_posix()
            scan.names += [(shown, number) for number, line in enumerate(lines, 1) if TORNADO.search(line)]
    return scan


@dataclass
class Said:
    """One finding of the tool's report."""

    path: str
    line: int
    rule: str
    outcome: str
    message: str
    advice: str


def migrate(tree: Path, state: Path) -> list[Said]:
    """Migrate a tree, and give what the tool says of it.

    :param tree: the tree.
    :param state: a folder for the tool's journals, and for its report.
    """
    output = make_folder(state) / "report.json"
    result = attempt(migrate_command(tree, "--format", "json", "--output", str(output)), env=migrate_environment(state))
    if not output.exists():
        raise BenchmarkError(f"the tool ended with {result.returncode}:\n{result.stdout[-2000:]}")
    report = json.loads(output.read_text())
    output.unlink()
    said = []
    for file in report["files"]:
        path = Path(file["path"])
        shown = path.relative_to(tree).as_posix() if path.is_absolute() else file["path"]
        for one in file["findings"]:
            texts = (one["rule"], one["outcome"], one["message"], one["advice"])
            said.append(Said(shown, one["line"], *texts))
    return said


def contents(tree: Path) -> dict[Path, bytes]:
    """Give the contents of all files of a tree."""
    return {path: path.read_bytes() for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink()}


@dataclass
class Outcome:
    """What became of one release."""

    name: str
    tree: Path
    before: Scan
    after: Scan
    first: list[Said]
    second: list[Said]
    changed_again: list[str]

    def __post_init__(self) -> None:
        self.reported: dict[str, set[int]] = {}
        for one in self.second:
            if one.outcome in ("left", "note"):
                self.reported.setdefault(one.path, set()).add(one.line)

    def is_reported(self, construct: Construct) -> bool:
        """Tell whether the tool reports a construct: at its statement, or by the coroutine that it keeps."""
        lines = self.reported.get(construct.path, set())
        spans = (construct.lines, construct.header)
        return any(first <= line <= last for line in lines for first, last in spans)

    def unreported(self) -> list[Construct]:
        """Give the constructs that are still there and that the tool is silent about."""
        return [construct for construct in self.after.constructs if not self.is_reported(construct)]

    def unfinished(self) -> list[tuple[str, str, int]]:
        """Give the converted coroutines in which a ``yield`` is left."""
        done = self.before.coroutines - self.after.coroutines
        return [(*key, line) for key, line in sorted(self.after.yielding.items()) if key in done]

    def uncompiled(self) -> list[Place]:
        """Give the files that don't compile and did before, or were changed."""
        were = {path for path, _ in self.before.uncompiled}
        return [place for place in self.after.uncompiled if place[0] not in were]

    def silent_names(self) -> list[Place]:
        """Give the lines that have the word tornado, and that the tool doesn't report."""
        spans = [(one.path, one.lines) for one in self.after.constructs if self.is_reported(one)]
        known = {(path, line) for path, (first, last) in spans for line in range(first, last + 1)}
        known |= {(path, line) for path, lines in self.reported.items() for line in lines}
        return sorted(set(self.after.names) - known)

    def left(self) -> list[Said]:
        """Give what the tool leaves for a human."""
        return [one for one in self.first if one.outcome == "left" and one.rule[:3] in FAMILIES]

    def share(self) -> float:
        """Give the share of the constructs that need no human."""
        total = len(self.before.constructs)
        return 1 - len(self.left()) / total if total else 1.0

    def bugs(self) -> list[Said]:
        """Give the findings that say that the tool itself failed."""
        said = self.first + self.second
        return [one for one in said if one.rule in ("PM100", "PM102") or one.outcome == "error"]

    def conditions(self) -> dict[str, Sequence[object]]:
        """Give the conditions, and what breaks each."""
        left = self.left()
        most = MOST_LEFT.get(self.name)
        kept = len(self.after.constructs) / max(1, len(self.before.constructs))
        short = [f"{self.share():.1%} rewritten"] if min(self.share(), 1 - kept) < WANTED_SHARE else []
        return {
            "left and NOT reported": self.unreported(),
            "files that don't compile": self.uncompiled(),
            "converted coroutines with a `yield`": self.unfinished(),
            "the word tornado, not reported": self.silent_names(),
            "files that a second run changes": self.changed_again,
            "errors of the tool": self.bugs(),
            f"less than {WANTED_SHARE:.0%} without a human": short,
            "too much left for a human": left if most is not None and len(left) > most else [],
        }


def referee(name: str, scratch: Path) -> Outcome:
    """Migrate a fresh copy of a release, and look at what became of it.

    :param name: a folder, or the name and version of a release.
    :param scratch: a folder for the copy; it's empty.
    """
    if Path(name).is_dir():
        original = Path(name).resolve()
        name = original.name
    else:
        release = re.fullmatch(r"(.+?)(?:==|-)(\d[^-]*)", name)
        if not release:
            raise BenchmarkError(f"{name} is neither a folder nor the name and version of a release")
        original = unpack_sdist(release[1], release[2], scratch / "original")
    tree = scratch / "copy" / name.replace("==", "-")
    shutil.copytree(original, tree, symlinks=True)
    before = scan_tree(tree)
    first = migrate(tree, scratch / "state")
    old = contents(tree)
    second = migrate(tree, scratch / "state")
    new = contents(tree)
    changed = [path.relative_to(tree).as_posix() for path in old if new.get(path) != old[path]]
    return Outcome(name.replace("==", "-"), tree, before, scan_tree(tree), first, second, changed)


def print_kinds(outcome: Outcome) -> None:
    """Print one row for each kind of construct."""
    before, after = outcome.before.kinds(), outcome.after.kinds()
    silent = Counter(construct.kind for construct in outcome.unreported())
    print("| construct | before | gone | left, reported | left, NOT reported |\n|---|--:|--:|--:|--:|")
    total = [0, 0, 0, 0]
    for kind in sorted(set(before) | set(after), key=lambda one: (-before[one], one)):
        cells = [before[kind], before[kind] - after[kind], after[kind] - silent[kind], silent[kind]]
        total = [old + new for old, new in zip(total, cells)]
        print(f"| `{kind}` | {' | '.join(map(str, cells))} |")
    print(f"| total | {' | '.join(map(str, total))} |\n")


def print_outcome(outcome: Outcome) -> bool:
    """Print what became of one release, and tell whether all conditions hold."""
    print(f"\n## {outcome.name}\n")
    print_kinds(outcome)
    left = outcome.left()
    rules = ", ".join(f"{rule} {count}" for rule, count in Counter(one.rule for one in left).most_common())
    print(f"{len(left)} left for a human ({rules}); {outcome.share():.1%} of the constructs need none.\n")
    good = True
    for title, breaches in outcome.conditions().items():
        print(f"{len(breaches):>5}  {title}")
        for breach in breaches[:20]:
            print(f"       {breach}")
        good = good and not breaches
    return good


def print_sample(outcomes: Sequence[Outcome], size: int, seed: int) -> None:
    """Print left-overs with the lines around them, for a human to judge.

    :param outcomes: what became of the releases.
    :param size: how many to print.
    :param seed: picks them.
    """
    left = [(outcome, one) for outcome in outcomes for one in outcome.second if one.outcome == "left"]
    left = [(outcome, one) for outcome, one in left if one.rule[:3] in FAMILIES]
    for outcome, one in random.Random(seed).sample(left, min(size, len(left))):
        print(f"\n### {outcome.name} {one.path}:{one.line} {one.rule}\n{one.message}\n-> {one.advice}\n")
        lines = (outcome.tree / one.path).read_text(errors="replace").split("\n")
        for number in range(max(1, one.line - 6), min(len(lines), one.line + 6) + 1):
            print(f"{'>' if number == one.line else ' '}{number:>5}  {lines[number - 1]}")


def summary(outcome: Outcome) -> dict[str, object]:
    """Give the figures of one release for programs."""
    return {
        "before": outcome.before.kinds(),
        "after": outcome.after.kinds(),
        "left": [vars(one) for one in outcome.left()],
        "share": outcome.share(),
        "conditions": {title: [str(one) for one in breaches] for title, breaches in outcome.conditions().items()},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the result is its exit status."""
    parser = argparse.ArgumentParser(description="Count what a migration from tornado left in releases.")
    parser.add_argument("sdists", nargs="*", default=SDISTS, help="NAME-VERSION, or a folder")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="print N left-overs with their source")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="picks the sample (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")
    options = parser.parse_args(arguments)
    good = True
    with tempfile.TemporaryDirectory(dir=make_folder(CACHE)) as scratch:
        outcomes = []
        for number, name in enumerate(options.sdists):
            outcomes.append(referee(name, make_folder(Path(scratch).resolve() / str(number))))
            good = print_outcome(outcomes[-1]) and good
        print_sample(outcomes, options.sample, options.seed)
        if options.json:
            options.json.write_text(json.dumps({one.name: summary(one) for one in outcomes}, indent=2))
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
