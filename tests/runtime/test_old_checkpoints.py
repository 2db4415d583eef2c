"""Checkpoints in the layouts of plumpy's releases: 0.14, 0.15, 0.16 to 0.22.2, and 0.22.3 and later.

The texts are written by hand after the layouts; what the releases themselves write was tried as well.
"""

from __future__ import annotations

import asyncio
import datetime
import pickle
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
import yaml

import plumpy_compat as plumpy
from plumpy_compat.checkpoints import allowlist
from plumpy_compat.persistence import Bundle, LoadSaveContext, PicklePersister
from plumpy_compat.process_states import ProcessState
from plumpy_compat.utils import AttributesFrozendict
from tests.runtime.helpers import PATIENCE, own_loop


@pytest.fixture(autouse=True)
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with own_loop() as given:
        yield given


class Old(plumpy.Process):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.inputs.dynamic = True
        spec.outputs.dynamic = True

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return [*args, kwargs]

    def after(self, value: Any = None) -> Any:
        return value


class OldChain(plumpy.WorkChain):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outline(
            cls.begin,
            plumpy.while_(cls.more)(cls.add, plumpy.if_(cls.odd)(cls.note).else_(cls.other, cls.note)),
            cls.end,
        )

    def begin(self) -> None:
        self.ctx.n = 0
        self.ctx.trace = []

    def more(self) -> bool:
        return bool(self.ctx.n < 3)

    def odd(self) -> bool:
        return bool(self.ctx.n % 2)

    def add(self) -> None:
        self.ctx.n += 1
        self.ctx.trace.append(f"add {self.ctx.n}")

    def note(self) -> None:
        self.ctx.trace.append("note")

    def other(self) -> None:
        self.ctx.trace.append("other")

    def end(self) -> Any:
        return self.ctx.trace


TRACE = ["add 1", "note", "add 2", "other", "note", "add 3", "note"]

RELEASES = ["0.14.5", "0.15", "0.16", "0.22.3", "0.26"]


def future(release: str, done: bool = False, result: str = "null", exception: str = "") -> str:
    if release in ("0.14.5", "0.15"):
        state = f"_done: {str(done).lower()}"
    else:
        state = f"_state: {'FINISHED' if done else 'PENDING'}"
    error = f", exception: {exception}" if exception else ""
    return f"{{'!!meta': {{class_name: 'plumpy.persistence:SavableFuture'}}, _result: {result}, {state}{error}}}"


def text(release: str, state: str, outcome: str = "", paused: bool = False, more: str = "", cls: str = "Old") -> str:
    """A bundle as a release writes it."""
    created = "_CREATION_TIME" if release == "0.14.5" else "_creation_time"
    types = "_future: S" + (", _paused: S" if paused else "")
    helper = ""
    if release in ("0.22.3", "0.26"):
        types += ", _event_helper: S"
        helper = (
            "_event_helper:\n  '!!meta': {class_name: 'plumpy.event_helper:EventHelper'}\n"
            "  _listener_type: !!python/name:plumpy.process_listener.ProcessListener ''\n  _listeners: !!set {}\n"
        )
    pid = "!uuid '00000000-0000-0000-0000-000000000007'" if release == "0.26" else "!!python/object:uuid.UUID {int: 7}"
    return f"""!plumpy:Bundle
'!!meta': {{class_name: '{__name__}:{cls}', types: {{{types}}}}}
INPUTS_RAW: !!python/object:plumpy.utils.AttributesFrozendict {{_dict: {{a: 1}}, _hash: null, _initialised: true}}
INPUTS_PARSED: !!python/object:plumpy.utils.AttributesFrozendict
  _dict:
    a: 1
    n: !!python/object:plumpy.utils.AttributesFrozendict {{_dict: {{b: 2}}, _hash: null, _initialised: true}}
  _hash: null
  _initialised: true
{created}: 1500000000.5
{helper}_future: {outcome or future(release)}
_paused: {future(release) if paused else "null"}
_pid: {pid}
_status: {"why" if paused else "null"}
_pre_paused_status: {"before" if paused else "null"}
_state: {state}
{more}"""


def state(name: str, members: str, module: str = "process_states") -> str:
    return f"{{'!!meta': {{class_name: 'plumpy.{module}:{name}'}}, in_state: true, {members}}}"


MESSAGE = "{intent: kill, message: enough, force_kill: false}"
WAITING = "DONE_CALLBACK: _do_step, msg: Waiting before next step, data: {}, _awaiting: {}"

FILES: Dict[str, Dict[str, str]] = {
    release: {
        "created": text(release, state("Created", "args: !!python/tuple [1], kwargs: {k: 2}, run_fn: run")),
        "running": text(
            release,
            state("Running", "args: !!python/tuple [1], kwargs: {}, run_fn: after"),
            more="OUTPUTS: {o: {p: 5}}",
        ),
        "waiting": text(release, state("Waiting", "DONE_CALLBACK: after, msg: for me, data: {d: [1]}"), paused=True),
        "finished": text(
            release,
            state("Finished", "result: [1, 2], successful: false"),
            future(release, True, "{o: 5}"),
            more="OUTPUTS: {o: 5}",
        ),
        "excepted": text(
            release,
            state("Excepted", r'ex_value: "!!python/object/apply:builtins.ValueError\n- bad\n- 3\n", traceback: lines'),
            future(release, True, exception="!!python/object/apply:builtins.ValueError [bad, 3]"),
        ),
        "killed": text(
            release,
            state("Killed", f"msg: {MESSAGE if release == '0.26' else 'enough'}"),
            future(release, True, exception="!!python/object/apply:plumpy.exceptions.KilledError [enough]"),
        ),
        "killed without a text": text(release, state("Killed", "msg: null"), future(release, True)),
        "chain": text(
            release,
            state("Running", "args: !!python/tuple [], kwargs: {}, run_fn: _do_step"),
            cls="OldChain",
            more="""_context: {n: 2, trace: [add 1, note, add 2]}
stepper_state:
  '!!meta': {class_name: 'plumpy.workchains:_BlockStepper'}
  _pos: 1
  stepper_state:
    '!!meta': {class_name: 'plumpy.workchains:_WhileStepper'}
    stepper_state:
      '!!meta': {class_name: 'plumpy.workchains:_BlockStepper'}
      _pos: 1
      stepper_state:
        '!!meta': {class_name: 'plumpy.workchains:_IfStepper'}
        _pos: 1
        stepper_state:
          '!!meta': {class_name: 'plumpy.workchains:_BlockStepper'}
          _pos: 0
          stepper_state: {'!!meta': {class_name: 'plumpy.workchains:_FunctionStepper'}, _fn: other}
""",
        ),
        "chain that waits": text(
            release,
            state("Waiting", WAITING, "workchains"),
            cls="OldChain",
            more="""_context: {n: 3, trace: [done]}
stepper_state:
  '!!meta': {class_name: 'plumpy.workchains:_BlockStepper'}
  _pos: 2
  stepper_state: {'!!meta': {class_name: 'plumpy.workchains:_FunctionStepper'}, _fn: end}
""",
        ),
        "chain at its end": text(
            release,
            state("Finished", "result: 5, successful: true"),
            future(release, True, "{}"),
            cls="OldChain",
            more="""_context: {}
stepper_state: {'!!meta': {class_name: 'plumpy.workchains:_BlockStepper'}, _pos: 3}
""",
        ),
    }
    for release in RELEASES
}  # fmt: skip

READERS = [
    pytest.param(getattr(yaml, name), id=name)
    for name in ("Loader", "FullLoader", "UnsafeLoader", "CLoader", "CFullLoader", "CUnsafeLoader")
    if hasattr(yaml, name)
]
releases = pytest.mark.parametrize("release", RELEASES)


def unbundle(release: str, name: str, loop: Any = None, reader: Any = yaml.Loader) -> Any:
    bundle = yaml.load(FILES[release][name], Loader=reader)
    assert type(bundle) is Bundle
    return bundle.unbundle(LoadSaveContext(loop=loop) if loop is not None else None)


def finish(process: Any) -> Any:
    process.loop.run_until_complete(asyncio.wait_for(process.step_until_terminated(), PATIENCE))
    return process.result()


@releases
@pytest.mark.parametrize("name", list(FILES["0.26"]))
@pytest.mark.parametrize("reader", READERS)
def test_every_loader_reads_every_layout(release: str, name: str, reader: Any) -> None:
    process = unbundle(release, name, reader=reader)
    assert process.pid == process.uuid == uuid.UUID(int=7)
    assert process.creation_time == 1500000000.5
    assert process.inputs == {"a": 1, "n": {"b": 2}}
    assert type(process.inputs.n) is AttributesFrozendict
    assert process.raw_inputs == {"a": 1}
    assert process.state.value == {
        "chain": "running",
        "chain that waits": "waiting",
        "chain at its end": "finished",
    }.get(name, name.split()[0])


@releases
@pytest.mark.parametrize("name", list(FILES["0.26"]))
def test_what_was_read_is_written_in_todays_layout(release: str, name: str) -> None:
    process = unbundle(release, name)
    bundle = yaml.load(yaml.dump(Bundle(process)), Loader=yaml.Loader)
    again = bundle.unbundle()
    assert bundle["!!meta"]["version"] == 2
    assert (again.state, again.pid, again.creation_time) == (process.state, process.pid, process.creation_time)


@releases
def test_a_created_process_is_run(release: str) -> None:
    assert finish(unbundle(release, "created")) == [1, {"k": 2}]


@releases
def test_a_running_process_goes_on(release: str) -> None:
    process = unbundle(release, "running")
    assert process.outputs == {"o": {"p": 5}}
    assert finish(process) == 1
    assert process.future().result() == {"o": {"p": 5}}


@releases
def test_a_paused_wait_goes_on(release: str) -> None:
    process = unbundle(release, "waiting")
    assert (process.paused, process.status) == (True, "why")
    assert (process._state.msg, process._state.data) == ("for me", {"d": [1]})
    process.play()
    assert process.status == "before"
    process.resume("word")
    assert finish(process) == "word"


@releases
def test_a_finished_process_has_its_result(release: str) -> None:
    process = unbundle(release, "finished")
    assert (process.result(), process.successful()) == ([1, 2], False)
    assert process.future().result() == {"o": 5}


@releases
def test_an_excepted_process_has_its_error(release: str) -> None:
    process = unbundle(release, "excepted")
    assert type(process.exception()) is ValueError
    assert process.exception().args == ("bad", 3)
    assert process.future().exception() is process.exception()
    assert Bundle(process)["_state"]["traceback"] == "lines"


@releases
def test_a_killed_process_has_its_message(release: str) -> None:
    process = unbundle(release, "killed")
    assert process.killed_msg() == "enough"
    assert process.killed_msg()["message"] == "enough"
    assert type(process.future().exception()) is plumpy.KilledError
    assert unbundle(release, "killed without a text").killed_msg() is None


@releases
def test_a_work_chain_goes_on(release: str) -> None:
    process = unbundle(release, "chain")
    assert str(process._stepper) == "1:while_(more)(1:elif_(<lambda>)(0:other))"
    assert finish(process) == TRACE


@releases
def test_a_work_chain_that_has_all_it_waited_for_goes_on(release: str) -> None:
    assert finish(unbundle(release, "chain that waits")) == ["done"]


@releases
def test_a_work_chain_at_its_end_has_its_result(release: str) -> None:
    assert unbundle(release, "chain at its end").result() == 5


def test_a_cancelled_future_of_0_15_is_one_without_a_result(loop: asyncio.AbstractEventLoop) -> None:
    state = yaml.safe_load(future("0.15", True))
    assert plumpy.Savable.load(state, LoadSaveContext(loop=loop)).result() is None


@releases
def test_pickles_are_read(release: str, tmp_path: Path) -> None:
    bundle = yaml.load(FILES[release]["chain"], Loader=yaml.Loader)
    data = pickle.dumps(plumpy.persistence.PersistedPickle(plumpy.PersistedCheckpoint(bundle["_pid"], None), bundle), 0)
    (tmp_path / f"{uuid.UUID(int=7)}.pickle").write_bytes(data.replace(b"plumpy_compat.", b"plumpy."))
    persister = PicklePersister(tmp_path)
    assert persister.get_checkpoints() == [(uuid.UUID(int=7), None)]
    assert finish(persister.load_checkpoint(uuid.UUID(int=7)).unbundle()) == TRACE


# PersistedPickle(PersistedCheckpoint(5, 'a'), Bundle with _pid, a frozen mapping, an enumeration and a date)
BY_HAND = (
    b"\x80\x03cplumpy.persistence\nPersistedPickle\n(cplumpy.persistence\nPersistedCheckpoint\n(K\x05X\x01\0\0\0at\x81"
    b"cplumpy.persistence\nBundle\n)\x81(X\x04\0\0\0_pidK\x05X\x01\0\0\0icplumpy.utils\nAttributesFrozendict\n)\x81"
    b"}(X\x05\0\0\0_dict}X\x01\0\0\0bK\x02sX\x05\0\0\0_hashNX\x0c\0\0\0_initialised\x88ubX\x01\0\0\0s"
    b"cplumpy.process_states\nProcessState\nX\x07\0\0\0waiting\x85RX\x01\0\0\0lcplumpy.process_listener\nProcessListener\n"
    b"ut\x81."
)


def test_a_pickle_written_by_hand_is_read() -> None:
    persisted = allowlist.loads(BY_HAND)
    assert persisted.checkpoint == plumpy.PersistedCheckpoint(5, "a")
    assert type(persisted.bundle) is Bundle
    assert persisted.bundle == {
        "_pid": 5, "i": {"b": 2}, "s": ProcessState.WAITING, "l": plumpy.ProcessListener,
    }  # fmt: skip
    assert type(persisted.bundle["i"]) is AttributesFrozendict
    assert persisted.bundle["i"].b == 2


OF_PYTHON_2 = (
    b"\x80\x02}(U\x01ac__builtin__\nset\n]K\x01a\x85RU\x01bccollections\nOrderedDict\n]\x85RU\x01cX\x01\0\0\0u"
    b"U\x01dcexceptions\nValueError\nU\x01x\x85RU\x01ecdatetime\ndate\n(M\xe4\x07K\x01K\x02tRu."
)


def test_what_python_2_wrote_is_read() -> None:
    read = allowlist.loads(OF_PYTHON_2)
    assert type(read.pop("d")) is ValueError
    assert read == {"a": {1}, "b": {}, "c": "u", "e": datetime.date(2020, 1, 2)}


def test_text_and_dates_of_python_2_are_read() -> None:
    data = b"\x80\x02}(U\x01dcdatetime\ndate\nU\x04\x07\xe4\x01\x02\x85RU\x01sU\x06na\xc3\xafveu."
    assert allowlist.loads(data) == {"d": datetime.date(2020, 1, 2), "s": "naïve"}


@pytest.mark.parametrize("reader", READERS)
def test_an_error_of_python_2_is_read(reader: Any) -> None:
    error = yaml.load("!!python/object/apply:exceptions.ValueError [bad, 3]", Loader=reader)
    assert type(error) is ValueError
    assert error.args == ("bad", 3)


def test_what_plumpy_0_14_and_0_15_look_for_is_written() -> None:
    process = Old({"a": 1})
    begun = Bundle(process)
    finish(process)
    ended = Bundle(process)
    assert begun["_CREATION_TIME"] == ended["_CREATION_TIME"] == process.creation_time
    assert begun["_future"]["_done"] is False
    assert ended["_future"]["_done"] is True


def test_neither_needs_an_alias_of_the_package() -> None:
    # The tests may run on an alias themselves, so this has to be seen in an interpreter of its own.
    program = (
        "import sys, yaml, plumpy_compat\n"
        "assert 'plumpy' not in sys.modules\n"
        "from plumpy_compat.checkpoints import allowlist\n"
        f"allowlist.loads({BY_HAND!r})\n"
        f"text = {FILES['0.22.3']['killed']!r}\n"
        "for loader in (yaml.Loader, yaml.FullLoader, yaml.UnsafeLoader): yaml.load(text, loader)\n"
        "assert 'plumpy' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
