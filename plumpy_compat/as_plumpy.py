"""Runs a program that says `import plumpy` on this package, unchanged.

    python -m plumpy_compat.as_plumpy -m pytest tests
    python -m plumpy_compat.as_plumpy script.py argument
    python -m plumpy_compat.as_plumpy --legacy -m pytest tests

With `--legacy` it's the API of plumpy 0.14 and 0.15, for code that has tornado in it.

Only this interpreter is affected: programs that it starts are to be started in the same way.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys
from typing import List, NoReturn

from .aliases import install_as_plumpy


def main(arguments: List[str]) -> None:
    """Run `[--legacy] -m module [argument ...]` or `[--legacy] script [argument ...]`."""
    legacy = arguments[:1] == ["--legacy"]
    if legacy:
        arguments = arguments[1:]
    if not arguments or arguments[0] in ("-h", "--help") or arguments == ["-m"]:
        _exit_with_usage(0 if arguments[:1] in (["-h"], ["--help"]) else 2)
    if arguments[0].startswith("-") and arguments[0] != "-m":
        print(f"as_plumpy: unknown option '{arguments[0]}'\n", file=sys.stderr)
        _exit_with_usage(2)
    install_as_plumpy("legacy" if legacy else "modern")
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path.insert(0, os.getcwd())
        _check_module(arguments[1])
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        return
    if not os.path.exists(arguments[0]):
        sys.exit(f"as_plumpy: there is no file '{arguments[0]}'; for a module write -m {arguments[0]}")
    sys.argv = arguments
    sys.path.insert(0, os.path.dirname(os.path.abspath(arguments[0])))
    runpy.run_path(arguments[0], run_name="__main__")


def _check_module(name: str) -> None:
    """Exit with a message if there's no such module."""
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # its package imports something that's missing
        found = None
    if found is None:
        sys.exit(f"as_plumpy: there is no module '{name}'")


def _exit_with_usage(code: int) -> NoReturn:
    print(__doc__, file=sys.stderr if code else sys.stdout)
    sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
