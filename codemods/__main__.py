"""The entry point of ``plumpy-migrate`` and of ``python -m codemods``."""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec

NEEDED = ("click", "libcst")
HINT = 'plumpy-migrate needs packages that are not installed; install them with: pip install "plumpy-compat[migrate]"'


def main() -> None:
    """Run the command, or say how to install what it needs."""
    if any(find_spec(name) is None for name in NEEDED):
        print(HINT, file=sys.stderr)
        raise SystemExit(2)
    # Trees and their indexes have no reference cycles, so the collector would only cost time, from the imports on.
    gc.disable()
    try:
        from codemods.cli import command

        command(prog_name="plumpy-migrate")
    except KeyboardInterrupt:  # before the command could see to it
        raise SystemExit(130) from None


# Worker processes import this module under another name, and must not run it.
if __name__ == "__main__":
    main()
