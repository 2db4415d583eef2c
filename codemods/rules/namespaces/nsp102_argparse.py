"""Replace an `argparse.Namespace()` that is made and filled by hand.

Before::

    arguments = argparse.Namespace()
    arguments.force = True
    main(arguments)

After::

    arguments = types.SimpleNamespace(force=True)
    main(arguments)

(or whatever name the file imports it by). The import of argparse goes if nothing else uses it.

Not where the object takes part in parsing (`parse_args(namespace=...)`), nor where it's seen to be compared, hashed,
printed, weakly referenced or tested with `in`, which only argparse's class can do: these are reported. Where the file
also mentions the class otherwise, in an `isinstance` or an annotation, and the object is handed on, it's reported too.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, List, Optional

from codemods.rule import Item, Rule, needle
from codemods.rules.namespaces.replacing import ESCAPES, ESCAPES_ADVICE, drop_unused, make_instead, spelling
from codemods.rules.namespaces.usage import STORED, Use, bound_to, complaint, uses

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference

rule = Rule("NSP102", __doc__, [needle("argparse", r"\bNamespace\b")], order=40)

ADVICE = "if it only holds attributes, replace it by types.SimpleNamespace"


@rule.find
def find(module: Module) -> Iterator[Item]:
    if "argparse" not in module.import_roots:
        return
    references = [one for one in module.references("argparse.Namespace") if one.canonical == "argparse.Namespace"]
    otherwise = [one for one in references if _call(module, one) is None]
    for one in references:
        call = _call(module, one)
        if call is None or call.args or call.keywords or bound_to(module, call) is None:
            continue
        what = uses(module, call)
        if not any(use.stores for use in what):
            continue
        reason = _refusal(module, call, what, otherwise)
        if reason is not None:
            yield rule.left(module, call, f"this namespace is made by hand, but {reason}", ADVICE)
            continue
        yield from make_instead(rule, module, call, [one.name])
        if any(use.escapes for use in what):
            yield rule.note(module, call, ESCAPES, ESCAPES_ADVICE)
    yield from drop_unused(rule, module, references)


def _call(module: Module, reference: Reference) -> Optional[ast.Call]:
    above = module.parent(reference.node)
    return above if isinstance(above, ast.Call) and above.func is reference.node else None


def _refusal(module: Module, call: ast.Call, what: List[Use], otherwise: List[Reference]) -> Optional[str]:
    trouble = complaint(module, what, (STORED,))
    if trouble is not None:
        return trouble
    if otherwise and any(use.escapes for use in what):
        return f"it is handed on, and line {otherwise[0].node.lineno} mentions its class"
    if spelling(module, call) is None:
        return f"`types` and `SimpleNamespace` mean something else on line {call.lineno}"
    return None
