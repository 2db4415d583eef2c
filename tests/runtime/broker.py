"""A RabbitMQ node of one's own for tests: private folder and ports, loopback only, gone when nobody needs it.

A node is run by a guard, a process of its own (the end of this file), for as long as somebody holds the shared lock of
a file, the *lease*. Locks go with the processes that hold them, so the node also ends if the test run is killed.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Iterator
from urllib.parse import urlencode, urlsplit

if sys.platform != "win32":  # where no node is started
    import fcntl

PATIENCE = 120.0
"""How many seconds a node may take to start or to stop; on a busy machine it needs ten."""

PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/opt/homebrew/sbin"])

SETTINGS = """\
listeners.tcp.1 = 127.0.0.1:{port}
disk_free_limit.absolute = 1MB
vm_memory_high_watermark.relative = 0.9
"""


class BrokerError(Exception):
    """A node didn't start or stop."""


def server_program() -> Path | None:
    """Give RabbitMQ's program, or None if there is none that could be run here."""
    found = shutil.which("rabbitmq-server", path=PATH)
    if found is None or os.name == "nt":
        return None
    # Debian's is a link to a wrapper that changes the user; the real one lies next to the wrapper.
    program = Path(found).resolve().with_name("rabbitmq-server")
    return program if program.exists() else Path(found)


class Broker:
    """A node; its ports and data stay the same over restarts.

    :param folder: an absent folder for it alone; it's deleted with the node.
    :param lease: the open file whose lock keeps the node, if others may use it too.
    """

    def __init__(self, folder: Path, lease: IO[str] | None = None) -> None:
        self.folder = folder
        self._ports = free_ports(3)
        self._guard: subprocess.Popen[bytes] | None = None
        (folder / "log").mkdir(parents=True)
        self._lease = lease or open_lease(folder / "lease")
        try_lock(self._lease, fcntl.LOCK_SH)

    @property
    def uri(self) -> str:
        """The node's address."""
        return f"amqp://guest:guest@127.0.0.1:{self._ports[0]}/"

    def uri_with(self, **options: object) -> str:
        """Give the address with options for the connection, such as ``heartbeat=2``."""
        return f"{self.uri}?{urlencode(options)}"

    def start(self) -> None:
        """Start the node, and wait until it answers."""
        if self._guard is not None:
            raise BrokerError("the node has been started already")
        log = self.folder / "log" / "console"
        with log.open("ab") as output:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", __file__, str(self.folder), self._lease.name],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # an interrupt from the keyboard is for the tests only
            )
        deadline = time.monotonic() + PATIENCE
        while not answers(self.uri):
            if self._guard.poll() is not None or time.monotonic() > deadline:
                text = log.read_text(errors="replace")
                self.stop()
                raise BrokerError(f"RabbitMQ didn't start:\n{text[-3000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the node properly; :meth:`start` can bring it back."""
        if self._guard is not None:
            self._guard.terminate()
            self._join()

    def restart(self) -> None:
        """Stop the node and start it again."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Give the node up; if nobody else uses it, it ends at once, with its data."""
        alone = try_lock(self._lease, fcntl.LOCK_EX)
        self._lease.close()
        if self._guard is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        elif alone:
            self._join()

    def __enter__(self) -> Broker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _environment(self) -> dict[str, str]:
        """Write the node's settings, and give the environment variables that make it take them."""
        folder = self.folder
        port, distribution, mapper = self._ports
        (folder / "rabbitmq.conf").write_text(SETTINGS.format(port=port))
        (folder / "rabbitmq-env.conf").touch()
        (folder / "enabled_plugins").write_text("[].\n")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
        return {
            **kept,
            "HOME": str(folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(mapper),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_NODENAME": f"test{port}@localhost",
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false",
        }

    def _join(self) -> None:
        """Wait until the guard has ended, with all that it started."""
        assert self._guard is not None
        self._guard.wait(PATIENCE)
        self._guard = None


@contextmanager
def shared_uri(folder: Path) -> Iterator[str]:
    """Give the address of the node that the processes of a test run share; the first one starts it.

    :param folder: a folder that they share.
    """
    path = folder / "amqp-lease"
    broker = None
    with open(folder / "amqp-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lease, uri = open_lease(path), ""
        if try_lock(lease, fcntl.LOCK_SH):
            uri = lease.read()
        if not answers(uri):
            path.unlink()
            lease.close()
            lease = open_lease(path)
            broker = Broker(folder / f"amqp-{uuid.uuid4().hex[:8]}", lease)
            broker.start()
            uri = broker.uri
            lease.write(uri)
            lease.flush()
    try:
        yield uri
    finally:
        if broker is not None:
            broker.close()
        lease.close()


def open_lease(path: Path) -> IO[str]:
    """Open a lease, which is made if it isn't there."""
    lease = open(path, "a+")  # noqa: SIM115
    lease.seek(0)
    return lease


def try_lock(file: IO[str], kind: int) -> bool:
    """Take a lock if nobody is in the way, and say if that worked."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def answers(uri: str) -> bool:
    """Whether an AMQP server begins a conversation at an address."""
    port = urlsplit(uri).port
    if port is None:
        return False
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            # A method on channel 0: "start".
            return connection.recv(3) == b"\x01\x00\x00"
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    """Choose free ports below those that systems give to clients, so that nobody takes them during a restart."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.SystemRandom().randrange(12000, 32000)
        with socket.socket() as probe:
            if port not in ports and probe.connect_ex(("127.0.0.1", port)):
                ports.append(port)
    return ports


def guard(folder: Path, lease: IO[str]) -> None:
    """Run a node and the port mapper that it needs, until its lease ends; or until SIGTERM, which keeps its data."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(1))
    with subprocess.Popen(["epmd", "-relaxed_command_check"], env={**os.environ, "PATH": PATH}) as mapper:
        try:
            with subprocess.Popen([str(server_program())], start_new_session=True) as node:
                while not told and not try_lock(lease, fcntl.LOCK_EX) and node.poll() is None:
                    time.sleep(0.1)
                if told:
                    node.terminate()
                elif node.poll() is None:
                    os.killpg(node.pid, signal.SIGKILL)
        finally:
            mapper.kill()
    if try_lock(lease, fcntl.LOCK_EX):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    with open(sys.argv[2]) as opened:
        guard(Path(sys.argv[1]), opened)
