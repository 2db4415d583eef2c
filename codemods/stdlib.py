"""The names of the standard library's top-level modules."""

from __future__ import annotations

import os
import sys
from typing import FrozenSet

_REMOVED = (
    "aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils formatter imghdr imp lib2to3 mailcap msilib"
    " nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib uu xdrlib"
)

REMOVED = frozenset(_REMOVED.split())
"""Modules that not all supported versions of Python have any more."""


def _names() -> FrozenSet[str]:
    known = getattr(sys, "stdlib_module_names", None)
    if known is not None:
        return frozenset(known)
    # Python 3.8 and 3.9 have no list of them, but a folder.
    folder = os.path.dirname(os.__file__)
    found = {name.split(".")[0] for name in os.listdir(folder) if name != "site-packages"}
    return frozenset(found) | frozenset(sys.builtin_module_names)


STDLIB = _names() - REMOVED
"""Modules that are there whichever version of Python runs."""

EVER_STDLIB = STDLIB | REMOVED
"""What belongs to the group of standard library imports."""
