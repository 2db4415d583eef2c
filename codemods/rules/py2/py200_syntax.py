"""Convert syntax that only Python 2 reads (with the option `--py2`).

Before::

    try:
        exec code in names
    except ValueError, error:
        print >>log, `error`, 0777
        raise kind, value, traceback

After::

    try:
        exec(code, names)
    except ValueError as error:
        print(repr(error), 0o777, file=log)
        raise value.with_traceback(traceback)

Files that this interpreter doesn't parse are converted by fissix before the other rules see them: print and exec
statements, `except E, e`, `raise E, v`, backticks, `<>`, `ur` strings, octal and long integers, tuple parameters.
A file that Python 3 doesn't read even then is left as it is, and reported.

Only syntax is converted, and only in files that don't parse. What runs otherwise on Python 3 is for a reviewer: `/`
between integers, `print (a), b` (a tuple there), and `raise E, v` where `v` is an exception already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

# The conversion is no edit of a plan: `codemods.migrate` does it before there is one. Files that look like it are
# parsed without --py2 too, so that what can't be read is reported.
rule = Rule(
    "PY200",
    __doc__,
    [
        needle("print ", r"(?:^|[:;])[ \t]*print[ \t]+[\"'%\w]"),
        needle("print>>"),
        needle("print >>"),
        needle("except", r"except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:"),
        needle("except (", r"except[ \t]*\([\w., \t]+\)[ \t]*,[ \t]*\w+[ \t]*:"),
        needle("raise ", r"raise[ \t]+[\w.]+[ \t]*,[ \t]*\S"),
        needle("exec ", r"^[ \t]*exec[ \t]+[\"'\w]"),
        needle("<>", r"[\w)\]][ \t]*<>[ \t]*[\w([\"']"),
        needle("`", r"=[ \t]*`[^`\n]+`"),
        needle("((", r"def[ \t]+\w+\(\("),
        needle("ur'", r"ur'(?<![\w'\"]ur')"),
        needle('ur"', r'ur"(?<![\w\'"]ur")'),
        needle(", 0", r", 0[0-9]+[ \t]*[,)\n]"),
    ],
    default=False,
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    return iter(())
