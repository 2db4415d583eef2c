"""Who hears of a hook that fails: who asked for the transition, as in plumpy 0.15, and who waits for the process."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import plumpy_compat.legacy as plumpy
from plumpy_compat.legacy import loops


@pytest.fixture(autouse=True)
def loop():
    loop = loops.new()
    loops.make_current(loop)
    yield loops.asyncio_loop(loop)
    loop.close()
    loops.clear_current()


class Fails(plumpy.Process):
    """Its hook `hook` fails, or doesn't chain up."""

    hook = ""
    chains_up = True

    def run(self) -> Any:
        return plumpy.Wait(self.go_on)

    def go_on(self) -> None:
        """Do nothing."""

    def fail_in(self, hook: str) -> None:
        if hook == self.hook:
            raise ValueError(hook)

    def on_kill(self, msg: Any) -> None:
        if self.chains_up:
            super().on_kill(msg)
        self.fail_in("kill")

    def on_killed(self) -> None:
        super().on_killed()
        self.fail_in("killed")

    def on_finish(self, result: Any, successful: bool) -> None:
        super().on_finish(result, successful)
        self.fail_in("finish")

    def on_except(self, exc_info: Any) -> None:
        super().on_except(exc_info)
        self.fail_in("except")


def test_a_hook_that_does_not_chain_up_fails_what_asked_for_the_transition(loop: Any) -> None:
    process = Fails()
    process.chains_up = False
    with pytest.raises(AssertionError, match="was not called from"):
        process.kill("enough")
    assert process.state == plumpy.ProcessState.EXCEPTED
    assert isinstance(process.future().exception(), AssertionError)


def test_a_hook_that_fails_does_so_too(loop: Any) -> None:
    process = Fails()
    process.hook = "kill"
    with pytest.raises(ValueError, match="kill"):
        process.kill("enough")
    assert process.state == plumpy.ProcessState.EXCEPTED
    assert str(process.exception()) == "kill"


def test_after_the_end_was_announced_the_state_stays(loop: Any) -> None:
    process = Fails()
    process.hook = "killed"
    with pytest.raises(ValueError, match="killed"):
        process.kill("enough")
    assert process.killed()
    assert process.killed_msg() == "enough"


def test_of_an_error_that_is_given_the_hooks_is_heard_and_both_are_known(loop: Any, caplog: Any) -> None:
    process = Fails()
    process.hook = "except"
    with caplog.at_level(logging.ERROR), pytest.raises(ValueError, match="except"):
        process.fail(KeyError("given"), None)
    assert isinstance(process.exception(), KeyError)
    assert "ValueError: except" in caplog.text


@pytest.mark.parametrize("hook", ["kill", "finish"])
def test_in_a_step_the_process_tells_and_nobody_waits_forever(hook: str, loop: Any) -> None:
    process = Fails()
    process.hook = hook
    done = process.step_until_terminated()
    loop.call_later(0.01, process.kill if hook == "kill" else process.resume)
    loop.run_until_complete(wait(done))
    assert process.state == plumpy.ProcessState.EXCEPTED
    assert str(process.exception()) == hook
    with pytest.raises(ValueError, match=hook):
        process.result()


async def wait(future: Any) -> Any:
    return await future
