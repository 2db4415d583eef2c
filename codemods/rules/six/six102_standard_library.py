"""Replace names of six that live in the standard library.

Before::

    import six

    buffer = six.StringIO()

After::

    import io

    buffer = io.StringIO()

These are `StringIO`, `BytesIO`, `wraps`, `MAXSIZE`, `create_bound_method`, and of `six.moves`
`StringIO`, `cStringIO`, `reduce`, `intern`, `reload_module`, `filterfalse`, `zip_longest`,
`shlex_quote`, `getcwd`, `getcwdb`, `getoutput`, `UserDict`, `UserList` and `UserString`. Names that
come by `from six.moves import …` keep their local name; only the import changes.

Left where both the module's and the attribute's name mean something else in the file.
"""

from __future__ import annotations

from codemods.rule import Rule, needle
from codemods.rules.six._names import STDLIB
from codemods.rules.six._rename import renaming

rule = Rule("SIX102", __doc__, [needle("six")])
rule.find(renaming(rule, STDLIB))
