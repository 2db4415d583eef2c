"""SIX121: what adds to or takes from `six.moves`."""

from typing import Tuple

from tests.migrate.rules.six.tables import Left, cases, check_stays

LEFT: Left = {
    "added module": (
        "import six\n\nsix.add_move(six.MovedModule('mock', 'mock', 'unittest.mock'))\n",
        "`six.add_move` changes six itself",
    ),
    "added attribute": (
        "from six import MovedAttribute, add_move\n\nadd_move(MovedAttribute('a', 'b', 'c'))\n",
        "`MovedAttribute` changes six itself",
    ),
    "removed": ("import six\n\nsix.remove_move('range')\n", "`six.remove_move` changes six itself"),
    "urllib as a whole": ("import six\n\nx = six.moves.urllib\n", "`six.moves.urllib` is handed on as a whole"),
    "a move that six doesn't have": ("from six.moves import mock\n\nx = mock.patch\n", "line 3 still uses it"),
}


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
