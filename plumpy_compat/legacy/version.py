"""The version of plumpy whose API this is (in plumpy up to 0.20)."""

from __future__ import annotations

from .warn import warn

__all__ = ["__version__"]

__version__ = "0.15.2"

warn("the module `plumpy.version`", "PLM112")
