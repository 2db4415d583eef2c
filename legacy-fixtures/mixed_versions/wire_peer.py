# -*- coding: utf-8 -*-
"""Take part in a conversation over RabbitMQ, with whatever `import plumpy` gives: have processes, or control others.

    python wire_peer.py AMQP-ADDRESS

It takes orders from standard input, a line of JSON each, and answers each with a line. It runs on Python 2.7 and later, on
plumpy 0.14 to 0.26, and on plumpy-compat under the name of plumpy.
"""

from __future__ import print_function

import json
import os
import sys
import threading
import time
import traceback
import uuid

import kiwipy
import plumpy
import plumpy.process_comms
import shapes
from checkpoint_cases import LEGACY, new_loop
from kiwipy import rmq

PATIENCE = 4.0

if not LEGACY:
    import asyncio


def call_soon(loop, function):
    """Have a function called on a loop, from any thread."""
    getattr(loop, "add_callback" if LEGACY else "call_soon_threadsafe")(function)


def start(loop, function):
    """Run a coroutine function on a loop, from any thread; gives a future for other threads."""
    outcome = kiwipy.Future()

    def run():
        try:
            running = function() if LEGACY else asyncio.ensure_future(function())
            if LEGACY:
                loop.add_future(running, copy)
            else:
                running.add_done_callback(copy)
        except Exception as error:
            outcome.set_exception(error)

    def copy(done):
        try:
            outcome.set_result(done.result())
        except BaseException as error:
            outcome.set_exception(RuntimeError("{}: {}".format(type(error).__name__, error)))

    call_soon(loop, run)
    return outcome


class Peer(object):
    """All that one interpreter has: processes, a launcher, controllers, and what it has heard."""

    def __init__(self, uri, loop):
        self.uri = uri
        self.loop = loop
        self.communicator = None
        self.processes = {}
        self.heard = []

    def call(self, function):
        """Call a function on the loop, and give what it gives."""
        outcome = kiwipy.Future()

        def run():
            try:
                outcome.set_result(function())
            except BaseException as error:
                traceback.print_exc()
                outcome.set_exception(RuntimeError("{}: {}".format(type(error).__name__, error)))

        call_soon(self.loop, run)
        return outcome.result(timeout=PATIENCE * 2)

    # --- Orders -----------------------------------------------------------------------------------------------------

    def connect(self, name, serve, folder):
        """Connect, on exchanges that only those with the same name use; listen, and take tasks if it's said."""
        self.processes, self.heard = {}, []
        self.persister = plumpy.PicklePersister(folder)
        self.communicator = rmq.RmqThreadCommunicator.connect(
            connection_params={"url": self.uri},
            message_exchange=name + ".messages",
            task_exchange=name + ".tasks",
            task_queue=name + ".queue",
            testing_mode=False,  # kiwipy 0.5 and later releases differ in what they make in that mode
        )
        self.wrapped = self.call(lambda: plumpy.wrap_communicator(self.communicator, self.loop))
        self.communicator.add_broadcast_subscriber(kiwipy.BroadcastFilter(self.hearer(), subject="state_changed.*"))
        if serve:
            context = plumpy.LoadSaveContext(loop=self.loop)
            launcher = plumpy.ProcessLauncher(loop=self.loop, persister=self.persister, load_context=context)
            self.call(lambda: self.wrapped.add_task_subscriber(launcher))

    def hearer(self):
        """A subscriber to changes of state, until there is another one."""

        def hear(_comm, body, sender, subject, correlation_id):
            if self.hear is hear:
                self.heard.append([str(sender), subject])

        self.hear = hear
        return hear

    def new(self, pid, wrapped):
        """Make a process that runs until it waits."""
        key = uuid.UUID(pid[5:]) if pid.startswith("uuid:") else pid

        def make():
            communicator = self.wrapped if wrapped else self.communicator
            process = shapes.Plain(pid=key, loop=self.loop, communicator=communicator)
            self.processes[str(key)] = process
            return process

        process = self.call(make)
        start(self.loop, process.step_until_terminated).add_done_callback(lambda done: done.exception())
        self.until(lambda: process.state.value == "waiting")

    def end(self):
        """Have no process of ours run any more."""
        for process in self.processes.values():
            if not process.has_terminated():
                self.call(process.kill)
                self.until(process.has_terminated)

    def checkpoint(self, pid):
        """Have a checkpoint of a process that isn't there."""

        def make():
            process = shapes.Child(pid=pid, loop=self.loop)
            self.persister.save_checkpoint(process)

        self.call(make)

    def look(self, pid):
        """What there is to see of a process of ours."""
        process = self.processes[pid]
        message = process.killed_msg() if process.state.value == "killed" else None
        return {
            "state": process.state.value,
            "paused": process.paused,
            "status": process.status if not isinstance(process.status, dict) else repr(process.status),
            "killed": message.get("message") if isinstance(message, dict) else message,
            "killed raw": repr(message),
        }

    def ask(self, style, operation, args=(), kwargs=None):
        """Use a controller. `depth` is how many futures the caller has to unwrap himself."""
        args = [getattr(shapes, one[6:]) if str(one).startswith("class:") else one for one in args]
        cls = {"thread": plumpy.RemoteProcessThreadController, "coroutine": plumpy.RemoteProcessController}[style]

        def use():
            return getattr(cls(self.communicator), operation)(*args, **(kwargs or {}))

        outcome = start(self.loop, use) if style == "coroutine" else use()
        value, depth = self.unwrap(outcome)
        if style == "coroutine":
            depth -= 1
        return {"value": plain(value), "depth": depth}

    def send(self, pid, message):
        """Send an RPC as it is."""
        value, depth = self.unwrap(self.communicator.rpc_send(pid, message))
        return {"value": plain(value), "depth": depth}

    def listen(self, pid, wanted):
        """The changes of state of a process that were heard, when the wanted one is among them."""
        self.until(lambda: [pid, wanted] in self.heard)
        return [subject for sender, subject in self.heard if sender == pid]

    # --- Help -------------------------------------------------------------------------------------------------------

    def unwrap(self, outcome):
        """The value in a future, and how many futures were around it."""
        depth = 0
        deadline = time.time() + PATIENCE
        while hasattr(outcome, "add_done_callback"):
            if hasattr(outcome, "set_running_or_notify_cancel"):
                outcome = outcome.result(timeout=max(0.01, deadline - time.time()))
            else:  # of tornado or asyncio, as a result
                while not outcome.done() and time.time() < deadline:
                    time.sleep(0.01)
                outcome = outcome.result()
            depth += 1
        return outcome, depth

    def until(self, condition):
        """Wait for something to be true."""
        deadline = time.time() + PATIENCE
        while not condition() and time.time() < deadline:
            time.sleep(0.005)


def plain(value):
    """A value as JSON has it; members of `ProcessState` by what they're equal to."""
    if isinstance(value, dict) and "state" in value:
        state = value["state"]
        names = ("created", "running", "waiting", "killed", "finished", "excepted")
        text = [name for name in names if state in (name, "ProcessState." + name.upper())]
        member = [one.value for one in plumpy.ProcessState if state == one]
        return {"state": text + member, "type": type(state).__name__, "paused": value.get("paused")}
    if isinstance(value, dict):
        return dict((str(key), plain(one)) for key, one in value.items())
    if isinstance(value, uuid.UUID):
        return "uuid:{}".format(value)
    return value if value is None or isinstance(value, (bool, int, float, str, shapes.TEXT)) else repr(value)


def obey(peer, stop):
    """Do what is said on standard input, until it ends."""
    print(json.dumps({"plumpy": plumpy.__version__, "python": sys.version.split()[0]}))
    sys.stdout.flush()
    while True:
        line = sys.stdin.readline()
        if not line:
            break
        print(json.dumps(answer_to(peer, json.loads(line))))
        sys.stdout.flush()
    stop()


def answer_to(peer, order):
    """Do one thing, on a thread of its own: some calls of kiwipy wait for ever."""
    answer = {"error": "hangs"}

    def do():
        try:
            found = {"ok": getattr(peer, order.pop("do"))(**order)}
        except BaseException as error:
            found = {"error": "{}: {}".format(type(error).__name__, error)}
        answer.clear()
        answer.update(found)

    thread = threading.Thread(target=do)
    thread.daemon = True
    thread.start()
    thread.join(PATIENCE * 3)
    return dict(answer)


if not LEGACY:
    exec("async def tick():\n    while True:\n        await asyncio.sleep(0.02)\n")


def main(uri):
    """Run the loop; orders are taken on another thread."""
    loop = new_loop()
    peer = Peer(uri, loop)

    def stop():
        os._exit(0)  # connections that are lost, and loops of tornado, can't be ended well by all of them

    thread = threading.Thread(target=obey, args=(peer, stop))
    thread.daemon = True
    thread.start()
    if not LEGACY:
        # plumpy 0.16 to 0.26 forgets to wake its loop; one that is woken all the time doesn't show it.
        start(loop, tick)
    getattr(loop, "start" if LEGACY else "run_forever")()


if __name__ == "__main__":
    main(*sys.argv[1:])
