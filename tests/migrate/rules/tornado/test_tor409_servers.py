"""TOR409: what asyncio has nothing for."""

import pytest

from codemods.findings import Outcome
from tests.migrate.rules import checks
from tests.migrate.rules.tornado.loop_tables import stays

NAMES = (
    *("process.Subprocess", "iostream.IOStream", "tcpclient.TCPClient", "tcpserver.TCPServer", "netutil.bind_sockets"),
    *("httpclient.AsyncHTTPClient", "web.RequestHandler", "websocket.WebSocketHandler", "httpserver.HTTPServer"),
    *("options.define", "escape.utf8", "log.app_log", "util.ObjectDict", "ioloop.PollIOLoop", "version_info"),
)


@pytest.mark.parametrize("name", NAMES)
def test_leaves(name: str) -> None:
    stays(f"import tornado.{name.split('.')[0]}\n\nx = tornado.{name}\n", f"no counterpart of `tornado.{name}`")


def test_says_it_once_a_name() -> None:
    source = (
        "from tornado import web\n\nclass A(web.RequestHandler):\n    pass\n\nx = web.RequestHandler, web.Application\n"
    )
    findings = checks.run(source, "TOR409").result.findings
    assert [one.message for one in findings if one.outcome is Outcome.LEFT] == [
        "asyncio has no counterpart of `tornado.web.RequestHandler` (2 times)",
        "asyncio has no counterpart of `tornado.web.Application`",
    ]
    assert all(one.advice for one in findings)
