"""Every public name of plumpy 0.26 is here, with parameters that its callers can go on giving; and older names too."""

from __future__ import annotations

import asyncio
import collections
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

import plumpy_compat as plumpy
from plumpy_compat import events, process_comms, process_states, utils
from plumpy_compat.event_helper import EventHelper
from tests.runtime.helpers import own_loop, run

API = Path(__file__).with_name("data") / "public_api.txt"
TOP_LEVEL = (
    "AttributesDict Bundle BundleKeys CancelledError ClosedError Communicator ContextMixin Continue Created"
    " DefaultObjectLoader DeliveryFailed Excepted Finished Future InMemoryPersister InputPort Interruption"
    " InvalidStateError Kill KillInterruption Killed KilledError LoadSaveContext MessageBuilder ObjectLoader OutputPort"
    " PauseInterruption PersistedCheckpoint PersistenceError Persister PicklePersister Port PortNamespace"
    " PortValidationError Process ProcessLauncher ProcessListener ProcessSpec ProcessState RemoteException"
    " RemoteProcessController RemoteProcessThreadController Running Savable SavableFuture Stop TaskRejected ToContext"
    " TransitionFailed UNSPECIFIED UnsuccessfulResult Wait Waiting WorkChain WorkChainSpec auto_persist chain"
    " copy_future create_continue_body create_launch_body create_task ensure_portal gather get_object_loader"
    " get_or_create_event_loop has_portal if_ plum_to_kiwi_future return_ run_until_complete run_with_portal"
    " set_object_loader sync_await while_ wrap_communicator NullHandler"
).split()
MODULES = (
    "base base.state_machine base.utils communications event_helper events exceptions futures greenback_bridge lang"
    " loaders mixins persistence ports process_comms process_listener process_spec process_states processes settings"
    " utils workchains"
).split()
OLD_TOP_LEVEL = (
    "KILL_MSG PAUSE_MSG PLAY_MSG STATUS_MSG get_event_loop new_event_loop set_event_loop set_event_loop_policy"
    " reset_event_loop_policy run_until_complete"
).split()
FROM_AIIDA = {  # what aiida-core 1.0 to 2.9 reaches below the public names
    "processes:Process": "_spec_class _stepping _paused _pausing _killing _closed _cleanups _process_scope _run_task"
    " _schedule_rpc _create_interrupt_action _set_interrupt_action _set_interrupt_action_from_exception _do_pause"
    " _fire_event _auto_persist _event_helper",
    "workchains:WorkChain": "_STEPPER_STATE _CONTEXT _spec_class _do_step",
    "process_comms:ProcessLauncher": "_launch _continue _create",
    "process_spec:ProcessSpec": "_expose_ports _create_port",
    "process_states:Running": "_command _running _run_handle _action_command",
    "process_states:Waiting": "_interruption",
    "persistence:Savable": "_auto_persist _persist_configured _ensure_persist_configured _get_value",
    "base.state_machine:StateMachine": "_transitioning _transition_failing _create_state_instance _enter_next_state"
    " _exit_current_state _fire_state_event _ensure_state_class",
    "workchains:Waiting": "_awaitable_done",
}


def entries() -> Iterator[Tuple[str, str, str]]:
    """The lines of the table: module, name, and what follows the name."""
    module = ""
    for line in API.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            module = line.strip("[]")
        elif line and not line.startswith("#"):
            end = min((line.index(mark) for mark in "( " if mark in line), default=len(line))
            yield module, line[:end], line[end:]


def found(module: str, name: str) -> Any:
    target: Any = importlib.import_module(f"plumpy_compat.{module}")
    for part in name.split("."):
        target = inspect.getattr_static(target, part) if inspect.isclass(target) else getattr(target, part)
    return target.__func__ if isinstance(target, (classmethod, staticmethod)) else target


TAKES_EITHER_ORDER = ("greenback_bridge", "run_until_complete")
SIGNATURES = [entry for entry in entries() if entry[2].startswith("(") and entry[:2] != TAKES_EITHER_ORDER]
OTHERS = [entry for entry in entries() if not entry[2].startswith("(")]


def test_the_table_is_complete() -> None:
    counts = collections.Counter(module for module, _, _ in entries())
    assert sum(counts.values()) > 500
    assert set(MODULES) - {"base"} == set(counts)


@pytest.mark.parametrize(("module", "name", "parameters"), SIGNATURES, ids=[f"{m}:{n}" for m, n, _ in SIGNATURES])
def test_takes_the_parameters(module: str, name: str, parameters: str) -> None:
    text, _, marks = parameters[1:].partition(")")
    wanted = [one for one in text.split(", ") if one]
    function = found(module, name)
    has = list(inspect.signature(function).parameters.values())
    owner = (
        inspect.getattr_static(found(module, name.rpartition(".")[0]), name.rpartition(".")[2]) if "." in name else 0
    )
    if "." in name and not isinstance(owner, staticmethod):
        has = has[1:]  # self or cls
    kinds = inspect.Parameter
    takes_any = {one.kind for one in has} & {kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD}
    plain = [one for one in has if one.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)]
    for position, one in enumerate(one for one in wanted if not one.startswith("*")):
        own = plain[position]
        assert own.name == one.rstrip("?"), (name, str(inspect.signature(function)))
        assert own.kind is kinds.POSITIONAL_OR_KEYWORD
        if one.endswith("?"):
            assert own.default is not kinds.empty, f"{one} must be optional"
    for own in plain[sum(not one.startswith("*") for one in wanted) :]:
        assert own.default is not kinds.empty, f"{own.name} is ours, so it must be optional"
    for one in wanted:
        if one.startswith("*"):
            assert (kinds.VAR_KEYWORD if one.startswith("**") else kinds.VAR_POSITIONAL) in takes_any
    if marks:
        assert inspect.iscoroutinefunction(function) or asyncio.iscoroutinefunction(function)


@pytest.mark.parametrize(("module", "name", "what"), OTHERS, ids=[f"{m}:{n}" for m, n, _ in OTHERS])
def test_has_the_name(module: str, name: str, what: str) -> None:
    value = found(module, name)
    if what == " :":
        assert isinstance(value, property)
    elif what.startswith(" = ") and name not in ("VALIDATOR_SIGNATURE_DEPRECATION_WARNING", "OBJECT_LOADER"):
        value = value.value if module == "process_states" and name.startswith("ProcessState.") else value
        value = value.value if name.startswith("StateEventHook.") else value
        assert repr(value) == what[3:]
    elif "." not in name and not name.isupper() and "_" not in name:
        assert value is not None


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_top_level_name_is_that_of_its_module(name: str) -> None:
    value = getattr(plumpy, name)
    homes = [
        module
        for module in MODULES
        if name in getattr(importlib.import_module(f"plumpy_compat.{module}"), "__all__", ())
    ]
    assert homes or name == "NullHandler"
    for home in homes:
        assert getattr(importlib.import_module(f"plumpy_compat.{home}"), name) is value


@pytest.mark.parametrize("module", MODULES)
def test_module_is_an_attribute_of_the_package(module: str) -> None:
    target: Any = plumpy
    for part in module.split("."):
        target = getattr(target, part)
    assert target is sys.modules[f"plumpy_compat.{module}"]


def test_modules_have_the_names_that_they_take_from_others() -> None:
    assert plumpy.processes.ProcessListener is plumpy.ProcessListener
    assert plumpy.processes.EventHelper is EventHelper
    assert plumpy.process_comms.kiwipy is sys.modules["kiwipy"]
    from aio_pika.exceptions import ConnectionClosed

    assert plumpy.processes.ConnectionClosed is ConnectionClosed
    assert plumpy.base.TransitionFailed is plumpy.TransitionFailed
    assert (plumpy.base.super_check, plumpy.base.StateMachine) == (
        plumpy.base.utils.super_check,
        plumpy.base.state_machine.StateMachine,
    )


@pytest.mark.parametrize("owner", FROM_AIIDA)
def test_private_names_that_aiida_reaches_exist(owner: str) -> None:
    module, name = owner.split(":")
    cls = found(module, name)
    assert [one for one in FROM_AIIDA[owner].split() if not hasattr(cls, one)] == []


def test_three_exceptions_share_the_name_invalid_state_error() -> None:
    classes = {
        plumpy.exceptions.InvalidStateError,
        plumpy.futures.InvalidStateError,
        plumpy.base.state_machine.InvalidStateError,
    }
    assert len(classes) == 3
    assert plumpy.InvalidStateError is plumpy.exceptions.InvalidStateError
    assert not issubclass(plumpy.UnsuccessfulResult, BaseException)


# --- Names and spellings up to 0.25 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OLD_TOP_LEVEL)
def test_old_top_level_name_exists(name: str) -> None:
    assert hasattr(plumpy, name)


def test_old_messages_are_the_same_dictionaries() -> None:
    assert plumpy.KILL_MSG == {"intent": "kill"}
    assert plumpy.PAUSE_MSG == {"intent": "pause"}
    assert plumpy.PLAY_MSG == {"intent": "play"}
    assert plumpy.STATUS_MSG == {"intent": "status"}
    assert process_comms.MESSAGE_KEY == process_comms.MESSAGE_TEXT_KEY == "message"


def test_event_helper_is_found_where_it_was_up_to_0_22() -> None:
    assert utils.EventHelper is EventHelper  # type: ignore[attr-defined]


def test_legacy_helpers_of_utils_exist() -> None:
    assert [one for one in ("ListenContext", "ThreadSafeCounter", "wrap_dict") if not hasattr(utils, one)] == []


def test_event_loop_policy_functions_can_be_called() -> None:
    plumpy.set_event_loop_policy()
    plumpy.reset_event_loop_policy()


def test_new_event_loop_becomes_the_current_one() -> None:
    loop = plumpy.new_event_loop()
    try:
        assert plumpy.get_event_loop() is plumpy.get_or_create_event_loop() is loop
    finally:
        plumpy.set_event_loop(None)
        loop.close()


async def _answer() -> int:
    return 42


def test_run_until_complete_takes_both_orders() -> None:
    with own_loop() as loop:
        assert plumpy.run_until_complete(loop, _answer()) == 42
        assert plumpy.run_until_complete(_answer(), loop) == 42
        assert plumpy.run_until_complete(_answer(), loop=loop) == 42
        assert plumpy.run_until_complete(_answer()) == 42
        assert events.run_until_complete(_answer()) == 42


@pytest.mark.parametrize("name", ["awaitable", "future"])
def test_run_until_complete_takes_the_names_of_all_releases(name: str) -> None:
    with own_loop() as loop:
        assert plumpy.run_until_complete(loop=loop, **{name: _answer()}) == 42
        assert plumpy.run_until_complete(**{name: _answer()}) == 42


def test_run_until_complete_refuses_what_it_does_not_know() -> None:
    with own_loop() as loop:
        for arguments, named in (((loop,), {}), ((loop, loop), {}), ((), {}), ((_answer(),), {"debug": True})):
            with pytest.raises(TypeError, match="takes a loop and an awaitable"):
                plumpy.run_until_complete(*arguments, **named)


class _Sleeper(plumpy.Process):
    def run(self) -> Any:
        return plumpy.Wait(self.run)


@pytest.mark.parametrize("given", [{"msg": "why"}, {"msg_text": "why"}, {"msg_text": {"message": "why"}}])
def test_kill_takes_the_text_by_either_keyword(given: Dict[str, Any]) -> None:
    async def scenario() -> None:
        process = _Sleeper()
        assert process.kill(**given) is True
        assert process.killed_msg() == "why"
        assert process.killed_msg()["message"] == "why"
        assert process.status == "why"

    run(scenario())


@pytest.mark.parametrize("given", [{"msg": "why"}, {"msg_text": "why"}, {"msg_text": {"message": "why"}}])
def test_pause_takes_the_text_by_either_keyword(given: Dict[str, Any]) -> None:
    async def scenario() -> None:
        process = _Sleeper()
        assert process.pause(**given) is True
        assert process.status == "why"

    run(scenario())


class _Recorder:
    """A communicator that keeps what it's given."""

    def __init__(self) -> None:
        self.sent: List[Any] = []

    def rpc_send(self, recipient_id: Any, msg: Any) -> None:
        self.sent.append((recipient_id, msg))

    def broadcast_send(self, body: Any, sender: Any = None, subject: Any = None, correlation_id: Any = None) -> None:
        self.sent.append((subject, body))


@pytest.mark.parametrize("keyword", ["msg", "msg_text"])
def test_thread_controller_takes_the_text_by_either_keyword(keyword: str) -> None:
    communicator = _Recorder()
    controller = plumpy.RemoteProcessThreadController(communicator)
    controller.pause_process(1, **{keyword: "a"})
    controller.kill_process(1, **{keyword: "b"})
    controller.pause_all(**{keyword: "c"})
    controller.kill_all(**{keyword: "d"})
    assert communicator.sent == [
        ("1", {"intent": "pause", "message": "a"}),  # which is what processes subscribe as
        ("1", {"intent": "kill", "message": "b", "force_kill": False}),
        ("pause", {"intent": "pause", "message": "c"}),
        ("kill", {"intent": "kill", "message": "d", "force_kill": False}),
    ]
    assert {type(body) for _, body in communicator.sent} == {dict}  # others decode it


@pytest.mark.parametrize("make", [plumpy.KillInterruption, plumpy.PauseInterruption])
def test_interruptions_take_text_a_message_or_nothing(make: Any) -> None:
    assert (str(make("why")), str(make({"message": "why"})), str(make())) == ("why", "why", "")
    assert make("why").msg["message"] == "why"


@pytest.mark.parametrize("message", ["why", {"message": "why"}])
def test_kill_command_takes_text_or_a_message(message: Any) -> None:
    class Suicidal(plumpy.Process):
        def run(self) -> Any:
            return process_states.Kill(msg=message)

    async def scenario() -> Any:
        process = Suicidal()
        await process.step_until_terminated()
        return process.killed_msg()

    assert run(scenario()) == "why"


def test_gather_takes_one_list() -> None:
    async def scenario() -> Any:
        return await plumpy.gather([_answer(), _answer()]), await plumpy.gather(_answer(), _answer())

    assert run(scenario()) == ([42, 42], [42, 42])


def test_fail_takes_no_traceback() -> None:
    async def scenario() -> Any:
        process = _Sleeper()
        process.fail(ValueError("no"))
        return process.exception()

    assert str(run(scenario())) == "no"


def test_done_warns() -> None:
    async def scenario() -> None:
        with pytest.warns(DeprecationWarning, match="has_terminated"):
            assert _Sleeper().done() is False

    run(scenario())


def test_the_class_of_a_future_is_that_of_asyncio() -> None:
    assert plumpy.Future is asyncio.Future
    assert plumpy.ToContext is dict


# --- The import -------------------------------------------------------------------------------------------------------

_PROGRAM = """
import logging, sys
before = set(sys.modules)
import plumpy_compat
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(new & {%s}))
handlers = logging.getLogger("plumpy").handlers
print([type(one) is plumpy_compat.NullHandler for one in handlers], logging.getLogger().handlers)
names = [name for name in logging.root.manager.loggerDict if name.startswith("plumpy_compat")]
print(names)
import asyncio
print(asyncio._get_running_loop(), getattr(asyncio.get_event_loop_policy()._local, "_loop", None))
"""


def test_import_brings_nothing_that_few_need_and_logs_as_plumpy() -> None:
    unwanted = (
        "tornado aio_pika greenback libcst codemods click rich fissix ruamel tomlkit nest_asyncio pika pytest".split()
    )
    program = _PROGRAM % ", ".join(map(repr, unwanted))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout.splitlines() == ["[]", "[True] []", "[]", "None None"]


def test_the_runtime_and_the_migrator_do_not_import_each_other() -> None:
    package = Path(plumpy.__file__).parent
    texts = {path: path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    assert len(texts) > 30
    assert [path.name for path, text in texts.items() if "import codemods" in text or "from codemods" in text] == []


def test_loggers_have_the_names_of_plumpys_modules() -> None:
    import logging

    with own_loop() as loop:
        assert _Sleeper(loop=loop).logger is logging.getLogger("plumpy.processes")
    assert process_comms.LOGGER.name == "plumpy.process_comms"


def test_version_is_that_of_the_api() -> None:
    assert plumpy.__version__ == "0.26.1"
