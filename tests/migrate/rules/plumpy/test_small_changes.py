"""PLM104 to PLM119: the changes of plumpy's API, rule by rule."""

from __future__ import annotations

from typing import Any, Dict, Tuple

import pytest

from codemods.findings import Outcome
from codemods.registry import code_rules
from tests.migrate.rules.checks import check, check_left, check_untouched
from tests.migrate.rules.plumpy.tables import Modules, cases

HEAD = "import plumpy_compat as plumpy\n"
AIO = HEAD + "from plumpy_compat import aio\n"
ASYNCIO = "import asyncio\n\n" + HEAD
CLASS = "\n\nclass Job(plumpy.Process):\n    def f(self, queue):\n        "


def _in_class(before: str, after: str, needs: str = HEAD) -> Tuple[str, str, str]:
    return HEAD + CLASS + before + "\n", needs + CLASS + after + "\n", ""


def _line(code: str, before: str, after: str, needs: str = HEAD) -> Tuple[str, str, str]:
    return HEAD + "\n" + before + "\n", needs + "\n" + after + "\n", code


RUNNING = HEAD + "\n\nclass R(plumpy.Running):\n    async def execute(self):\n        "
WAITS = "\nasync def f(c):\n    try:\n        await c\n    except {}:\n        pass\n"

REWRITES: Dict[str, Tuple[str, str, str]] = {
    "gather a list": _line("PLM104", "plumpy.gather([a, b])", "plumpy.gather(*[a, b])"),
    "gather a variable": _line("PLM104", "xs = []\nplumpy.gather(xs)", "xs = []\nplumpy.gather(*xs)"),
    "gather a comprehension": _line(
        "PLM104", "plumpy.futures.gather([f(x) for x in xs])", "plumpy.futures.gather(*[f(x) for x in xs])"
    ),
    "future in a method": (*_in_class("self.x = plumpy.Future()", "self.x = aio.create_future()", AIO)[:2], "PLM105"),
    "future by name": (
        "from plumpy import Future\n\nx = Future()\nisinstance(x, Future)\n",
        "from plumpy import Future\nfrom plumpy_compat import aio\n\nx = aio.create_future()\nisinstance(x, Future)\n",
        "PLM105",
    ),
    "done": (*_in_class("return self.done()", "return self.has_terminated()")[:2], "PLM106"),
    "done of a new one": _line("PLM106", "plumpy.Process().done()", "plumpy.Process().has_terminated()"),
    "message is sent": _line(
        "PLM108", "c.rpc_send(pid, plumpy.KILL_MSG)", "c.rpc_send(pid, plumpy.MessageBuilder.kill())"
    ),
    "message by name": (
        "from plumpy_compat import PAUSE_MSG\n\nc.rpc_send(pid, PAUSE_MSG)\n",
        "from plumpy_compat import PAUSE_MSG\nfrom plumpy_compat import MessageBuilder\n\n"
        "c.rpc_send(pid, MessageBuilder.pause())\n",
        "PLM108",
    ),
    "message of the module": _line(
        "PLM108",
        "c.rpc_send(pid, plumpy.process_comms.STATUS_MSG)",
        "c.rpc_send(pid, plumpy.process_comms.MessageBuilder.status())",
    ),
    "key": _line("PLM108", "plumpy.process_comms.MESSAGE_KEY", "plumpy.process_comms.MESSAGE_TEXT_KEY"),
    "text of a kill": (*_in_class("self.kill(msg='enough')", "self.kill(msg_text='enough')")[:2], "PLM109"),
    "text of a base's pause": (*_in_class("super().pause(msg=queue)", "super().pause(msg_text=queue)")[:2], "PLM109"),
    "text of a controller": _line(
        "PLM109",
        "c = plumpy.RemoteProcessThreadController(x)\nc.kill_process(1, msg='a')\nc.pause_all(msg='b')",
        "c = plumpy.RemoteProcessThreadController(x)\nc.kill_process(1, msg_text='a')\nc.pause_all(msg_text='b')",
    ),
    "cancelled": (
        HEAD + WAITS.format("plumpy.CancelledError"),
        ASYNCIO + WAITS.format("(plumpy.CancelledError, asyncio.CancelledError)"),
        "PLM110",
    ),
    "kiwipy's cancelled, with a name": (
        "import kiwipy\n" + WAITS.format("(KeyError, kiwipy.CancelledError) as e"),
        "import asyncio\n\nimport kiwipy\n"
        + WAITS.format("(KeyError, kiwipy.CancelledError, asyncio.CancelledError) as e"),
        "PLM110",
    ),
    "cancelled while a loop runs": (
        HEAD + "\ndef f(loop):\n    with self.assertRaises(plumpy.CancelledError):\n        aio.run_sync(loop, g)\n",
        ASYNCIO + "\ndef f(loop):\n    with self.assertRaises((plumpy.CancelledError, asyncio.CancelledError)):\n"
        "        aio.run_sync(loop, g)\n",
        "PLM110",
    ),
    "cancelled, in a callback": (
        HEAD + "\ndef f(x):\n    def done(y):\n        try:\n            y.result()\n"
        "        except plumpy.CancelledError:\n            pass\n    x.add_done_callback(done)\n",
        ASYNCIO + "\ndef f(x):\n    def done(y):\n        try:\n            y.result()\n"
        "        except (plumpy.CancelledError, asyncio.CancelledError):\n            pass\n"
        "    x.add_done_callback(done)\n",
        "PLM110",
    ),
    "cancelled, in a tuple": (
        HEAD + "\nasync def f(x):\n    await retry(ignore=(plumpy.CancelledError, KeyError))\n",
        ASYNCIO + "\nasync def f(x):\n"
        "    await retry(ignore=(plumpy.CancelledError, KeyError, asyncio.CancelledError))\n",
        "PLM110",
    ),
    "policy": _line("PLM111", "plumpy.set_event_loop_policy()\nf()", "f()"),
    "the version": _line("PLM112", "plumpy.version.__version__", "plumpy.__version__"),
    "the version by name": (
        "from plumpy.version import __version__ as v\n",
        "from plumpy_compat import __version__ as v\n",
        "PLM112",
    ),
    "the version's module": (
        "from plumpy import version\n\nversion.__version__\n",
        "import plumpy_compat\n\nplumpy_compat.__version__\n",
        "PLM112",
    ),
    "the version's module of the package": (
        "import plumpy.version\n\nplumpy.version.__version__\n",
        "import plumpy_compat as plumpy\n\nplumpy.__version__\n",
        "PLM112",
    ),
    "the stack's top": (
        "import plumpy\nfrom plumpy import stack\n\nstack.top()\n",
        "import plumpy\n\nplumpy.Process.current()\n",
        "PLM112",
    ),
    "patched names": (
        "from unittest import mock\n\nmock.patch('plumpy.process_comms.f')\nx = 'plumpy.Process'\n",
        "from unittest import mock\n\nmock.patch('plumpy_compat.process_comms.f')\nx = 'plumpy.Process'\n",
        "PLM116",
    ),
    "import or skip": (
        "import pytest\n\nplumpy = pytest.importorskip('plumpy')\n",
        "import pytest\n\nplumpy = pytest.importorskip('plumpy_compat')\n",
        "PLM116",
    ),
    "unawaited": (
        *_in_class("self.step_until_terminated()  # go", "aio.create_task(self.step_until_terminated())  # go", AIO)[
            :2
        ],
        "PLM117",
    ),
    "awaited later": _line(
        "PLM117",
        "c = plumpy.RemoteProcessController(x)\nf = c.launch_process(Job)",
        "c = plumpy.RemoteProcessController(x)\nf = aio.create_task(c.launch_process(Job))",
        AIO,
    ),
}


@cases(REWRITES)
def test_becomes(case: Tuple[str, str, str]) -> None:
    findings = check(*case)
    assert not [one for one in findings if one.outcome is Outcome.LEFT]


MODERN: Dict[str, Tuple[str, str, str]] = {
    "fail": (*_in_class("self.fail(error)", "self.fail(error, None)")[:2], "PLM107"),
    "get the loop": _line("PLM111", "plumpy.get_event_loop()", "plumpy.get_or_create_event_loop()"),
    "get the loop by name": (
        "from plumpy import get_event_loop\n\nx = get_event_loop()\n",
        "from plumpy import get_event_loop\nfrom plumpy import get_or_create_event_loop\n\n"
        "x = get_or_create_event_loop()\n",
        "PLM111",
    ),
    "new loop": _line(
        "PLM111",
        "loop = plumpy.new_event_loop()  # fresh",
        "loop = asyncio.new_event_loop()\nasyncio.set_event_loop(loop)  # fresh",
        ASYNCIO,
    ),
    "set the loop": _line("PLM111", "plumpy.set_event_loop(None)", "asyncio.set_event_loop(None)", ASYNCIO),
    "run on a loop": _line("PLM111", "plumpy.run_until_complete(f, loop)", "loop.run_until_complete(f)"),
    "run on a loop by keyword": _line(
        "PLM111", "plumpy.events.run_until_complete(f(1), loop=self._loop)", "self._loop.run_until_complete(f(1))"
    ),
    "run on the current loop": _line(
        "PLM111", "x = plumpy.run_until_complete(f)", "x = plumpy.get_or_create_event_loop().run_until_complete(f)"
    ),
    "what a state runs": (
        RUNNING + "result = self.run_fn(*self.args)\n        x = self.run_fn().x\n",
        RUNNING + "result = await self.run_fn(*self.args)\n        x = (await self.run_fn()).x\n",
        "PLM118",
    ),
    "the version": (
        "from plumpy.version import __version__\n",
        "from plumpy import __version__\n",
        "PLM112",
    ),
}


@cases(MODERN)
def test_becomes_for_plumpy(case: Tuple[str, str, str]) -> None:
    findings = check(*case, runtime="plumpy")
    assert not [one for one in findings if one.outcome is Outcome.LEFT]
    if case[2] != "PLM112":
        check_untouched(case[0], case[2])


def _class(body: str, base: str = "plumpy.Process") -> str:
    return HEAD + f"\n\nclass C({base}):\n    {body}\n"


LEFT: Dict[str, Tuple[str, str, str]] = {
    "future's class": (_class("pass", "plumpy.Future"), "asyncio's, not tornado's", "PLM105"),
    "stack": ("from plumpy import stack\n\nstack.push(p)\n", "no module stack", "PLM112"),
    "stack of the package": (HEAD + "\nplumpy.stack.push(p)\n", "no module stack", "PLM112"),
    "the stack's top, not called": (HEAD + "\nf(plumpy.stack.top)\n", "no module stack", "PLM112"),
    "the version's parts": (HEAD + "\nplumpy.version.version_info\n", "no module version", "PLM112"),
    "sync step": (_class("def step(self):\n        pass"), "awaits `step`", "PLM113"),
    "sync state": (_class("def execute(self):\n        pass", "plumpy.Waiting"), "awaits `execute`", "PLM113"),
    "sync launcher": (
        _class("def _launch(self, c):\n        pass", "plumpy.ProcessLauncher"),
        "awaits `_launch`",
        "PLM113",
    ),
    "excepted": (_class("def transition_excepted(self, *a):\n        pass"), "`transition_excepted`", "PLM113"),
    "listener": (
        _class("def __init__(self, x):\n        self.x = x", "plumpy.ProcessListener"),
        "saved with their process",
        "PLM113",
    ),
    "exception": (HEAD + "plumpy.persistence.SavableFuture.EXCEPTION\n", "is gone", "PLM113"),
    "predicate": (
        HEAD + "\n\nclass W(plumpy.WorkChain):\n    @classmethod\n    def define(cls, spec):\n"
        "        spec.outline(plumpy.if_(cls.ready)(cls.go))\n\n    def ready(self):\n        self.ctx.x\n",
        "returns nothing",
        "PLM115",
    ),
    "policy that is handed on": (HEAD + "f(plumpy.set_event_loop_policy)\n", "does nothing", "PLM111"),
}


@cases(LEFT)
def test_left(case: Tuple[str, str, str]) -> None:
    check_left(*case)
    if case[2] not in ("PLM112",):
        check_untouched(case[0], case[2], project=Modules("plumpy"))


LEFT_FOR_PLUMPY: Dict[str, Tuple[str, str, str]] = {
    "gather what may be a list": (HEAD + "\ndef f(x):\n    return plumpy.gather(x)\n", "no list", "PLM104"),
    "message that is compared": (HEAD + "\nmsg == plumpy.KILL_MSG\n", "no `KILL_MSG`", "PLM108"),
    "override of kill": (_class("def kill(self, msg=None):\n        pass"), "`msg_text`", "PLM109"),
    "unknown process": (HEAD + "\ndef f(process):\n    process.kill(msg='a')\n", "`msg`", "PLM109"),
    "unknown controller": (HEAD + "\ndef f(controller):\n    controller.kill_process(1, msg='a')\n", "`msg`", "PLM109"),
    "new loop in an expression": (HEAD + "\nf(plumpy.new_event_loop())\n", "no `new_event_loop`", "PLM111"),
    "loop function": (HEAD + "\nf = plumpy.get_event_loop\n", "no `get_event_loop`", "PLM111"),
    "label": (
        _class("def f(self):\n        self.transition_to(plumpy.ProcessState.KILLED, 'x')"),
        "takes a state",
        "PLM113",
    ),
    "eager step": (
        AIO + "\n\nclass C(plumpy.Process):\n    @aio.eager_coroutine\n    async def run(self):\n        pass\n",
        "doesn't await `run`",
        "PLM113",
    ),
    "uncalled step": (
        AIO + "\n\nclass C(plumpy.Process):\n    @aio.eager_coroutine\n    async def go(self):\n        pass\n",
        "doesn't await `go`",
        "PLM113",
    ),
    "listener that holds something": (
        _class("def __init__(self, x):\n        super().__init__()", "plumpy.ProcessListener"),
        "copies a listener",
        "PLM113",
    ),
    "loop of a loaded process": (
        HEAD + "\nplumpy.LoadSaveContext(loop=loop)\n",
        "belong to the current loop",
        "PLM105",
    ),
    "which is the loop": (HEAD + "\nplumpy.run_until_complete(a, b)\n", "not clear which", "PLM111"),
    "runs are handed on": (HEAD + "\nf(plumpy.run_until_complete)\n", "the loop first", "PLM111"),
    "what a state runs in plain code": (
        _class("def f(self):\n        x = self.run_fn()", "plumpy.process_states.Running"),
        "gives a coroutine",
        "PLM118",
    ),
    "text of one that was killed": (HEAD + "\nassert p.killed_msg() == 'a'\n", "gives a message", "PLM119"),
    "text that a listener gets": (
        _class("def on_process_killed(self, process, msg):\n        log(msg)", "plumpy.ProcessListener"),
        "gives `on_process_killed` a message",
        "PLM119",
    ),
    "text that a process gets": (
        _class("def on_kill(self, text):\n        super().on_kill(text)\n        self.x = text"),
        "gives `on_kill` a message",
        "PLM119",
    ),
    "gone name": ("from plumpy.utils import wrap_dict\n", "no `utils.wrap_dict`", "PLM114"),
    "gone attribute": (HEAD + "\nplumpy.utils.ListenContext(a)\n", "no `utils.ListenContext`", "PLM114"),
}


@cases(LEFT_FOR_PLUMPY)
def test_left_for_plumpy(case: Tuple[str, str, str]) -> None:
    check_left(*case, runtime="plumpy")
    check_untouched(case[0], case[2])


UNTOUCHED: Dict[str, Tuple[str, str]] = {
    "gather of one": ("PLM104", HEAD + "\ndef f(x):\n    return plumpy.gather(x)\n"),
    "gather of some": ("PLM104", HEAD + "\nplumpy.gather(a, b)\nplumpy.gather(*xs)\nasyncio.gather([a])\n"),
    "future in a coroutine": ("PLM105", HEAD + "\nasync def f():\n    return plumpy.Future()\n"),
    "future of a loop": ("PLM105", HEAD + "\nx = plumpy.Future(loop=loop)\n"),
    "done of a future": (
        "PLM106",
        HEAD + "\nplumpy.Process().future().done()\n\ndef f(process):\n    process.done()\n",
    ),
    "own done": ("PLM106", _class("def done(self):\n        return 1\n\n    def f(self):\n        self.done()")),
    "test's fail": (
        "PLM107",
        "import unittest\n\nclass T(unittest.TestCase):\n    def f(self):\n        self.fail('x')\n",
    ),
    "own kill": (
        "PLM109",
        _class("def kill(self, msg=None):\n        pass\n\n    def f(self):\n        self.kill(msg='x')"),
    ),
    "other kill": ("PLM109", HEAD + "\ndef f(p):\n    p.kill(msg='x')\n    plumpy.Wait(msg='x')\n"),
    "cancelled in plain code": (
        "PLM110",
        HEAD + "\ndef f(c):\n    try:\n        c.result()\n    except plumpy.CancelledError:\n        pass\n",
    ),
    "cancelled without waiting": (
        "PLM110",
        HEAD + "\nasync def f(c):\n    try:\n        c.result()\n    except plumpy.CancelledError:\n        await c\n",
    ),
    "cancelled elsewhere": (
        "PLM110",
        ASYNCIO + WAITS.format("plumpy.CancelledError") + "    except asyncio.CancelledError:\n        raise\n",
    ),
    "async step": ("PLM113", _class("async def step(self):\n        pass")),
    "good listener": (
        "PLM113",
        _class("def __init__(self, x):\n        super().__init__()", "plumpy.ProcessListener"),
    ),
    "good predicate": (
        "PLM115",
        HEAD + "\n\nclass W(plumpy.WorkChain):\n    @classmethod\n    def define(cls, spec):\n"
        "        spec.outline(plumpy.while_(cls.ready)(cls.go))\n\n    def ready(self):\n        return self.ctx.x\n",
    ),
    "other strings": ("PLM116", "from unittest import mock\n\nmock.patch('plumpyx.y')\nlog('plumpy.Process', patch)\n"),
    "awaited": ("PLM117", HEAD + "\nasync def f():\n    await plumpy.Process().step_until_terminated()\n"),
    "handed on": ("PLM117", HEAD + "\nloop.create_task(plumpy.Process().step_until_terminated())\n"),
    "thread controller": ("PLM117", HEAD + "\nplumpy.RemoteProcessThreadController(c).kill_process(1)\n"),
}


@cases(UNTOUCHED)
def test_untouched(case: Tuple[str, str]) -> None:
    check_untouched(case[1], case[0])


EAGER = AIO + "\n\nclass C(plumpy.Process):\n    @aio.eager_coroutine\n    async def ask(self):\n        pass\n"

UNTOUCHED_FOR_PLUMPY: Dict[str, Tuple[str, str]] = {
    "loop of none": ("PLM105", HEAD + "\nplumpy.LoadSaveContext(communicator=c)\n"),
    "loop first": ("PLM111", HEAD + "\nplumpy.run_until_complete(self.loop, f)\n"),
    "called only": ("PLM113", EAGER + "\n    def f(self):\n        return g(self.ask())\n"),
    "listener that says how to copy it": (
        "PLM113",
        _class(
            "def __init__(self, x):\n        super().__init__()\n\n    def __deepcopy__(self, m):\n        return self",
            "plumpy.ProcessListener",
        ),
    ),
    "what a state runs, awaited": ("PLM118", RUNNING + "return await f(await self.run_fn(), self.run_fn())\n"),
    "what another runs": ("PLM118", HEAD + "\nasync def f(x):\n    y = x.run_fn()\n"),
    "text out of a message": ("PLM119", HEAD + "\np.killed_msg()['message']\np.killed_msg().get('message')\n"),
    "own text": (
        "PLM119",
        _class("def killed_msg(self):\n        return 'a'\n\n    def f(self):\n        return self.killed_msg()"),
    ),
    "text that goes to the base": ("PLM119", _class("def on_kill(self, msg):\n        super().on_kill(msg)")),
}


@cases(UNTOUCHED_FOR_PLUMPY)
def test_untouched_for_plumpy(case: Tuple[str, str]) -> None:
    check_untouched(case[1], case[0], runtime="plumpy")


@cases(REWRITES)
def test_nothing_in_plumpy_itself(case: Tuple[str, str, str]) -> None:
    if case[2] == "PLM110":  # what is awaited raises asyncio's there as well
        check(*case, project=Modules("plumpy"))
    else:
        check_untouched(case[0], case[2], project=Modules("plumpy"))


def test_the_stack_of_the_package() -> None:
    source = "import plumpy.stack\n\nplumpy.stack.top()\nplumpy.stack.push(p)\n"
    after = HEAD + "\nplumpy.Process.current()\nplumpy.stack.push(p)\n"
    left = [one for one in check(source, after, "PLM112") if one.outcome is Outcome.LEFT]
    assert [(one.line, one.message) for one in left] == [(4, "plumpy has no module stack any more")]


def test_gather_says_what_differs() -> None:
    notes = [one for one in check(*REWRITES["gather a list"]) if one.outcome is Outcome.NOTE]
    assert "first error" in notes[0].message


@pytest.mark.parametrize("rule", [one for one in code_rules() if one.family == "PLM"], ids=lambda one: one.code)
def test_rules_explain_themselves(rule: Any) -> None:
    assert rule.title
    assert len(rule.doc) > 100
    assert ("shim" in rule.stages) is (rule.code in ("PLM101", "PLM116"))
