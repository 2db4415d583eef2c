"""TOR410: the names of loggers."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import Rewrites, becomes, cases, nothing_said, stays

REWRITES: Rewrites = {
    f"the logger {name}": (
        f"import logging\n\nx = logging.getLogger('{name}')\n",
        "import logging\n\nx = logging.getLogger('asyncio')\n",
    )
    for name in ("tornado", "tornado.application", "tornado.general", "tornado.access")
}
REWRITES.update(
    {
        "quotes": (
            'from logging import getLogger\n\ngetLogger("tornado").setLevel(3)\n',
            'from logging import getLogger\n\ngetLogger("asyncio").setLevel(3)\n',
        ),
        "a table": (
            "LOGGING = {\n    'loggers': {\n        'tornado': {'level': 'INFO'},  # loud\n    },\n}\n",
            "LOGGING = {\n    'loggers': {\n        'asyncio': {'level': 'INFO'},  # loud\n    },\n}\n",
        ),
        "a table by itself": ("LOGGERS = {'tornado': {}}\n", "LOGGERS = {'asyncio': {}}\n"),
        "an entry of a table": (
            "LOGGING['loggers']['tornado'] = {}\n",
            "LOGGING['loggers']['asyncio'] = {}\n",
        ),
        "in tests": (
            "def test(self, caplog):\n    caplog.set_level(3, logger='tornado')\n"
            "    with self.assertLogs('tornado.application'):\n        pass\n",
            "def test(self, caplog):\n    caplog.set_level(3, logger='asyncio')\n"
            "    with self.assertLogs('asyncio'):\n        pass\n",
        ),
    }
)

LEFT: Rewrites = {
    "two of tornado's": ("LOGGING = {'loggers': {'tornado': {}, 'tornado.access': {}}}\n", "have twice"),
    "asyncio's as well": ("LOGGING = {'loggers': {'tornado': {}, 'asyncio': {}}}\n", "have twice"),
    "in two pieces": ("import logging\n\nx = logging.getLogger('tor' 'nado')\n# 'tornado'\n", "a logger of tornado's"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    stays(*case)


def test_notes_the_option_of_aiida() -> None:
    source = "x = get_config_option('logging.tornado_loglevel')\n"
    stays(source, "keeps its name")


def test_leaves_other_tables_alone() -> None:
    nothing_said("REQUIRES = {'tornado': '4.5'}\nx = f('tornado')\ny = 'tornado'\n")


def test_a_note_needs_nothing_to_be_done() -> None:
    from tests.migrate.rules import checks

    found = checks.check_left("x = ('logging.tornado_loglevel',)\n", "keeps its name", "TOR410")
    assert found.outcome is Outcome.NOTE
