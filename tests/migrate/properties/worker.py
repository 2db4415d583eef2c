"""Runs programs that come in on standard input, for Python 3.8 and later; see `test_coroutine_programs.py`.

A line of JSON with the source comes in, one with what the program's `run` gives goes out.
"""

import asyncio
import json
import logging
import sys
import traceback
from typing import Any, Dict


def run(source: str) -> Any:
    """Run a program; say why if that can't be done."""
    scope: Dict[str, Any] = {"__name__": "program"}
    try:
        exec(compile(source, "program.py", "exec"), scope)
        return scope["run"]()
    except Exception:
        return {"broken": traceback.format_exc()}


def main() -> None:
    # What nobody asks for is logged differently, and isn't compared.
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
        asyncio.set_event_loop(None)


if __name__ == "__main__":
    main()
