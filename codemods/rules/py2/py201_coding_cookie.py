"""Drop the coding cookie of UTF-8.

Before::

    #!/usr/bin/env python
    # -*- coding: utf-8 -*-
    import os

After::

    #!/usr/bin/env python
    import os

UTF-8 is what Python 3 assumes. Off by default, because the line does no harm and goes with every
file. Only in the first two lines, where it counts, and only if the line says nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

_COOKIE = r"#[ \t]*(?:-\*-[ \t]*)?(?:en)?coding[ \t]*[:=][ \t]*[uU][tT][fF]-?8[ \t]*(?:-\*-)?[ \t]*"

rule = Rule(
    "PY201", __doc__, [needle("coding", rf"\A(?:\xef\xbb\xbf)?(?:#[^\n]*\n)?{_COOKIE}(?:\r?\n|\Z)")], default=False
)

_LINE = re.compile(rf"\A(#.*(?:\r\n?|\n))?({_COOKIE}(?:\r\n?|\n|\Z))((?:[ \t]*(?:\r\n?|\n))*)")


@rule.find
def find(module: Module) -> Iterator[Item]:
    match = _LINE.match(module.source.text)
    if match is None or re.match(_COOKIE + r"[\r\n]", match.group(1) or "") is not None:
        return
    if "coding" in "".join(module.source.text[match.end(2) :].splitlines(True)[:2]):
        # What follows might be taken for a cookie then.
        return
    # Without the cookie the file must not begin with blank lines.
    end = match.end(2) if match.group(1) else match.end(3)
    yield rule.inside((match.start(2), end), "", "UTF-8 is what Python 3 assumes", removes=True)
