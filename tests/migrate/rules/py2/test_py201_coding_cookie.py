"""PY201: the coding cookie."""

import pytest

from codemods.registry import code_rules
from tests.migrate.rules.checks import check, check_untouched, run

REWRITES = {
    "first line": ("# -*- coding: utf-8 -*-\nx = 1\n", "x = 1\n"),
    "below the shebang": ("#!/usr/bin/env python\n# coding=UTF8\n\nx = 1\n", "#!/usr/bin/env python\n\nx = 1\n"),
    "blank lines below": ("# encoding: utf-8\n\n\nx = 1\n", "x = 1\n"),
    "nothing else": ("# coding: utf-8\n", ""),
    "windows newlines": ("# -*- coding: utf-8 -*-\r\nx = 1\r\n", "x = 1\r\n"),
    "above an import that is added to": ("# coding: utf-8\nimport io\n\nx = 'é'\n", "import io\n\nx = 'é'\n"),
}

UNTOUCHED = {
    "other encoding": "# -*- coding: ascii -*-\nx = 1\n",
    "third line": "# a\n# b\n# coding: utf-8\n",
    "below code": "x = 1\n# coding: utf-8\n",
    "says more": "# vim: set fileencoding=utf-8 ts=4:\nx = 1\n",
    "another one would count": "# coding: utf-8\n# a\n# coding: ascii\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY201")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY201")


def test_is_off_by_default() -> None:
    assert [rule.default for rule in code_rules() if rule.code == "PY201"] == [False]
    assert run("# coding: utf-8\n").result.after is None
