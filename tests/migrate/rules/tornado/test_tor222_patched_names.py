"""TOR222: names of tornado that tests patch."""

from tests.migrate.rules import checks
from tests.migrate.rules.tornado.gen_tables import cases, check_left

LEFT = {
    "mock": "from unittest import mock\n\nwith mock.patch('tornado.gen.sleep'):\n    pass\n",
    "pytest": "def test_it(monkeypatch):\n    monkeypatch.setattr('tornado.ioloop.IOLoop.start', None)\n",
}

NOTHING = {
    "another package": "patch('mytornado.gen.sleep')\n",
    "a logger": "logging.getLogger('tornado.application')\n",
    "not called": "x = 'tornado.gen.sleep'\n",
}


@cases(LEFT)
def test_reports(case: str) -> None:
    check_left(case, "is patched, which has no effect any more")


@cases(NOTHING)
def test_says_nothing(case: str) -> None:
    checks.check_untouched(case, "TOR222")
