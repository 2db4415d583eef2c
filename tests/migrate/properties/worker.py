"""Runs programs that come in on standard input, for Python 3.8 and later; see `test_coroutine_programs.py`.

A line of JSON with the sources by module comes in, one with what the program's `run` gives goes out.
"""

import asyncio
import json
import logging
import sys
import traceback
import types
from typing import Any, Dict


def run(sources: Dict[str, str]) -> Any:
    """Run a program, whose last module has the function `run`; say why if that can't be done."""
    try:
        for name, source in sources.items():
            module = sys.modules[name] = types.ModuleType(name)
            exec(compile(source, f"{name}.py", "exec"), module.__dict__)
        return module.run()
    except Exception:
        return {"broken": traceback.format_exc()}
    finally:
        for name in sources:
            sys.modules.pop(name, None)


def main() -> None:
    # What nobody asks for is logged differently, and isn't compared.
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
        asyncio.set_event_loop(None)


if __name__ == "__main__":
    main()
