"""What tornado before 6 needs of the standard library, and Python 3.10 took away."""

from __future__ import annotations

import collections
import collections.abc
import sys


def give_back() -> None:
    """Let `collections` have the abstract base classes again, as parts of tornado 4 and 5 are made of them."""
    if sys.version_info < (3, 10):
        return
    for name in collections.abc.__all__:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
