"""SIX115: `six.u` and `six.b`."""

from typing import Tuple

from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays, expressions

REWRITES: Rewrites = {
    **expressions(
        {
            "six.u('a')": "'a'",
            "six.u('\\u00e9')": "'\\u00e9'",
            "six.u(u'a')": "u'a'",
            "six.u(y)": "y",
            "six.u(y + z).strip()": "(y + z).strip()",
            "six.u(f'{y}')": "f'{y}'",
            "six.u('a' 'b')": "('a' 'b')",
            "six.b('a')": "b'a'",
            "six.b('')": "b''",
            'six.b("it\'s")': 'b"it\'s"',
            "six.b('\\xe9\\n')": "b'\\xe9\\n'",
            "six.b(r'\\d')": "br'\\d'",
            "six.b(u'a')": "b'a'",
            "six.b('''a\nb''')": "b'''a\nb'''",
            "six.b('a' 'b')": "b'a' b'b'",
            "six.b('a'\n          'b')": "(b'a'\n          b'b')",
            "six.b('%s') % y": "b'%s' % y",
            "six.b('a').decode()": "b'a'.decode()",
            "six.b(y)": 'y.encode("latin-1")',
            "six.b(y + z)": '(y + z).encode("latin-1")',
            "six.b(y if z else '')": "(y if z else '').encode(\"latin-1\")",
            "six.b('é')": "'é'.encode(\"latin-1\")",
            "six.b('\\u00e9')": "'\\u00e9'.encode(\"latin-1\")",
            "six.b('\\N{DIGIT ONE}')": "'\\N{DIGIT ONE}'.encode(\"latin-1\")",
            "six.b('a' 'é')": "('a' 'é').encode(\"latin-1\")",
            "six.b(f'{y}')": "f'{y}'.encode(\"latin-1\")",
            "f(six.b('a'), six.u('b'))": "f(b'a', 'b')",
        }
    ),
    "by name": ("from six import b, u\n\nx = b('a') + b('b'), u('c')\n", "x = b'a' + b'b', 'c'\n"),
}

LEFT: Left = {
    "b handed on": ("import six\n\nx = map(six.b, y)\n", "is handed on"),
    "u handed on": ("import six\n\nx = map(six.u, y)\n", "is handed on"),
    "starred": ("import six\n\nx = six.b(*y)\n", "is handed on"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
