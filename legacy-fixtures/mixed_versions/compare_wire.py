"""What works between releases of plumpy and plumpy-compat that share a virtual host of RabbitMQ.

    python legacy-fixtures/mixed_versions/compare_wire.py --venvs FOLDER --amqp amqp://guest:guest@127.0.0.1/

Every peer has processes, a launcher and controllers. For each pair of them, one has processes and the other controls
them. Without `--all`, only pairs with plumpy-compat in it are tried. `compare_checkpoints.py --make-venvs` makes the
environments.

Exit codes: 0 if all works but what fails for a reason that plumpy-compat can do nothing about, 1 if not, 2 if nothing
could be said.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

import aio_pika

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environments import Peer, Problem, our_peers, real_peers

TIMEOUT = 40.0


def excuse(server: Peer, client: Peer, operation: str) -> Optional[str]:
    """Why something can't work between two peers of which one is ours; that is up to the other one."""
    if client.flavour is None and operation in ("execute (thread)", "execute, nowait (thread)"):
        return "the controller sends on the thread of its communicator, which waits for itself"
    if server.of_tornado and operation in ("status (thread, wrapped)", "status (coroutine, wrapped)"):
        return "a process of plumpy 0.14 and 0.15 can't tell its status through a LoopCommunicator"
    if server.name.endswith("py27") and operation == "continue what the other one saved":
        return "Python 2 has no pickles of protocol 4"
    real = server if client.flavour else client
    if real.version[:2] == (0, 16) and operation.startswith(("launch", "continue", "execute")):
        return "kiwipy 0.6 declares the queue of tasks otherwise than kiwipy before and since"
    if server.version < (0, 24) and server.flavour is None and client.flavour == "modern" and operation[:4] == "text":
        return "plumpy up to 0.23 takes the whole message for its text"
    if "UUID" in operation and client.flavour is None and not _reads_uuids(client, server):
        return "plumpy can't read UUIDs in the form of other releases: there's one up to 0.24, and one since"
    return None


def _reads_uuids(client: Peer, server: Peer) -> bool:
    """Whether messages may have UUIDs in them. With today's PyYAML, plumpy 0.20 to 0.24 can't read its own."""
    return client.version < (0, 20) if server.version < (0, 25) else client.version >= (0, 25)


class Conversation:
    """A peer that runs, and does what it's told."""

    def __init__(self, peer: Peer, uri: str) -> None:
        self.peer, self.uri = peer, uri
        self._process = subprocess.Popen(
            peer.command("wire_peer.py", uri), env=peer.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        self.said: List[str] = []
        threading.Thread(target=self._note, daemon=True).start()
        self.versions = self._answer()

    def _note(self) -> None:
        assert self._process.stderr is not None
        self.said.extend(self._process.stderr)

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        timer = threading.Timer(TIMEOUT, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        if not line:
            raise Problem(f"{self.peer.name} is gone:\n{''.join(self.said[-30:])}")
        return json.loads(line)

    def __call__(self, order: str, **arguments: Any) -> Any:
        """Have something done; gives what came of it.

        :raises Failed: if that is an error.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": order, **arguments}) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise Failed(answer["error"])
        return answer["ok"]

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


class Failed(Exception):
    """An operation didn't do what it should."""


class Pairing:
    """The operations between one that has processes and one that controls them."""

    def __init__(self, server: Conversation, client: Conversation) -> None:
        self.server, self.client = server, client
        self._numbers = itertools.count()

    def _process(self, wrapped: bool = False, pid: Optional[str] = None) -> str:
        pid = pid or f"p{next(self._numbers)}"
        self.server("new", pid=pid, wrapped=wrapped)
        plain = pid[5:] if pid.startswith("uuid:") else pid
        self.client("listen", pid=plain, wanted="state_changed.running.waiting")
        return plain

    def _ask(self, style: str, operation: str, *args: Any, **kwargs: Any) -> Any:
        answer = self.client("ask", style=style, operation=operation, args=args, kwargs=kwargs)
        if style == "coroutine" and answer["depth"]:
            raise Failed(f"gives {answer['depth']} future(s) in place of {answer['value']}")
        return answer["value"]

    def _expect(self, found: Any, expected: Any) -> None:
        if found != expected:
            raise Failed(f"{found!r}, not {expected!r}")

    def _look(self, pid: str, **expected: Any) -> None:
        seen = self.server("look", pid=pid)
        for _ in range(100):
            if all(seen[name] == value for name, value in expected.items()):
                return
            time.sleep(0.02)
            seen = self.server("look", pid=pid)
        self._expect({name: seen[name] for name in expected}, expected)

    def operations(self) -> Iterator[Tuple[str, Callable[[], None]]]:
        """All operations, by name."""
        for style in ("thread", "coroutine"):
            for wrapped in (False, True):
                where = f"{style}{', wrapped' if wrapped else ''}"
                yield f"status ({where})", lambda s=style, w=wrapped: self.status(s, w)
                yield f"pause, play ({where})", lambda s=style, w=wrapped: self.pause_and_play(s, w)
                yield f"kill ({where})", lambda s=style, w=wrapped: self.kill(s, w)
                yield f"kill with a text ({where})", lambda s=style, w=wrapped: self.kill(s, w, "enough")
            yield f"launch ({style})", lambda s=style: self.launch(s)
            yield f"launch, nowait ({style})", lambda s=style: self.launch_nowait(s)
            yield f"continue ({style})", lambda s=style: self.go_on(s)
            yield f"continue, nowait ({style})", lambda s=style: self.go_on_nowait(s)
        yield "continue what the other one saved", self.go_on_from_there
        yield "launch that fails", self.launch_fails
        yield "no such process", self.nobody
        yield "unknown intent", self.unknown
        yield "launch, nowait, UUID", self.launch_uuid
        yield "changes of state heard", self.changes
        yield "changes of state heard, UUID", self.changes_uuid
        yield "pause_all, play_all", self.all_paused
        yield "text of pause_all", lambda: self.all_paused(status="why")
        yield "kill_all", self.all_killed
        yield "text of kill_all", lambda: self.all_killed(killed="enough")
        for style in ("coroutine", "thread"):
            yield f"execute ({style})", lambda s=style: self.execute(s)
            yield f"execute, nowait ({style})", lambda s=style: self.execute_nowait(s)

    def status(self, style: str, wrapped: bool) -> None:
        found = self._ask(style, "get_status", self._process(wrapped))
        if not isinstance(found, dict) or not found.get("state"):
            raise Failed(f"{found!r} is no status")
        self._expect((set(found["state"]), found["paused"]), ({"waiting"}, False))

    def pause_and_play(self, style: str, wrapped: bool) -> None:
        pid = self._process(wrapped)
        self._expect(self._ask(style, "pause_process", pid, "why"), True)
        self._look(pid, paused=True, status="why")
        self._expect(self._ask(style, "play_process", pid), True)
        self._look(pid, paused=False)

    def kill(self, style: str, wrapped: bool, text: Optional[str] = None) -> None:
        pid = self._process(wrapped)
        self._expect(self._ask(style, "kill_process", pid, *([] if text is None else [text])), True)
        # plumpy up to 0.23 makes a text of there being none.
        old = self.server.peer.flavour is None and self.server.peer.version < (0, 24)
        self._look(pid, state="killed", killed=text or ("None" if old else None))

    def launch(self, style: str) -> None:
        found = self._ask(style, "launch_process", "class:Child", init_kwargs={"pid": f"l{next(self._numbers)}"})
        self._expect(found, {"word": "child"})

    def launch_nowait(self, style: str) -> None:
        pid = f"l{next(self._numbers)}"
        self._expect(self._ask(style, "launch_process", "class:Child", init_kwargs={"pid": pid}, nowait=True), pid)

    def launch_uuid(self) -> None:
        found = self._ask("thread", "launch_process", "class:Child", nowait=True)
        if not str(found).startswith("uuid:"):
            raise Failed(f"{found!r} is no UUID")

    def launch_fails(self) -> None:
        try:
            found = self._ask("thread", "launch_process", "class:Plain", init_kwargs={"inputs": {"number": "x"}})
        except Failed as error:
            if "RemoteException" in str(error) and "number" in str(error):
                return
            raise
        raise Failed(f"gives {found!r}")

    def go_on(self, style: str) -> None:
        pid = f"c{next(self._numbers)}"
        self.server("checkpoint", pid=pid)
        self._expect(self._ask(style, "continue_process", pid), {"word": "child"})

    def go_on_nowait(self, style: str) -> None:
        pid = f"c{next(self._numbers)}"
        self.server("checkpoint", pid=pid)
        self._expect(self._ask(style, "continue_process", pid, nowait=True), pid)

    def go_on_from_there(self) -> None:
        pid = f"c{next(self._numbers)}"
        self.client("checkpoint", pid=pid)
        self._expect(self._ask("thread", "continue_process", pid), {"word": "child"})

    def execute(self, style: str) -> None:
        kwargs = {"pid": f"e{next(self._numbers)}"}
        self._expect(self._ask(style, "execute_process", "class:Child", init_kwargs=kwargs), {"word": "child"})

    def execute_nowait(self, style: str) -> None:
        pid = f"e{next(self._numbers)}"
        found = self._ask(style, "execute_process", "class:Child", init_kwargs={"pid": pid}, nowait=True)
        self._expect(found, pid)

    def nobody(self) -> None:
        try:
            found = self._ask("thread", "get_status", "nobody")
        except Failed as error:
            if not any(name in str(error) for name in ("Unroutable", "DeliveryFailed", "DeliveryError")):
                raise
        else:
            raise Failed(f"gives {found!r}")

    def unknown(self) -> None:
        try:
            found = self.client("send", pid=self._process(), message={"intent": "dance"})
        except Failed as error:
            if "Unknown intent" not in str(error):
                raise
        else:
            raise Failed(f"gives {found!r}")

    def changes(self, pid: Optional[str] = None) -> None:
        plain = self._process(pid=pid)
        self._ask("thread", "kill_process", plain)
        expected = ["None.created", "created.running", "running.running", "running.waiting", "waiting.killed"]
        heard = self.client("listen", pid=plain, wanted="state_changed.waiting.killed")
        self._expect(heard, [f"state_changed.{one}" for one in expected])

    def changes_uuid(self) -> None:
        self.changes(f"uuid:{uuid.uuid4()}")

    def all_paused(self, **more: str) -> None:
        pid = self._process()
        self._ask("thread", "pause_all", "why")
        self._look(pid, paused=True, **more)
        self._ask("thread", "play_all")
        self._look(pid, paused=False)

    def all_killed(self, **more: str) -> None:
        pid = self._process()
        self._ask("thread", "kill_all", "enough")
        self.client("listen", pid=pid, wanted="state_changed.waiting.killed")
        self._look(pid, state="killed", **more)

    def run(self) -> Dict[str, str]:
        """Try all operations; gives what went wrong, or nothing, for each."""
        name = f"mixed-{uuid.uuid4().hex[:8]}"
        try:
            with tempfile.TemporaryDirectory(prefix=name) as folder:
                self.server("connect", name=name, serve=True, folder=folder)
                self.client("connect", name=name, serve=False, folder=folder)
                return {operation: self._try(function, name, folder) for operation, function in self.operations()}
        finally:
            asyncio.run(tidy(self.server.uri, name))

    def _try(self, function: Callable[[], None], name: str, folder: str) -> str:
        self.server("end")  # so that nobody else is meant by what is said to all
        try:
            function()
        except Failed as error:
            if "hangs" in str(error) or "TimeoutError" in str(error):  # its communicator may wait for ever
                self.client("connect", name=name, serve=False, folder=folder)
            return str(error) or "failed"
        return ""


async def tidy(uri: str, name: str) -> None:
    """Remove what was declared under a name, for it outlives those who use it."""
    connection = await aio_pika.connect(uri)
    async with connection:
        channel = await connection.channel()
        await channel.queue_delete(f"{name}.queue")
        for kind in ("messages", "tasks"):
            await channel.exchange_delete(f"{name}.{kind}")


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Try all pairs, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*", help="0.14.5, 0.15.2 and 0.26.1 by default")
    parser.add_argument("--venvs", metavar="FOLDER", required=True, help="where the environments are")
    parser.add_argument("--amqp", required=True, help="the address of a RabbitMQ")
    parser.add_argument("--python", default=sys.executable, help="a Python that can run plumpy-compat")
    parser.add_argument("--flavour", action="append", help="modern (by default), or legacy; both if given twice")
    parser.add_argument("--all", action="store_true", help="also pairs without plumpy-compat")
    options = parser.parse_args(arguments)
    reals = real_peers(Path(options.venvs), options.releases or ["0.14.5", "0.15.2", "0.26.1"])
    peers = our_peers(options.python, options.flavour or ["modern"]) + reals
    failed = False
    try:
        with ExitStack() as stack:
            servers, clients = ([stack.enter_context(Conversation(peer, options.amqp)) for peer in peers] for _ in "12")
            for server, client in itertools.product(servers, clients):
                ours = bool(server.peer.flavour or client.peer.flavour)
                if ours or options.all:
                    outcomes = Pairing(server, client).run()
                    wrong = {name: text for name, text in outcomes.items() if text}
                    title = f"{server.peer.name} controlled by {client.peer.name}"
                    print(f"{title:<50}{len(outcomes) - len(wrong):>4} of {len(outcomes)}")
                    for name, text in wrong.items():
                        reason = excuse(server.peer, client.peer, name) if ours else None
                        failed = failed or (ours and not reason)
                        print(f"    {name}: {reason or text.strip().splitlines()[0][:150]}")
                    sys.stdout.flush()
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
