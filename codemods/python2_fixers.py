"""The fissix side of the Python 2 pass; imported only when a file needs it."""

from __future__ import annotations

from typing import Any, List, Tuple, Type

from fissix import pytree
from fissix.fixer_util import ArgList, Attr, Call, Name
from fissix.fixes.fix_except import FixExcept
from fissix.fixes.fix_exec import FixExec
from fissix.fixes.fix_ne import FixNe
from fissix.fixes.fix_paren import FixParen
from fissix.fixes.fix_print import FixPrint
from fissix.fixes.fix_raise import FixRaise
from fissix.fixes.fix_repr import FixRepr
from fissix.fixes.fix_tuple_params import FixTupleParams
from fissix.pgen2 import token
from fissix.refactor import RefactoringTool

from codemods.python2_literals import integer, string


class Print(FixPrint):  # type: ignore[misc]  # fissix has no type hints
    """Print statements, but for those that are calls already: ``print ("a" + b)``."""

    def start_tree(self, tree: Any, filename: str) -> None:
        super().start_tree(tree, filename)
        self._is_function = "print_function" in tree.future_features

    def transform(self, node: Any, results: Any) -> Any:
        if self._is_function or self._is_call(node):
            return None
        return super().transform(node, results)

    @staticmethod
    def _is_call(node: Any) -> bool:
        arguments = node.children[1:]
        if len(arguments) != 1 or arguments[0].type != node_type("atom"):
            return False
        inside = arguments[0].children
        return len(inside) == 3 and inside[0].value == "(" and inside[1].type not in _several()


class Raise(FixRaise):  # type: ignore[misc]
    """Raise statements; a variable that holds the exception is raised itself, with its traceback.

    ``raise kind, value, tb`` usually raises again what ``sys.exc_info()`` gave, and ``kind(value)`` would be
    another exception around it.
    """

    def transform(self, node: Any, results: Any) -> Any:
        kind, value = results["exc"], results.get("val")
        if kind.type == node_type("atom") and len(kind.children) == 3 and kind.children[1].type not in _several():
            # fissix would take these parentheses for a tuple.
            kind = kind.children[1].clone()
            kind.prefix = " "
            results = {**results, "exc": kind}
        if "tb" not in results:
            return super().transform(node, results)
        none = str(value).strip() == "None"
        if none and _is_variable(kind):
            raised = kind.clone()
        elif none:
            raised = Call(kind.clone(), [])
        elif _is_variable(kind) and not _is_text(value):
            raised = value.clone()
        else:
            return super().transform(node, results)
        raised.prefix = " "
        traceback = results["tb"].clone()
        traceback.prefix = ""
        parts = [Name("raise"), *Attr(raised, Name("with_traceback")), ArgList([traceback])]
        return pytree.Node(node_type("raise_stmt"), parts, prefix=node.prefix)


def node_type(name: str) -> int:
    """The number of a grammar symbol."""
    from fissix.pygram import python_symbols

    number: int = getattr(python_symbols, name)
    return number


def _several() -> Tuple[int, ...]:
    """The types of what stands in the parentheses of a tuple or generator, or of a ``yield``."""
    return node_type("testlist_gexp"), node_type("yield_expr")


def _is_variable(node: Any) -> bool:
    """Whether an expression is named like a variable, or is an item, rather than a class."""
    last = str(node).strip().rpartition(".")[2]
    return last[:1].islower() or last.endswith("]")


def _is_text(node: Any) -> bool:
    return any(leaf.type == token.STRING for leaf in node.leaves())


class Tool(RefactoringTool):  # type: ignore[misc]
    """fissix with our choice of fixers.

    :param print_function: whether print and exec are read as functions.
    """

    def __init__(self, *, print_function: bool) -> None:
        self._kinds: List[Type[Any]] = [FixExcept, FixNe, FixParen, Raise, FixRepr, FixTupleParams]
        if not print_function:
            self._kinds += [Print, FixExec]
        super().__init__([], {"print_function": print_function})
        if print_function:
            del self.grammar.keywords["exec"]

    def get_fixers(self) -> Tuple[List[Any], List[Any]]:
        fixers = [kind(self.options, self.fixer_log) for kind in self._kinds]
        fixers.sort(key=lambda fixer: fixer.run_order)
        return [one for one in fixers if one.order == "pre"], [one for one in fixers if one.order == "post"]

    def refactor_tree(self, tree: Any, name: str) -> bool:
        for leaf in tree.leaves():
            if leaf.type in (token.NUMBER, token.STRING):
                new = integer(leaf.value) if leaf.type == token.NUMBER else string(leaf.value)
                if new != leaf.value:
                    leaf.value = new
                    leaf.changed()
        changed: bool = super().refactor_tree(tree, name)
        return changed
