"""What the runtime's tests share: a real RabbitMQ, and communicators that are connected to it."""

from __future__ import annotations

import os
import threading
import uuid
import warnings
from pathlib import Path
from typing import Any, Callable, Iterator

import kiwipy
import pytest

from tests.runtime.broker import Broker, server_program, shared_uri
from tests.runtime.helpers import LoopThread

REQUIRED = "PLUMPY_COMPAT_REQUIRE_AMQP"
"""The environment variable that makes tests fail instead of being skipped where there is no RabbitMQ."""

ADDRESS = "PLUMPY_COMPAT_TEST_AMQP"
"""The environment variable with the address of a running RabbitMQ, to be used instead of one's own."""


def need_server() -> None:
    """Skip the test, or let it fail, if RabbitMQ isn't installed."""
    if server_program() is None:
        stop = pytest.fail if os.environ.get(REQUIRED) else pytest.skip
        stop(f"no rabbitmq-server is installed, and {ADDRESS} isn't set")


@pytest.fixture(scope="session")
def amqp_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a RabbitMQ that all tests of the run share; don't stop it."""
    address = os.environ.get(ADDRESS)
    if address:
        yield address
        return
    need_server()
    folder = tmp_path_factory.getbasetemp()
    with shared_uri(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) as uri:
        yield uri


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """Give a RabbitMQ node that runs for this test alone, which may stop and restart it."""
    need_server()
    with Broker(tmp_path / "broker") as broker:
        yield broker


@pytest.fixture
def connect() -> Iterator[Callable[..., Any]]:
    """Give a function that connects a ``RmqThreadCommunicator``; all are closed after the test.

    It takes the address and the options of ``RmqThreadCommunicator.connect``. The communicators of one test meet on
    exchanges and a task queue that no other test uses.
    """
    rmq = pytest.importorskip("kiwipy.rmq")
    name = f"test-{uuid.uuid4()}"
    names = {"message_exchange": f"{name}.messages", "task_exchange": f"{name}.tasks", "task_queue": f"{name}.queue"}
    opened = []

    def connect_to(uri: str, **options: Any) -> Any:
        communicator = rmq.RmqThreadCommunicator.connect(uri, **{"testing_mode": True, **names, **options})
        opened.append(communicator)
        return communicator

    yield connect_to
    for communicator in reversed(opened):
        close(communicator)


@pytest.fixture
def communicator(amqp_uri: str, connect: Callable[..., Any]) -> Any:
    """Give a communicator that is connected to the shared RabbitMQ."""
    return connect(amqp_uri)


def close(communicator: Any, patience: float = 15.0) -> None:
    """Close a communicator, but don't wait for ever: it hangs if its connection is in a bad state."""
    closer = threading.Thread(target=communicator.close, daemon=True)
    closer.start()
    closer.join(patience)
    if closer.is_alive():
        warnings.warn("a communicator didn't close in time", stacklevel=1)


@pytest.fixture
def there() -> Iterator[LoopThread]:
    """Give a loop that runs in a thread of its own; nothing may fail on it unseen."""
    with LoopThread() as thread:
        yield thread
        assert thread.errors == []


@pytest.fixture
def local() -> kiwipy.LocalCommunicator:
    """Give a communicator that lives in this interpreter."""
    return kiwipy.LocalCommunicator()
