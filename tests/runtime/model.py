"""What a process should do, in one screen: the model that tests/runtime/test_life_cycle.py compares it with.

The model is driven in the same way as the process: requests take effect at once or become `pending`, and
:meth:`Model.settle` stands for the event loop that runs until nothing moves any more.
"""

from __future__ import annotations

import contextlib
import copy
from typing import Any, Deque, Dict, List, Optional

TERMINAL = ("finished", "excepted", "killed")
HOOKS = {  # of entering a state; `told` is the listener
    "running": ["on_run", "on_running", "told_running"],
    "waiting": ["on_wait", "on_waiting", "told_waiting"],
    "finished": ["on_finish", "on_finished", "told_finished", "on_terminated", "on_close"],
    "excepted": ["on_except", "on_excepted", "told_excepted", "on_terminated", "on_close"],
    "killed": ["on_kill", "on_killed", "told_killed", "on_terminated", "on_close"],
}
EXITS = {"running": ["on_exit_running"], "waiting": ["on_exit_waiting"]}
PAUSING, PLAYING = ["on_pausing", "on_paused", "told_paused"], ["on_playing", "told_played"]
NOTHING = "nothing yet"


class HookError(Exception):
    """What an armed hook raises."""


class Answer:
    """What somebody who asked, or waits, is going to get."""

    value: Any = NOTHING

    def give(self, value: Any) -> None:
        if self.value is NOTHING:
            self.value = value


class Model:
    def __init__(self, script: Deque[str]) -> None:
        self.script = script  # what the next steps do without awaiting anything
        self.state, self.status, self.kept_status = "created", None, None
        self.paused = self.driven = self.once = self.in_step = self.cancelled = self.interrupted = False
        self.released: Optional[str] = None  # what the step that awaits will do
        self.resumed: Any = NOTHING  # the value that ends the wait
        self.last = False  # the wait has no continuation
        self.pending: Optional[str] = None  # "pause" or "kill"
        self.text: Optional[str] = None
        self.answer = Answer()
        self.armed: Optional[str] = None  # the hook that raises when it's called next
        self.outputs: Dict[str, int] = {}
        self.log: List[str] = []
        self.waiters: List[Answer] = []
        self.outcome: Any = NOTHING  # of the future
        self.end: Any = NOTHING  # the result, error or message of a terminal state

    @property
    def terminated(self) -> bool:
        return self.state in TERMINAL

    def snapshot(self) -> Model:
        """What a checkpoint keeps."""
        saved = copy.copy(self)
        saved.driven = saved.in_step = saved.cancelled = saved.interrupted = False
        saved.released = saved.pending = saved.armed = None
        saved.outputs, saved.log, saved.waiters = dict(self.outputs), [], []
        return saved

    # --- Requests ---------------------------------------------------------------------------------------------------

    def pause(self, text: Optional[str]) -> Any:
        if self.terminated or self.paused or self.pending == "kill":
            return self.paused and not self.terminated
        if not self.in_step:
            return self.do_pause(text)
        if self.pending is None:
            self.pending, self.text, self.answer = "pause", text, Answer()
            self.interrupted |= self.state == "waiting" and self.resumed is NOTHING
        return self.answer

    def play(self) -> Any:
        if self.paused:
            self.call(PLAYING)
            self.paused, self.status, self.kept_status = False, self.kept_status, None
            return True
        if self.pending == "pause":
            self.withdraw()
        return not self.terminated

    def kill(self, text: Optional[str], force: bool = False) -> Any:
        if self.terminated:
            return self.state == "killed"
        if force or not self.in_step:
            self.go("killed", text)
            return self.state == "killed"
        if self.pending != "kill":
            self.withdraw()
            self.pending, self.text, self.answer, self.interrupted = "kill", text, Answer(), True
        return self.answer

    def withdraw(self) -> None:
        self.answer.give(False)
        self.pending = None

    def do_pause(self, text: Optional[str]) -> Any:
        self.call(PAUSING)
        self.paused, self.kept_status = True, self.status
        self.status = self.status if text is None else text
        return True

    # --- Running ----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        while self.driven:
            if self.terminated or self.cancelled:
                return self.leave()
            if self.paused:
                return None
            begins, self.in_step = not self.in_step, True
            state, to = self.state, self.step(begins)
            if to is NOTHING:
                return None
            if self.state == state and not self.terminated:
                self.carry_out(to)
            self.in_step = self.interrupted = False
            self.driven = not self.once

    def step(self, begins: bool) -> Any:
        """Where the step leads; None if it was interrupted, or has nothing to say."""
        if self.state == "created":
            return ("running",)
        if self.interrupted:
            self.released = None
            return None
        if self.state == "running":
            did = self.script.popleft() if begins and self.script else self.released
            self.released = None
            return NOTHING if did in (None, "await again") else self.act(did)
        if self.resumed is NOTHING:
            return NOTHING
        return ("finished", (self.resumed or None, True)) if self.last else ("running",)

    def act(self, did: str) -> Any:
        if did == "output":
            self.outputs["n"] = self.outputs.get("n", 0) + 1
        elif did == "pause itself" or did == "pause command":
            self.pause(did)
        elif did == "kill itself":
            self.kill(did)
        elif did == "force-kill itself":
            self.kill(did, force=True)
        elif did == "fail itself":
            self.go("excepted", "ValueError(itself)")
        return {
            "finish": ("finished", ("done", True)),
            "stop": ("finished", ("bad", False)),
            "fail": ("excepted", "ValueError(step)"),
            "lose": ("excepted", "CancelledError(what the step waited for was cancelled)"),
            "kill command": ("killed", did),
            "wait": ("waiting", False),
            "wait at last": ("waiting", True),
        }.get(did, ("running",))

    def carry_out(self, to: Any) -> None:
        pending, self.pending = self.pending, None
        if pending == "kill":
            self.go("killed", self.text)
            self.answer.give(self.state == "killed")
            return
        if to is not None:
            self.go(*to)
        if pending == "pause":
            try:
                self.answer.give(self.do_pause(self.text))
            except HookError as error:
                self.answer.give(f"HookError({error})")

    def leave(self) -> None:
        """The task that drove it ends."""
        if self.cancelled and not self.terminated:
            self.carry_out(None)
            if not self.terminated:
                self.tell_waiters("cancelled")
        self.driven = self.in_step = self.cancelled = self.interrupted = False
        self.released = None

    # --- Transitions ------------------------------------------------------------------------------------------------

    def call(self, hooks: List[str]) -> None:
        for hook in hooks:
            self.log.append(hook)
            if self.armed == hook:
                self.armed = None
                if not hook.startswith("told"):  # listeners can't do any harm
                    raise HookError(hook)

    def go(self, to: str, end: Any = None, hurry: bool = False) -> None:
        before_end, after_end = HOOKS[to][:3], HOOKS[to][3:]
        try:
            self.call([] if hurry else EXITS.get(self.state, []))
            self.call(before_end[:1])
            if to == "killed":
                self.status = end or ""
            self.call(before_end[1:])
        except HookError as error:
            if not hurry:
                return self.go("excepted", end if to == "excepted" else f"HookError({error})", hurry=True)
        self.state = to
        if to == "waiting":
            self.last, self.resumed = end, NOTHING
        if not self.terminated:
            return None
        self.end, self.paused = end, False
        if self.outcome is NOTHING:
            self.outcome = dict(self.outputs) if to == "finished" else end
        if self.pending:
            self.answer.give(to == "killed" and self.pending == "kill")
            self.pending = None
        self.tell_waiters(self.outcome)
        with contextlib.suppress(HookError):
            self.call(after_end)
        return None

    def tell_waiters(self, outcome: Any) -> None:
        for waiter in self.waiters:
            waiter.give(outcome)
