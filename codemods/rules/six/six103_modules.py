"""Replace modules of `six.moves` by the modules they are on Python 3.

Before::

    import six

    connection = six.moves.http_client.HTTPConnection(host)
    six.moves.urllib.parse.quote(name)

After::

    import http.client
    import urllib.parse

    connection = http.client.HTTPConnection(host)
    urllib.parse.quote(name)

Modules that come by `from six.moves import …` keep their local name; only the import changes.
`from six.moves import urllib` becomes one import for each submodule that the file uses, as plain
`import urllib` has none of them.
"""

from __future__ import annotations

from codemods.rule import Rule, needle
from codemods.rules.six._names import MODULES
from codemods.rules.six._rename import renaming

rule = Rule("SIX103", __doc__, [needle("six")])
rule.find(renaming(rule, MODULES))
