"""Releases of plumpy and ours in one virtual host of RabbitMQ: what each side sends, and what the other makes of it."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import uuid
from typing import Any, Callable, Iterator, List, Tuple

import kiwipy
import pytest
import yaml

import plumpy_compat
from plumpy_compat import ProcessState
from plumpy_compat.checkpoints.state_text import StateText
from plumpy_compat.process_comms import MessageBuilder
from tests.legacy.mixed_versions import environments, peers, wire
from tests.runtime.conftest import amqp_uri, communicator, connect, there
from tests.runtime.helpers import PATIENCE, LoopThread
from tests.runtime.processes import Waits

rmq_defaults = pytest.importorskip("kiwipy.rmq.defaults")

__all__ = ["amqp_uri", "communicator", "connect", "there"]  # fixtures

# --- What releases write ----------------------------------------------------------------------------------------------

# The answer to a question for the status, as kiwipy 0.5 encodes that of plumpy 0.15.
STATUS_OF_0_15 = b"""result:
  ctime: 1500000000.5
  paused: false
  process_string: <Waits> (ProcessState.WAITING (for me))
  state: !!python/object/apply:plumpy.process_states.ProcessState
  - waiting
  state_info: ProcessState.WAITING (for me)
"""


def test_a_status_of_plumpy_0_15_is_read() -> None:
    state = rmq_defaults.DECODER(STATUS_OF_0_15)["result"]["state"]
    assert state == ProcessState.WAITING
    assert state == ProcessState.WAITING
    assert state == str(ProcessState.WAITING)
    assert state != ProcessState.KILLED
    assert state != "ProcessState.KILLED"
    assert (state.name, state.value) == ("WAITING", "waiting")


@pytest.mark.parametrize("loader", [yaml.Loader, yaml.UnsafeLoader])
def test_a_state_in_a_checkpoint_is_the_member_itself(loader: Any) -> None:
    text = "{seen: !!python/object/apply:plumpy.process_states.ProcessState [killed]}"
    assert yaml.load(text, Loader=loader)["seen"] is ProcessState.KILLED


def test_no_other_state_is_made() -> None:
    with pytest.raises(ValueError, match="asleep"):
        rmq_defaults.DECODER("!!python/object/apply:plumpy.process_states.ProcessState [asleep]")


def test_a_state_goes_on_as_text() -> None:
    state = StateText(ProcessState.WAITING)
    for dumper in (yaml.Dumper, yaml.SafeDumper):
        assert yaml.safe_load(yaml.dump({"state": state}, Dumper=dumper)) == {"state": "ProcessState.WAITING"}
    for copied in (copy.deepcopy(state), pickle.loads(pickle.dumps(state))):
        assert type(copied) is str
        assert copied == "ProcessState.WAITING"


UUID = uuid.UUID("12345678-1234-5678-1234-567812345678")
OLD_UUID = b"!!python/object:uuid.UUID\nint: 24197857161011715162171839636988778104\n"


def test_a_pid_is_read_in_both_forms() -> None:
    assert rmq_defaults.DECODER(OLD_UUID) == UUID
    assert rmq_defaults.DECODER(f"!uuid {UUID}") == UUID


# --- What ours write --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flavour", "written"), [("modern", f"!uuid '{UUID}'\n".encode()), ("legacy", OLD_UUID)], ids=["modern", "legacy"]
)
@pytest.mark.parametrize("first", ["", "import yaml, kiwipy.rmq.defaults; "], ids=["before PyYAML", "after PyYAML"])
def test_a_pid_is_written_as_the_releases_of_its_flavour_did(flavour: str, written: bytes, first: str) -> None:
    program = (
        f"{first}import sys, uuid, plumpy_compat; plumpy_compat.install_as_plumpy({flavour!r}); "
        f"from kiwipy.rmq import defaults; sys.stdout.buffer.write(defaults.ENCODER(uuid.UUID('{UUID}')))"
    )
    assert subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True).stdout == written


SENT_TO_ALL = """
import sys
from plumpy_compat import legacy

class Noting:
    def broadcast_send(self, body, sender=None, subject=None, correlation_id=None):
        print(subject, body)

controller = legacy.RemoteProcessThreadController(Noting())
controller.pause_all("why")
controller.play_all()
controller.kill_all("enough")
"""


def test_the_legacy_flavour_says_it_to_both_kinds_of_releases() -> None:
    done = subprocess.run([sys.executable, "-c", SENT_TO_ALL], stdout=subprocess.PIPE, check=True, encoding="utf-8")
    assert done.stdout.splitlines() == [
        "pause why",
        "pause {'intent': 'pause', 'message': 'why'}",
        "play None",
        "kill enough",
        "kill {'intent': 'kill', 'message': 'enough', 'force_kill': False}",
    ]


# --- Futures in answers -----------------------------------------------------------------------------------------------


def depth(reply: Any) -> Tuple[int, Any]:
    """How many futures are around a value, and the value."""
    count = 0
    while isinstance(reply, kiwipy.Future):
        reply, count = reply.result(PATIENCE), count + 1
    return count, reply


@pytest.fixture
def process(communicator: Any, there: LoopThread) -> Iterator[Any]:
    async def start() -> Any:
        made = Waits(communicator=communicator)
        there.loop.create_task(made.step_until_terminated())
        return made

    made = there.run(start())
    communicator._plumpy_compat_dispatcher.link.flush(PATIENCE)
    yield made
    if not made.has_terminated():
        there.call(made.kill)


@pytest.mark.parametrize(
    ("message", "futures"),
    [(MessageBuilder.status(), 1), ({"intent": "status"}, 1), (MessageBuilder.pause("why"), 2), ({"intent": "play"}, 2),
     ({"intent": "kill"}, 2)],
    ids=lambda value: value["intent"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_an_answer_is_as_deep_as_plumpys_coroutine_controllers_expect(
    communicator: Any, process: Any, message: Any, futures: int
) -> None:
    assert depth(communicator.rpc_send(str(process.pid), message))[0] == futures


def test_a_status_that_fails_says_so_at_once(communicator: Any, process: Any) -> None:
    def fail(info: Any) -> None:
        raise ValueError("no status today")

    process.get_status_info = fail
    with pytest.raises(kiwipy.RemoteException, match="no status today"):
        communicator.rpc_send(str(process.pid), MessageBuilder.status()).result(PATIENCE)


def test_all_is_said_twice_and_done_once(communicator: Any, process: Any, there: LoopThread) -> None:
    """What the legacy flavour sends to all: text first, the message then."""
    paused: List[Any] = []

    class Listener(plumpy_compat.ProcessListener):
        def on_process_paused(self, process: Any) -> None:
            paused.append(process.status)

    there.call(process.add_process_listener, Listener())
    communicator.broadcast_send("why", subject="pause")
    communicator.broadcast_send(MessageBuilder.pause("why"), subject="pause")
    communicator.broadcast_send("enough", subject="kill")
    communicator.broadcast_send(MessageBuilder.kill("enough"), subject="kill")
    with pytest.raises(plumpy_compat.KilledError):
        there.run(_result(process))
    assert paused == ["why"]
    assert process.killed_msg() == "enough"


async def _result(process: Any) -> Any:
    return await process.future()


# --- Real releases ----------------------------------------------------------------------------------------------------

OURS = {one.name: one for one in environments.our_peers()}
RELEASES = list(environments.RELEASES)


@pytest.fixture(scope="module")
def converse(amqp_uri: str) -> Iterator[Callable[[Any, str], Any]]:
    """Give a function that starts a peer, once for each role."""
    running = {}

    def start(peer: Any, role: str) -> Any:
        if (peer.name, role) not in running:
            running[peer.name, role] = wire.Conversation(peer, amqp_uri)
        return running[peer.name, role]

    yield start
    for one in running.values():
        one.__exit__()


def check(server: Any, client: Any, converse: Callable[[Any, str], Any]) -> None:
    outcomes = wire.Pairing(converse(server, "server"), converse(client, "client")).run()
    wrong = {name: text for name, text in outcomes.items() if text and not wire.excuse(server, client, name)}
    assert wrong == {}
    assert len(outcomes) > 30


@pytest.mark.parametrize("ours", list(OURS))
@pytest.mark.parametrize("release", RELEASES)
def test_a_release_controls_ours(release: str, ours: str, converse: Callable[[Any, str], Any]) -> None:
    (real,) = peers(release)
    check(OURS[ours], real, converse)


@pytest.mark.parametrize("ours", list(OURS))
@pytest.mark.parametrize("release", RELEASES)
def test_ours_control_a_release(release: str, ours: str, converse: Callable[[Any, str], Any]) -> None:
    (real,) = peers(release)
    check(real, OURS[ours], converse)


@pytest.mark.parametrize("server", list(OURS))
@pytest.mark.parametrize("client", list(OURS))
def test_both_flavours_control_each_other(server: str, client: str, converse: Callable[[Any, str], Any]) -> None:
    check(OURS[server], OURS[client], converse)
