"""SIX117: attributes of functions and methods."""

from typing import Tuple

from codemods.rules.six.six117_function_attributes import ATTRIBUTES
from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays, expressions

REWRITES: Rewrites = {
    **expressions({f"six.{name}(f)": f"f.{attribute}" for name, attribute in ATTRIBUTES.items()}),
    **expressions(
        {f"map(six.{name}, y)": f'map(operator.attrgetter("{one}"), y)' for name, one in ATTRIBUTES.items()},
        needs="import operator",
    ),
    **expressions(
        {
            "six.get_function_code(a or b).co_name": "(a or b).__code__.co_name",
            "six.get_function_globals(lambda: 1)": "(lambda: 1).__globals__",
            "six.get_unbound_function(A.f)": "A.f",
            "six.get_unbound_function(a or b)(c)": "(a or b)(c)",
            "six.create_unbound_method(f, A)": "f",
            "six.create_unbound_method(f, pkg.A)": "f",
        }
    ),
}

LEFT: Left = {
    "class that is computed": (
        "import six\n\nx = six.create_unbound_method(f, g())\n",
        "arguments that can't be dropped",
    ),
    "handed on": ("import six\n\nx = map(six.get_unbound_function, y)\n", "is handed on"),
    "keywords": ("import six\n\nx = six.get_function_code(func=f)\n", "arguments that can't be dropped"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
