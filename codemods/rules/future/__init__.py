"""FUT: imports from `__future__` that do nothing any more."""
