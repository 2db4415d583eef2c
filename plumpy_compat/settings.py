"""Switches for the checks of `plumpy_compat.lang`; `plumpy_compat.utils` reads them once, when it is imported."""

#: Check at each call that a protected method is called from its own class hierarchy.
check_protected = False
#: Check at each call that a method marked as an override does override something.
check_override = False
