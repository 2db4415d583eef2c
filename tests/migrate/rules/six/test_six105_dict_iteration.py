"""SIX105: the methods of dictionaries."""

from typing import Tuple

from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays, expressions


def _loops(pairs: "dict[str, str]") -> Rewrites:
    return {
        f"for {before}": (f"import six\n\nfor k in {before}:\n    pass\n", f"for k in {after}:\n    pass\n")
        for before, after in pairs.items()
    }


REWRITES: Rewrites = {
    **_loops(
        {
            "six.iteritems(d)": "d.items()",
            "six.itervalues(d)": "d.values()",
            "six.iterkeys(d)": "d.keys()",
            "six.viewitems(d)": "d.items()",
            "six.iteritems(d, **options)": "d.items(**options)",
            "six.iteritems(d,)": "d.items()",
            "six.iteritems (d)": "d.items()",
            "(six.iteritems(d))": "(d.items())",
            "six.iterkeys(a or b)": "(a or b).keys()",
            "six.iterkeys(a if b else c)": "(a if b else c).keys()",
            "six.iterkeys(lambda: d)": "(lambda: d).keys()",
            "six.iterkeys(-d)": "(-d).keys()",
            "six.iterkeys((d))": "(d).keys()",
            "six.iterkeys('%s' % d)": "('%s' % d).keys()",
            "six.iterkeys(f(d)[0].e)": "f(d)[0].e.keys()",
            "six.iterkeys({'a': 1})": "{'a': 1}.keys()",
            "six.iterkeys(six.moves.filter(a, b))": "filter(a, b).keys()",
            "six.iteritems(dict(six.iteritems(d)))": "dict(d.items()).items()",
            "six.iteritems(self\n        .d)": "(self\n        .d.items())",
            "six.iteritems({\n    'a': 1,  # one\n})": "{\n    'a': 1,  # one\n}.items()",
        }
    ),
    **expressions(
        {
            "list(six.iteritems(d))": "list(d.items())",
            "sorted(six.iteritems(d), key=f)": "sorted(d.items(), key=f)",
            "', '.join(six.iterkeys(d))": "', '.join(d.keys())",
            "y.update(six.iteritems(d))": "y.update(d.items())",
            "zip(six.iterkeys(d), six.moves.zip(six.itervalues(d)))": "zip(d.keys(), zip(d.values()))",
            "{k: v for k, v in six.iteritems(d)}": "{k: v for k, v in d.items()}",
            "k in six.iterkeys(d)": "k in d.keys()",
            "k not in six.itervalues(d)": "k not in d.values()",
            "[*six.iterkeys(d)]": "[*d.keys()]",
            "next(six.iteritems(d))": "next(iter(d.items()))",
            "next(six.itervalues(a or b))": "next(iter((a or b).values()))",
            "six.iteritems(d)": "iter(d.items())",
            "f(six.itervalues(d))": "f(iter(d.values()))",
            "lambda: six.iterkeys(d)": "lambda: iter(d.keys())",
            "six.iterlists(d)": "iter(d.lists())",
            "six.viewkeys(d) & six.viewkeys(e)": "d.keys() & e.keys()",
            "six.viewvalues(d)": "d.values()",
        }
    ),
    **expressions(
        {
            "map(six.viewkeys, many)": 'map(operator.methodcaller("keys"), many)',
            "map(six.viewitems, many)": 'map(operator.methodcaller("items"), many)',
        },
        needs="import operator",
    ),
    "in a function": (
        "import six\n\nasync def f():\n    for k in six.iterkeys(await d):\n        yield six.iterkeys(d)\n",
        "async def f():\n    for k in (await d).keys():\n        yield iter(d.keys())\n",
    ),
    "returned": (
        "from six import iteritems\n\ndef f():\n    return iteritems(d)\n",
        "def f():\n    return iter(d.items())\n",
    ),
}

LEFT: Left = {
    "starred argument": ("import six\n\nfor k in six.iteritems(*d):\n    pass\n", "can't be written as a method call"),
    "no argument": ("import six\n\nsix.iteritems()\n", "can't be written as a method call"),
    "iterator handed on": ("import six\n\nx = map(six.iterkeys, many)\n", "is handed on"),
    "comment before the argument": (
        "import six\n\nfor k in six.iteritems(\n    # which\n    d\n):\n    pass\n",
        "it would lose a comment",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
