"""KIW101 to KIW107: the changes of kiwipy's API, and pika's exceptions."""

from __future__ import annotations

from typing import Any, Dict, Tuple

import pytest

from codemods.findings import Outcome
from codemods.registry import code_rules
from tests.migrate.rules.checks import check, check_left, check_untouched
from tests.migrate.rules.plumpy.tables import Modules, cases

RMQ = "import kiwipy.rmq\n\n"
CLASS = RMQ + "class Manager:\n    def __init__(self):\n        self._communicator = None\n\n    "
MANAGER = (
    CLASS + "def get_communicator(self):\n        if self._communicator is None:\n"
    "            self._communicator = self.create_communicator()\n        return self._communicator\n\n"
    "    def create_communicator(self):\n        return kiwipy.rmq.RmqThreadCommunicator.connect(url)\n\n"
    "    def close(self):\n        self._communicator.{}()\n        self.get_communicator().{}()\n"
)
SUBSCRIBED = (
    RMQ + "def f(c, on_task):\n    {}c.add_task_subscriber(on_task)  # on\n    g()\n    c.remove_task_subscriber({})\n"
)
ENTERED = (
    "from kiwipy.rmq import RmqCommunicator\n\nasync def f(c):\n"
    "    {} RmqCommunicator(c) as communicator:  # in\n        await communicator.rpc_send(1, 2)\n"
)

REWRITES: Dict[str, Tuple[str, str, str]] = {
    "connect": (
        RMQ + "c = kiwipy.rmq.connect({'url': u}, loop=x, task_queue='q')\n",
        RMQ + "c = kiwipy.rmq.connect({'url': u}, task_queue='q')\n",
        "KIW101",
    ),
    "connect, in the end": (
        "from kiwipy import rmq\n\nc = rmq.connect(\n    u,\n    loop=x\n)\n",
        "from kiwipy import rmq\n\nc = rmq.connect(\n    u\n)\n",
        "KIW101",
    ),
    "connect of the class": (
        "from kiwipy.rmq import RmqThreadCommunicator as C\n\nC.connect(loop=None)\n",
        "from kiwipy.rmq import RmqThreadCommunicator as C\n\nC.connect()\n",
        "KIW101",
    ),
    "stop": (
        RMQ + "communicator = kiwipy.rmq.connect()\ncommunicator.stop()\n",
        RMQ + "communicator = kiwipy.rmq.connect()\ncommunicator.close()\n",
        "KIW102",
    ),
    "stop in a test": (
        RMQ + "class T:\n    def setUp(self):\n        self.communicator = kiwipy.rmq.connect()\n\n"
        "    def tearDown(self):\n        self.communicator.stop()\n",
        RMQ + "class T:\n    def setUp(self):\n        self.communicator = kiwipy.rmq.connect()\n\n"
        "    def tearDown(self):\n        self.communicator.close()\n",
        "KIW102",
    ),
    "stop of a manager's": (MANAGER.format("stop", "stop"), MANAGER.format("close", "close"), "KIW102"),
    "subscriber": (
        SUBSCRIBED.format("", "on_task"),
        SUBSCRIBED.format("on_task_identifier = ", "on_task_identifier"),
        "KIW103",
    ),
    "entered": (ENTERED.format("with"), ENTERED.format("async with"), "KIW104"),
    "imported exception": (
        "import kiwipy\nfrom pika.exceptions import ConnectionClosed\n\n"
        "try:\n    f()\nexcept ConnectionClosed:\n    pass\n",
        "import kiwipy\nfrom aio_pika.exceptions import ConnectionClosed\n\n"
        "try:\n    f()\nexcept ConnectionClosed:\n    pass\n",
        "KIW106",
    ),
    "exceptions": (
        "import kiwipy\nimport pika.exceptions\n\n"
        "try:\n    f()\nexcept (pika.exceptions.UnroutableError, pika.exceptions.ChannelClosed):\n    pass\n",
        "import kiwipy\nimport aio_pika.exceptions\n\n"
        "try:\n    f()\nexcept (aio_pika.exceptions.DeliveryError, aio_pika.exceptions.ChannelClosed):\n    pass\n",
        "KIW106",
    ),
    "pika that may be missing": (
        "import kiwipy\n\ntry:\n    import pika\n    import pika.exceptions\nexcept ImportError:\n    pika = None\n\n"
        "skip(not pika)\nx = pika.exceptions.UnroutableError, pika.exceptions.ChannelClosed\n",
        "import kiwipy\n\ntry:\n    import aio_pika as pika\nexcept ImportError:\n    pika = None\n\n"
        "skip(not pika)\nx = pika.exceptions.DeliveryError, pika.exceptions.ChannelClosed\n",
        "KIW106",
    ),
    "topika": (
        "import topika\nimport kiwipy\n\nx = topika.Message(topika.DeliveryMode.NOT_PERSISTENT)\n",
        "import aio_pika\nimport kiwipy\n\nx = aio_pika.Message(aio_pika.DeliveryMode.NOT_PERSISTENT)\n",
        "KIW107",
    ),
    "topika with a name": (
        "import topika as t\nimport kiwipy\n\nt.connect(u)\n",
        "import aio_pika as t\nimport kiwipy\n\nt.connect(u)\n",
        "KIW107",
    ),
    "renamed exception": (
        "import kiwipy\nfrom pika.exceptions import NackError\n\nx = NackError\n",
        "import kiwipy\nimport aio_pika.exceptions\n\nx = aio_pika.exceptions.DeliveryError\n",
        "KIW106",
    ),
}


@cases(REWRITES)
def test_becomes(case: Tuple[str, str, str]) -> None:
    findings = check(*case)
    assert not [one for one in findings if one.outcome is Outcome.LEFT]


LEFT: Dict[str, Tuple[str, str, str]] = {
    "loop by position": (RMQ + "kiwipy.rmq.connect(a, b, c)\n", "may get one", "KIW101"),
    "loop in a dictionary": (RMQ + "kiwipy.rmq.connect(**kw)\n", "may get one", "KIW101"),
    "start": (RMQ + "kiwipy.rmq.RmqThreadCommunicator(c).start()\n", "no `start`", "KIW102"),
    "unknown communicator": (
        RMQ + "def f(communicator):\n    communicator.stop()\n",
        "may be a communicator",
        "KIW102",
    ),
    "subscriber elsewhere": (RMQ + "def f(c):\n    c.remove_task_subscriber(g)\n", "takes the identifier", "KIW103"),
    "two subscribers": (
        RMQ
        + "def f(c):\n    c.add_task_subscriber(g)\n    c.add_task_subscriber(g)\n    c.remove_task_subscriber(g)\n",
        "takes the identifier",
        "KIW103",
    ),
    "entered in plain code": (
        "from kiwipy.rmq import RmqCommunicator\n\nwith RmqCommunicator(c) as x:\n    pass\n",
        "by `async with`",
        "KIW104",
    ),
    "called for nothing": (RMQ + "c = kiwipy.rmq.RmqCommunicator(x)\nc.connect()\n", "does nothing", "KIW104"),
    "tools": ("from kiwipy.rmq import utils\n\nutils.ensure_coroutine(f)\n", "may be gone", "KIW105"),
    "tornado": (RMQ + "c.tornado_to_kiwi_future(f)\n", "`tornado_to_kiwi_future`", "KIW105"),
    "pika itself": ("import kiwipy\nimport pika\n\npika.BlockingConnection()\n", "still used", "KIW106"),
    "pika that may be missing, used": (
        "import kiwipy\n\ntry:\n    import pika\nexcept ImportError:\n    pika = None\n\npika.connect()\n",
        "still used",
        "KIW106",
    ),
    "other exception": (
        "import kiwipy\nfrom pika.exceptions import StreamLostError as E\n\nE()\n",
        "still used",
        "KIW106",
    ),
    "topika's own": ("import kiwipy\nimport topika\n\ntopika.tools.f(u)\n", "no `tools`", "KIW107"),
    "topika's names": ("import kiwipy\nfrom topika import Message\n", "names are imported", "KIW107"),
}


@cases(LEFT)
def test_left(case: Tuple[str, str, str]) -> None:
    check_left(*case)


UNTOUCHED: Dict[str, Tuple[str, str]] = {
    "other connect": ("KIW101", RMQ + "import database\n\ndatabase.connect(loop=x)\nkiwipy.rmq.connect(a, b)\n"),
    "runner": ("KIW102", RMQ + "class R:\n    def f(self):\n        self.loop.stop()\n        self.stop()\n"),
    "identifiers": ("KIW103", RMQ + "c.remove_task_subscriber(self._identifier)\nc.remove_rpc_subscriber(f)\n"),
    "thread communicator": ("KIW104", RMQ + "with kiwipy.rmq.connect() as c:\n    c.rpc_send(1, 2)\n"),
    "awaited": ("KIW104", ENTERED.format("async with")),
    "pika alone": ("KIW106", "import asyncio\nimport pika\n\npika.exceptions.ChannelClosed\n"),
}


@cases(UNTOUCHED)
def test_untouched(case: Tuple[str, str]) -> None:
    check_untouched(case[1], case[0])


@pytest.mark.parametrize("row", ["connect", "stop", "subscriber", "entered"])
def test_nothing_in_kiwipy_itself(row: str) -> None:
    check_untouched(REWRITES[row][0], REWRITES[row][2], project=Modules("kiwipy"))


def test_with_the_rules_for_coroutines() -> None:
    before = ENTERED.format("with").replace("async def f", "@gen.coroutine\ndef f").replace("await ", "yield ")
    after = ENTERED.format("async with").replace("async def f", "@aio.eager_coroutine\nasync def f")
    after = after.replace("await communicator.rpc_send(1, 2)", "await aio.as_awaitable(communicator.rpc_send(1, 2))")
    imported = "from kiwipy.rmq import RmqCommunicator\n"
    check(
        "from tornado import gen\n" + before,
        after.replace(imported, imported + "from plumpy_compat import aio\n"),
        "KIW",
        "TOR",
    )


@pytest.mark.parametrize("rule", [one for one in code_rules() if one.family == "KIW"], ids=lambda one: one.code)
def test_rules_explain_themselves(rule: Any) -> None:
    assert rule.title
    assert len(rule.doc) > 100
    assert "shim" not in rule.stages
