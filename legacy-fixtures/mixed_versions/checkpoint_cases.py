# -*- coding: utf-8 -*-
"""Write checkpoints of processes in every state, or load them and go on, with whatever `import plumpy` gives.

    python checkpoint_cases.py write FOLDER     a pickle and a YAML file for each case
    python checkpoint_cases.py finish FOLDER    load each, tell what it is, continue it, tell how it ends: as JSON

It runs on Python 2.7 and later, on plumpy 0.14 to 0.26, and on plumpy-compat under the name of plumpy.
"""

from __future__ import print_function

import copy
import datetime
import decimal
import io
import json
import logging
import numbers
import os
import re
import sys
import traceback
import uuid

import plumpy
import plumpy.persistence
import shapes
import yaml

logging.getLogger().setLevel(logging.CRITICAL)

if "plumpy_compat" in sys.modules:
    from plumpy_compat.checkpoints import allow

    allow(shapes.OwnError, shapes.Listener)

NESTED = {
    "number": 5,
    "about": "na\u00efve \u2713",
    "nested": {"deeper": {"name": "x"}},
    "free": {
        "date": datetime.date(2020, 1, 2),
        "decimal": decimal.Decimal("1.5"),
        "list": [1, [2, {"three": 3.5}]],
        "tuple": (1, "two"),
        "set": {1, 2},
        "none": None,
        "true": True,
        "big": 2**80,
    },
}

# name -> (class, inputs, how many steps, what to do then)
CASES = {
    "created": ("Plain", None, 0, None),
    "created with inputs": ("Plain", NESTED, 0, None),
    "created and paused": ("Plain", {"number": 1}, 0, "pause"),
    "pid that is a number": ("Plain", {"number": 1}, 2, None),
    "pid that is a UUID": ("Plain", {"number": 1}, 2, None),
    "before the first step": ("Plain", {"number": 1}, 1, None),
    "between steps": ("Plain", {"number": 1}, 2, None),
    "between steps and paused": ("Plain", NESTED, 2, "pause"),
    "waiting": ("Plain", NESTED, 3, None),
    "waiting and paused": ("Plain", {}, 3, "pause"),
    "with a listener": ("Plain", {"number": 1}, 2, "listen"),
    "killed": ("Plain", {"number": 1}, 2, "kill"),
    "killed without a text": ("Plain", {"number": 1}, 2, "kill silently"),
    "finished": ("Chain", {"rounds": 1}, -1, None),
    "finished badly": ("Unsuccessful", None, -1, None),
    "about to except": ("Failing", {"which": "value"}, 2, None),
    "excepted": ("Failing", {"which": "value"}, -1, None),
    "excepted, KeyError": ("Failing", {"which": "key"}, -1, None),
    "excepted, OSError": ("Failing", {"which": "os"}, -1, None),
    "excepted, not ASCII": ("Failing", {"which": "unicode"}, -1, None),
    "excepted, own error": ("Failing", {"which": "own"}, -1, None),
    "futures": ("Keeper", None, 1, None),
    "cancelled future": ("Cancelled", None, 1, None),
    "chain, created": ("Chain", {"rounds": 2}, 0, None),
    "chain, in front": ("Chain", {"rounds": 2}, 1, None),
    "chain, paused": ("Chain", {"rounds": 4}, 7, "pause"),
    "chain, returning": ("Returning", {"rounds": 4}, 3, None),
    "chain, before its child": ("Launching", None, 2, None),
}
CASES.update(("chain, %02d steps" % steps, ("Chain", {"rounds": 4}, steps, None)) for steps in range(2, 15))


PIDS = {"pid that is a number": 12, "pid that is a UUID": uuid.UUID(int=7)}

# plumpy up to 0.15 runs on tornado's loop.
LEGACY = not isinstance(plumpy.Process.loop, property)


def new_loop():
    """A loop of the kind that this plumpy has, as the current one."""
    if LEGACY:
        loop = plumpy.new_event_loop()
        plumpy.set_event_loop(loop)
    else:
        import asyncio

        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
    return loop


def run(loop, function):
    """Run a coroutine function of plumpy's until it has ended."""
    if LEGACY:
        return loop.run_sync(function, timeout=20)
    import asyncio

    return loop.run_until_complete(asyncio.wait_for(function(), 20))


def advance(loop, process, steps):
    """Do this many steps; all if it's less than none."""
    if steps < 0:
        run(loop, process.step_until_terminated)
    for _ in range(steps):
        if process.has_terminated():
            raise ValueError("{} has ended after fewer than {} steps".format(process, steps))
        run(loop, process.step)


def act(process, what):
    """Do to a process what the case says."""
    if what == "pause":
        process.pause("why")
    elif what == "kill":
        process.kill("enough")
    elif what == "kill silently":
        process.kill()
    elif what == "listen":
        process.add_process_listener(shapes.Listener())


def write(folder):
    """Write all cases; what can't be saved is told."""
    refused = {}
    for name, (cls, inputs, steps, what) in sorted(CASES.items()):
        loop = new_loop()
        process = getattr(shapes, cls)(inputs=copy.deepcopy(inputs), pid=pid_of(name), loop=loop)
        advance(loop, process, steps)
        act(process, what)
        for how, save in (("pickle", save_pickle), ("yaml", save_yaml)):
            try:
                save(process, folder)
            except BaseException as error:  # asyncio's CancelledError is none of Exception
                refused.setdefault(name, {})[how] = "{}: {}".format(type(error).__name__, error)
    return refused


def save_pickle(process, folder):
    """Save a process as plumpy's persister does."""
    path = os.path.join(folder, plumpy.PicklePersister.pickle_filename(process.pid))
    try:
        plumpy.PicklePersister(folder).save_checkpoint(process)
    except BaseException:
        if os.path.exists(path):
            os.remove(path)  # half of it
        raise


def save_yaml(process, folder):
    """Save a process as text."""
    text = yaml.dump(plumpy.Bundle(process), allow_unicode=True)
    with io.open(yaml_path(folder, process.pid), "w", encoding="utf-8") as file:
        file.write(text if not isinstance(text, bytes) else text.decode("utf-8"))


def yaml_path(folder, pid):
    """Where the text of a process is."""
    return os.path.join(folder, "{}.yaml".format(pid))


def pid_of(name):
    """The pid of a case, which is also the name of its files."""
    return PIDS.get(name, name.replace(",", "").replace(" ", "_"))


def finish(folder):
    """Load and continue what is in a folder; see the beginning of this file."""
    found = {}
    for name in sorted(CASES):
        pid = pid_of(name)
        ways = {}
        if os.path.exists(os.path.join(folder, "{}.pickle".format(pid))):
            ways["pickle"] = told(lambda: plumpy.PicklePersister(folder).load_checkpoint(pid))
        if os.path.exists(yaml_path(folder, pid)):
            ways["yaml"] = told(lambda: from_yaml(yaml_path(folder, pid)))
        found[name] = ways
    return found


def from_yaml(path):
    """Read a bundle from a YAML file."""
    with io.open(path, encoding="utf-8") as file:
        return yaml.load(file.read(), Loader=yaml.Loader)


def told(load):
    """What a checkpoint holds, and how it ends; or why that can't be said."""
    loop = new_loop()
    try:
        process = load().unbundle(plumpy.LoadSaveContext(loop=loop))
        before = describe(process)
        go_on(loop, process)
        return {"before": before, "after": describe(process)}
    except BaseException as error:
        last = traceback.extract_tb(sys.exc_info()[2])[-1]
        where = "{}:{}".format(os.path.basename(last[0]), last[1])
        return {"error": "{}: {} ({})".format(type(error).__name__, error, where)}


def go_on(loop, process):
    """Bring a process to its end."""
    if process.has_terminated():
        return
    if process.paused:
        process.play()
    while process.state.value in ("created", "running"):
        run(loop, process.step)
    if process.state.value == "waiting":
        if type(process).__name__ == "Plain":
            process.resume("word")
        run(loop, process.step_until_terminated)


def describe(process):
    """What can be told of a process, as plain data."""
    state = process._state
    told = {
        "pid": plain(process.pid),
        "class": type(process).__name__,
        "state": process.state.value,
        "paused": process.paused,
        "status": process.status,
        "since": process.creation_time > 1000000000,
        "raw inputs": plain(process.raw_inputs),
        "inputs": plain(process.inputs),
        "outputs": plain(process.outputs),
        "waits": [plain(getattr(state, "msg", None)), plain(getattr(state, "data", None))]
        if process.state.value == "waiting"
        else None,
        "heard": getattr(process, "heard", None),
        "future": outcome_of(process.future()),
    }
    if hasattr(process, "ctx"):
        told["ctx"] = plain(dict((key, getattr(process.ctx, key)) for key in vars(process.ctx)))
        try:
            # Up to plumpy 0.26 a stepper that returns is shown by its address.
            told["stepper"] = re.sub(r"<.*_ReturnStepper.*>", "return", str(process._stepper))
        except IndexError:
            told["stepper"] = "at its end"
    for name in ("_told", "_failed", "_dropped", "_open"):
        if hasattr(process, name):
            told[name] = outcome_of(getattr(process, name))
    if hasattr(process, "_method"):
        told["_method"] = process._method == process.run
    if told["state"] == "finished":
        told["result"] = [plain(process.result()), process.successful()]
    elif told["state"] == "excepted":
        told["exception"] = plain(process.exception())
    elif told["state"] == "killed":
        message = process.killed_msg()
        told["killed"] = message.get("message") if isinstance(message, dict) else message
    return told


def outcome_of(future):
    """How a future ended, if it has."""
    if not future.done():
        return "pending"
    if future.cancelled():
        return "cancelled"
    error = future.exception()
    return plain(error) if error is not None else ["result", plain(future.result())]


def plain(value):
    """A value as JSON has it, the same for all releases."""
    if isinstance(value, BaseException):
        name = {"IOError": "OSError"}.get(type(value).__name__, type(value).__name__)
        # plumpy from 0.24 has the message in it, earlier releases its text.
        args = [one.get("message") if isinstance(one, dict) and "intent" in one else one for one in value.args]
        return [name, plain(args)]
    if isinstance(value, bytes) and not isinstance(value, str):
        return ["bytes", value.decode("latin-1")]
    if value is None or isinstance(value, (bool, float, str, numbers.Integral, shapes.TEXT)):
        return value
    if isinstance(value, (set, frozenset)):
        return [type(value).__name__] + sorted(plain(one) for one in value)
    if isinstance(value, tuple):
        return ["tuple"] + [plain(one) for one in value]
    if isinstance(value, list):
        return [plain(one) for one in value]
    if hasattr(value, "items"):
        return dict((str(key), plain(item)) for key, item in value.items())
    return [type(value).__name__, str(value)]


def main(command, folder):
    """Do one of both, and print what came of it."""
    result = {"write": write, "finish": finish}[command](folder)
    version = ".".join(str(part) for part in sys.version_info[:2])
    print(json.dumps({"plumpy": plumpy.__version__, "python": version, "cases": result}, sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
