"""Each legacy feature warns, once for each place, of the user's line; the engine never does."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple

import kiwipy
import pytest

import plumpy_compat.legacy as plumpy
from plumpy_compat.legacy import loops, persistence, utils, warn

TORNADO = loops.TORNADO
tornado_only = pytest.mark.skipif(TORNADO is None, reason="tornado isn't installed")

if TORNADO is not None:
    from tornado import gen
else:
    gen = None


class Told(NamedTuple):
    feature: str
    rule: str
    file: str
    line: int


@pytest.fixture
def told(monkeypatch: Any):
    """Gives what was told since the test began."""
    monkeypatch.setattr(warn, "_told", set())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")

        def read() -> List[Told]:
            found = []
            for one in caught:
                if issubclass(one.category, warn.PlumpyCompatDeprecationWarning):
                    feature, _, rest = str(one.message).partition(": ")
                    found.append(Told(feature, rest.split("--explain ")[1].split("`")[0], one.filename, one.lineno))
            return found

        yield read


@pytest.fixture
def io_loop():
    """tornado's, or the facade; current, and made without anything being told."""
    loop = loops.new()
    loops.make_current(loop)
    yield loop
    loop.close()
    loops.clear_current()


@pytest.fixture
def process(io_loop: Any) -> Any:
    return plumpy.Process(loop=loops.asyncio_loop(io_loop))


def subscriber(*_: Any) -> None:
    """Takes a task."""


def remove_subscriber(process: Any) -> None:
    communicator = plumpy.wrap_communicator(kiwipy.LocalCommunicator(), process._loop)
    communicator.add_task_subscriber(subscriber)
    communicator.remove_task_subscriber(subscriber)


# One line each: that is where it must be told.
USES: Dict[str, Callable[[Any], Any]] = {
    "PLM102 `Process.loop()`": lambda process: process.loop(),
    "PLM103 `Process.run()` without `await`": lambda process: process.run(),
    "PLM104 `plumpy.gather`, which waits for all when one fails": lambda process: plumpy.gather(process.future()),
    "PLM105 a future made where no loop runs": lambda process: plumpy.Future(),
    "PLM106 `Process.done()`": lambda process: process.done(),
    "PLM108 `plumpy.KILL_MSG`": lambda process: plumpy.KILL_MSG,
    "PLM108 `plumpy.PAUSE_MSG`": lambda process: plumpy.process_comms.PAUSE_MSG,
    "PLM109 the keyword `msg`": lambda process: process.kill(msg="why"),
    "PLM111 `plumpy.get_event_loop()`": lambda process: plumpy.get_event_loop(),
    "PLM111 `plumpy.set_event_loop()`": lambda process: plumpy.set_event_loop(process._loop),
    "PLM111 `plumpy.run_until_complete()`": lambda process: plumpy.run_until_complete(started(process)),
    "PLM114 `plumpy.utils.wrap_dict`": lambda process: utils.wrap_dict,
    "PLM114 `plumpy.utils.EventHelper`": lambda process: utils.EventHelper,
    "NSP103 `plumpy.utils.SimpleNamespace`": lambda process: utils.SimpleNamespace,
    "TOR301 a loop of tornado as `loop=`": lambda process: plumpy.Process(loop=loops.io_loop(process._loop)),
}


def started(process: Any) -> Any:
    return process.step_until_terminated()


@pytest.mark.parametrize("expected", USES)
def test_a_legacy_feature_is_told_once_with_its_rule_and_the_users_line(expected: str, process: Any, told: Any) -> None:
    rule, _, feature = expected.partition(" ")
    use = USES[expected]
    for _ in range(3):
        use(process)
    assert told() == [Told(feature, rule, __file__, use.__code__.co_firstlineno)]


def test_what_is_used_in_two_places_is_told_twice(process: Any, told: Any) -> None:
    process.done()
    process.done()
    assert [one.line for one in told()] == [line_of("process.done()", 0), line_of("process.done()", 1)]


def line_of(code: str, which: int) -> int:
    lines, first = inspect.getsourcelines(test_what_is_used_in_two_places_is_told_twice)
    return [first + number for number, line in enumerate(lines) if line.strip() == code][which]


@pytest.mark.parametrize(
    "call",
    [
        lambda process: plumpy.wrap_communicator(kiwipy.LocalCommunicator(), loops.io_loop(process._loop)),
        lambda process: plumpy.ProcessLauncher(loop=loops.io_loop(process._loop)),
        lambda process: plumpy.ProcessLauncher(load_context=in_loop(process)),
        lambda process: plumpy.Bundle(Plain(loop=process._loop)).unbundle(in_loop(process)),
        lambda process: plumpy.create_task(asyncio.Future, loops.io_loop(process._loop)),
    ],
)
def test_a_loop_of_tornado_is_told_wherever_it_is_handed_in(call: Any, process: Any, told: Any) -> None:
    call(process)
    assert told() == [Told("a loop of tornado as `loop=`", "TOR301", __file__, call.__code__.co_firstlineno)]


class Plain(plumpy.Process):
    """Does nothing."""


def in_loop(process: Any) -> Any:
    return persistence.LoadSaveContext(loop=loops.io_loop(process._loop))


def test_a_task_subscriber_is_told_when_it_is_removed_by_itself(process: Any, told: Any) -> None:
    remove_subscriber(process)
    assert [(one.rule, one.file) for one in told()] == [("KIW103", __file__)]


def test_a_task_subscriber_is_removed_by_its_identifier_without_a_word(process: Any, told: Any) -> None:
    communicator = plumpy.wrap_communicator(kiwipy.LocalCommunicator(), process._loop)
    communicator.add_task_subscriber(subscriber, "mine")
    communicator.remove_task_subscriber("mine")
    assert told() == []


@pytest.mark.parametrize("call", [lambda one: one.kill_all(msg="x"), lambda one: one.pause_all(msg="x")])
def test_the_keyword_msg_of_a_controller_is_told(call: Any, told: Any) -> None:
    call(plumpy.RemoteProcessThreadController(kiwipy.LocalCommunicator()))
    assert [(one.rule, one.file) for one in told()] == [("PLM109", __file__)]


@pytest.mark.parametrize(("name", "rule"), [("stack", "PLM112"), ("test_utils", "PLM101"), ("version", "PLM112")])
def test_a_module_that_is_gone_is_told_when_it_is_imported(name: str, rule: str, told: Any, monkeypatch: Any) -> None:
    monkeypatch.delitem(sys.modules, f"plumpy_compat.legacy.{name}", raising=False)
    importlib.import_module(f"plumpy_compat.legacy.{name}")
    assert [(one.feature, one.rule, one.file) for one in told()] == [(f"the module `plumpy.{name}`", rule, __file__)]


# --- Coroutines of tornado ------------------------------------------------------------------------------------------


def of_tornado(function: Any) -> Any:
    return function if gen is None else gen.coroutine(function)


class Stepping(plumpy.Process):
    @of_tornado
    def run(self) -> Any:
        return None


class Outlined(plumpy.WorkChain):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outline(cls.first, cls.second)

    @of_tornado
    def first(self) -> Any:
        return None

    def second(self) -> Any:
        return None


class Waiting(plumpy.process_states.Waiting):
    @of_tornado
    def execute(self) -> Any:
        return None


class WithState(plumpy.Process):
    @classmethod
    def get_state_classes(cls) -> Any:
        return {**super().get_state_classes(), plumpy.ProcessState.WAITING: Waiting}


@of_tornado
def callback() -> Any:
    return None


def call_soon(process: Any) -> None:
    calling = plumpy.Process(loop=process._loop)
    calling.call_soon(callback)
    calling.execute()


def first_line(function: Any) -> int:
    return function.__wrapped__.__code__.co_firstlineno


@tornado_only
@pytest.mark.parametrize(
    ("run", "function"),
    [
        (lambda process: Stepping(loop=process._loop).execute(), Stepping.run),
        (lambda process: Outlined(loop=process._loop).execute(), Outlined.first),
        (lambda process: WithState(loop=process._loop), Waiting.execute),
        (call_soon, callback),
    ],
    ids=["step", "step of an outline", "execute of a state", "callback"],
)
def test_a_coroutine_of_tornado_is_told_where_it_is_defined(run: Any, function: Any, process: Any, told: Any) -> None:
    if "sealed" in WithState.__dict__:
        del WithState.sealed
    run(process)
    run(process)
    assert told() == [Told("a coroutine of tornado", "TOR101", __file__, first_line(function))]


@tornado_only
def test_a_feature_that_is_used_in_a_coroutine_of_tornado_is_told_of_its_line(io_loop: Any, told: Any) -> None:
    @gen.coroutine
    def main() -> Any:
        yield gen.moment
        process = plumpy.Process()
        process.done()

    io_loop.run_sync(main)
    assert [(one.rule, one.file, one.line) for one in told()] == [("PLM106", __file__, first_line(main) + 4)]


def test_a_feature_that_is_used_in_a_callback_of_a_loop_is_told_of_its_line(process: Any, told: Any) -> None:
    process._loop.call_soon(lambda: process.done())
    process._loop.call_soon(process._loop.stop)
    process._loop.run_forever()
    assert [(one.rule, one.file) for one in told()] == [("PLM106", __file__)]


@tornado_only
@pytest.mark.skipif(TORNADO is not None and TORNADO >= (5, 0), reason="those of tornado 5 and later are asyncio's")
def test_a_future_of_tornado_in_the_context_is_told(process: Any, told: Any) -> None:
    class Waits(plumpy.WorkChain):
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outline(cls.wait, cls.go_on)

        def wait(self) -> None:
            self.to_context(value=gen.maybe_future(3))

        def go_on(self) -> None:
            """Do nothing."""

    chain = Waits(loop=process._loop)
    chain.execute()
    assert chain.ctx.value == 3
    assert [(one.rule, one.file) for one in told()] == [("TOR211", __file__)]


# --- Silence --------------------------------------------------------------------------------------------------------


class Migrated(plumpy.WorkChain):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outline(cls.first, plumpy.if_(cls.is_so)(cls.second))

    async def first(self) -> None:
        await asyncio.sleep(0)
        self.to_context(child=plumpy.Process().future())

    def is_so(self) -> bool:
        return True

    def second(self) -> None:
        """Do nothing."""


async def work() -> None:
    """Use the flavour as migrated code does."""
    loop = asyncio.get_running_loop()
    communicator = plumpy.wrap_communicator(kiwipy.LocalCommunicator(), loop)
    child = plumpy.Process(loop=loop, communicator=communicator)
    child.pause("wait")
    child = plumpy.Bundle(child).unbundle(plumpy.LoadSaveContext(loop=loop))
    child.play()
    await child.step_until_terminated()
    killed = plumpy.Process(loop=loop)
    killed.kill("enough")
    chain = Migrated(loop=loop)
    running = chain.step_until_terminated()
    await asyncio.sleep(0.01)
    chain.kill(msg_text="enough")
    await running
    await plumpy.create_task(lambda: asyncio.sleep(0), loop)
    plumpy.ProcessLauncher(loop=loop, persister=plumpy.InMemoryPersister())
    assert child.has_terminated()
    assert killed.killed()
    assert chain.killed()


def test_the_engine_tells_nothing_of_migrated_code(process: Any, told: Any) -> None:
    process._loop.run_until_complete(work())
    process.execute()
    plumpy.SavableFuture  # noqa: B018
    assert told() == []


# --- Errors ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def errors(monkeypatch: Any) -> None:
    monkeypatch.setattr(warn, "_as_errors", True)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_as_an_error_it_is_raised_at_the_users_call(use: Any, process: Any, errors: None) -> None:
    for _ in range(2):
        with pytest.raises(plumpy.PlumpyCompatDeprecationWarning) as caught:
            use(process)
        assert str(caught.value).startswith(f"{__file__}:{use.__code__.co_firstlineno}: ")


class Uses(plumpy.Process):
    """Uses a legacy feature wherever it's told to."""

    where = "run"

    def run(self) -> Any:
        return self.use("run")

    def use(self, where: str) -> None:
        if where == self.where:
            self.done()

    def on_finish(self, result: Any, successful: bool) -> None:
        super().on_finish(result, successful)
        self.use("hook")


@pytest.mark.parametrize("where", ["run", "hook"])
def test_an_error_in_a_step_or_a_hook_ends_the_process(where: str, process: Any, errors: None) -> None:
    uses = Uses(loop=process._loop)
    uses.where = where
    with pytest.raises(plumpy.PlumpyCompatDeprecationWarning):
        uses.execute()
    assert uses.state == plumpy.ProcessState.EXCEPTED


def test_an_error_in_a_callback_ends_the_process(process: Any, errors: None) -> None:
    process.call_soon(process.done)
    process._loop.call_soon(process._loop.stop)
    process._loop.run_forever()
    assert process.state == plumpy.ProcessState.EXCEPTED
    assert isinstance(process.exception(), plumpy.PlumpyCompatDeprecationWarning)


@tornado_only
def test_an_error_about_a_step_itself_ends_the_process(process: Any, errors: None) -> None:
    stepping = Stepping(loop=process._loop)
    with pytest.raises(plumpy.PlumpyCompatDeprecationWarning, match="a coroutine of tornado"):
        stepping.execute()
    assert stepping.state == plumpy.ProcessState.EXCEPTED


def test_an_error_in_a_listener_is_logged(process: Any, errors: None, caplog: Any) -> None:
    class Listener(plumpy.ProcessListener):
        def on_process_finished(self, process: Any, outputs: Any) -> None:
            process.done()

    process.add_process_listener(Listener())
    with caplog.at_level(logging.ERROR):
        process.execute()
    assert "PlumpyCompatDeprecationWarning" in caplog.text


def test_an_error_in_a_callback_of_a_future_is_logged(process: Any, errors: None, caplog: Any) -> None:
    process.future().add_done_callback(lambda _: process.done())
    with caplog.at_level(logging.ERROR):
        process.execute()
    assert "PlumpyCompatDeprecationWarning" in caplog.text


def test_an_error_in_a_subscriber_of_broadcasts_is_logged(process: Any, errors: None, caplog: Any) -> None:
    communicator = plumpy.wrap_communicator(kiwipy.LocalCommunicator(), process._loop)
    communicator.add_broadcast_subscriber(lambda *_, **__: process.done())
    with caplog.at_level(logging.ERROR):
        communicator.broadcast_send("news")
        process._loop.run_until_complete(asyncio.sleep(0))
        process._loop.run_until_complete(asyncio.sleep(0.01))
    assert "PlumpyCompatDeprecationWarning" in caplog.text


def run(folder: Path, code: str, **variables: str) -> subprocess.CompletedProcess:
    script = folder / "script.py"
    script.write_text(code, encoding="utf-8")
    environment = {**os.environ, **variables, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-W", "default", str(script)], env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    "code",
    [
        "import plumpy_compat.legacy as plumpy\n",
        "from plumpy_compat import install_as_plumpy; install_as_plumpy('legacy')\nimport plumpy\n",
    ],
)
def test_the_flavour_itself_is_told_but_is_no_error(code: str, tmp_path: Path) -> None:
    done = run(tmp_path, code + "plumpy.Process()\nprint('made')\n", PLUMPY_COMPAT_WARNINGS="error")
    assert (done.returncode, done.stdout) == (0, "made\n")
    assert "script.py:1: PlumpyCompatDeprecationWarning: `plumpy_compat.legacy` itself" in done.stderr


def test_the_variable_makes_errors(tmp_path: Path) -> None:
    code = "import plumpy_compat.legacy as plumpy\nplumpy.Process().done()\n"
    done = run(tmp_path, code, PLUMPY_COMPAT_WARNINGS="error")
    assert done.returncode == 1
    assert "script.py:2: `Process.done()`" in done.stderr


def test_the_modules_that_are_gone_are_the_same_under_both_names(tmp_path: Path) -> None:
    code = (
        "from plumpy_compat import install_as_plumpy; install_as_plumpy('legacy')\n"
        "import plumpy, sys\n"
        "names = 'stack', 'test_utils', 'version'\n"
        "print([name for name in names if 'plumpy_compat.legacy.' + name in sys.modules])\n"
        "import plumpy.stack, plumpy.test_utils, plumpy.version\n"
        "import plumpy_compat.legacy as ours\n"
        "print(all(getattr(plumpy, one) is sys.modules['plumpy_compat.legacy.' + one] for one in names))\n"
    )
    done = run(tmp_path, code)
    assert done.stdout == "[]\nTrue\n", done.stderr
