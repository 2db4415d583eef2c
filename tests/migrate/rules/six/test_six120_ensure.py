"""SIX120: `ensure_text`, `ensure_str` and `ensure_binary`."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.six.tables import Rewrites, cases, check_becomes, expressions

SHIM = "from plumpy_compat.text import"

REWRITES: Rewrites = {
    **expressions(
        {
            "six.ensure_text('a')": "'a'",
            "six.ensure_str(', '.join(y))": "', '.join(y)",
            "six.ensure_str('{}'.format(y))": "'{}'.format(y)",
            "six.ensure_text(f'{y}')": "f'{y}'",
            "six.ensure_str(str(y))": "str(y)",
            "six.ensure_str(repr(y))": "repr(y)",
            "six.ensure_binary('a')": "b'a'",
        }
    ),
    **expressions(
        {
            "six.ensure_text(y)": "ensure_str(y)",
            "six.ensure_str(y, 'ascii')": "ensure_str(y, 'ascii')",
            "six.ensure_str(y, encoding='ascii', errors='strict')": "ensure_str(y, encoding='ascii', errors='strict')",
            "six.ensure_text('a', 'ascii')": "ensure_str('a', 'ascii')",
            "six.ensure_text(b'a')": "ensure_str(b'a')",
            "map(six.ensure_str, y)": "map(ensure_str, y)",
        },
        needs=f"{SHIM} ensure_str",
    ),
    **expressions(
        {
            "six.ensure_binary(y)": "ensure_bytes(y)",
            "six.ensure_binary('é')": "ensure_bytes('é')",
            "six.ensure_binary('\\u1234')": "ensure_bytes('\\u1234')",
        },
        needs=f"{SHIM} ensure_bytes",
    ),
    "standard input": (
        "import six\nimport sys\n\nx = six.ensure_text(sys.stdin.read())\n",
        "import sys\n\nx = sys.stdin.read()\n",
    ),
    "helper's name taken": (
        "import six\n\ndef ensure_str(x):\n    return six.ensure_str(x)\n",
        "import plumpy_compat.text\n\ndef ensure_str(x):\n    return plumpy_compat.text.ensure_str(x)\n",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


def test_notes_the_new_requirement_once() -> None:
    before = "import six\n\nx = six.ensure_str(y), six.ensure_binary(z)\n"
    findings = check_becomes((before, f"{SHIM} ensure_bytes, ensure_str\n\nx = ensure_str(y), ensure_bytes(z)\n"))
    notes = [one for one in findings if one.outcome is Outcome.NOTE]
    assert len(notes) == 1
    assert "plumpy-compat" in notes[0].advice
