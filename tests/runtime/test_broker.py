"""The fixtures give a RabbitMQ that works, alone and shared."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

import pytest

from tests.runtime.broker import Broker, BrokerError, answers, shared_uri
from tests.runtime.conftest import REQUIRED, need_server

PATIENCE = 30.0

Connect = Callable[..., Any]


def echo(_communicator: Any, message: Any) -> Any:
    return message


def round_trip(sender: Any, message: Any) -> Any:
    """Send a message to ``echo`` and wait for what comes back."""
    answer = sender.rpc_send("echo", message)
    while hasattr(answer, "result"):
        answer = answer.result(timeout=PATIENCE)
    return answer


def test_rpc(communicator: Any) -> None:
    communicator.add_rpc_subscriber(echo, "echo")
    assert round_trip(communicator, {"number": 1}) == {"number": 1}


def test_two_communicators_meet(communicator: Any, amqp_uri: str, connect: Connect) -> None:
    communicator.add_rpc_subscriber(echo, "echo")
    assert round_trip(connect(amqp_uri), "over") == "over"


def test_tests_do_not_meet(communicator: Any, amqp_uri: str, connect: Connect) -> None:
    received = []
    connect(amqp_uri, message_exchange="elsewhere").add_broadcast_subscriber(lambda *args: received.append(args))
    communicator.broadcast_send("nobody hears this")
    assert not received


def test_restart_keeps_address_and_data(own_broker: Broker, connect: Connect) -> None:
    uri = own_broker.uri
    lasting = {"testing_mode": False, "task_queue": "lasting"}
    before = connect(own_broker.uri_with(heartbeat=2), **lasting)
    before.add_rpc_subscriber(echo, "echo")
    before.task_send("work", no_reply=True)
    own_broker.stop()
    assert not answers(uri)
    own_broker.start()
    assert own_broker.uri == uri
    after = connect(uri, **lasting)
    with after.task_queue("lasting").next_task(timeout=PATIENCE) as task:
        assert task.body == "work"
    assert wait_for_round_trip(after) == "back"


def wait_for_round_trip(sender: Any) -> Any:
    """Send until the subscriber of before is connected again."""
    kiwipy = pytest.importorskip("kiwipy")
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return round_trip(sender, "back")
        except kiwipy.UnroutableError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_processes_share_a_node(own_broker: Broker, tmp_path: Path) -> None:
    """The last user ends it; other nodes stay."""
    with shared_uri(tmp_path) as first:
        with shared_uri(tmp_path) as second:
            assert first == second != own_broker.uri
        assert answers(first)
    assert not answers(first)
    assert answers(own_broker.uri)
    with pytest.raises(BrokerError, match="started already"):
        own_broker.start()


KILLED = """
import os, sys, pathlib
from tests.runtime.broker import Broker
broker = Broker(pathlib.Path(sys.argv[1]))
broker.start()
print(broker.uri, flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_node_ends_if_the_run_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", KILLED, str(folder)], cwd=root, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + PATIENCE
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not folder.exists()
    assert not answers(run.stdout.strip())


def test_the_reason_of_a_failure_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.runtime.broker.SETTINGS", "no.such.setting = {port}\n")
    broker = Broker(tmp_path / "broker")
    with pytest.raises(BrokerError, match="failed_to_prepare_configuration"):
        broker.start()
    broker.close()
    assert not (tmp_path / "broker").exists()


def test_a_test_without_rabbitmq_is_skipped_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.runtime.broker.PATH", "")
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="no rabbitmq-server"):
        need_server()
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="no rabbitmq-server"):
        need_server()
