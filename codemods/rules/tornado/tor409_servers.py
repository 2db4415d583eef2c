"""Report the parts of tornado that asyncio has nothing for.

These are the servers and clients (`web`, `websocket`, `httpclient`, `tcpclient`, `iostream`, `netutil`), `process`, and
what belongs to them (`escape`, `options`, `log`, `template`, …). Each name is reported once a file, with what could
take its place; nothing is rewritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Iterator, List

from codemods.rule import Item, Rule, importing
from codemods.rules.tornado._loops import STAGES
from codemods.rules.tornado.tor221_exceptions import ADVICE, RENAMED

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference

rule = Rule("TOR409", __doc__, [importing("tornado")], stages=STAGES)

_KNOWN = frozenset(["gen", "concurrent", "locks", "queues", "platform", "testing", "stack_context", "coroutine"])
"""The parts that other rules deal with."""
_IOLOOP = frozenset(["IOLoop", "PeriodicCallback", "TimeoutError"])
_STREAMS = "use asyncio's streams (`asyncio.open_connection`, `asyncio.start_server`)"
_WEB = "tornado from 5.0 on runs on asyncio's loop: update it, or use a web framework for asyncio"
_CLIENT = "tornado from 5.0 on runs on asyncio's loop: update it, or use an HTTP client for asyncio"
_PARTS = {
    **dict.fromkeys(("iostream", "tcpclient", "tcpserver"), _STREAMS),
    **dict.fromkeys(
        ("web", "websocket", "httpserver", "http1connection", "wsgi", "auth", "routing", "template", "locale"), _WEB
    ),
    **dict.fromkeys(("httpclient", "simple_httpclient", "curl_httpclient", "httputil"), _CLIENT),
    "process": "use `asyncio.create_subprocess_exec`",
    "netutil": "use `loop.getaddrinfo`, `asyncio.start_server` and the module `socket`",
    "options": "use `argparse`",
    "escape": "use `json`, `html`, `urllib.parse` and `str.encode`",
    "log": "use the loggers of `logging`; asyncio's is `asyncio`",
    "util": "use what the standard library has for it",
    "autoreload": "do without it",
    "ioloop": "use a loop of asyncio",
    "version": "drop what depends on tornado's version",
    "version_info": "drop what depends on tornado's version",
}


@rule.find
def find(module: Module) -> Iterator[Item]:
    found: Dict[str, List[Reference]] = {}
    for reference in module.references("tornado"):
        parts = reference.canonical.split(".")
        if len(parts) < 2 or parts[1] in _KNOWN or reference.canonical in ADVICE or reference.canonical in RENAMED:
            continue
        if parts[1] == "ioloop" and (len(parts) == 2 or parts[2] in _IOLOOP):
            continue
        found.setdefault(".".join(parts[:3]), []).append(reference)
    for name, references in found.items():
        part = name.split(".")[1]
        times = f" ({len(references)} times)" if len(references) > 1 else ""
        advice = _PARTS.get(part, "use what asyncio or another library has for it")
        yield rule.left(module, references[0].node, f"asyncio has no counterpart of `{name}`{times}", advice)
