"""Work chains: the context, what steps return and wait for, and how they are saved."""

from __future__ import annotations

import asyncio
import concurrent.futures
import warnings
from typing import Any, Callable, Dict, Iterator, List

import pytest
import yaml

import plumpy_compat as plumpy
from plumpy_compat import workchains
from plumpy_compat.exceptions import PersistenceError
from plumpy_compat.futures import CancelledError
from plumpy_compat.lang import NULL
from plumpy_compat.persistence import Bundle, InMemoryPersister
from plumpy_compat.process_states import ProcessState
from tests.runtime import helpers
from tests.runtime.helpers import PATIENCE, own_loop


@pytest.fixture(autouse=True)
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with own_loop() as given:
        yield given


class Chain(plumpy.WorkChain):
    """Runs two steps that a test gives it."""

    one: Callable[[Any], Any] = lambda self: None
    two: Callable[[Any], Any] = lambda self: None

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outputs.dynamic = True
        spec.outline(cls.first, cls.second, cls.third)

    def first(self) -> Any:
        return self.one()

    def second(self) -> Any:
        return self.two()

    def third(self) -> Any:
        self.ctx.third = True


def chain(monkeypatch: pytest.MonkeyPatch, one: Any, two: Any = lambda self: None) -> Any:
    monkeypatch.setattr(Chain, "one", one)
    monkeypatch.setattr(Chain, "two", two)
    return Chain(pid=1)


def finish(process: Any) -> Any:
    """Run a process to its end, and give its state."""
    process.loop.run_until_complete(asyncio.wait_for(process.step_until_terminated(), PATIENCE))
    process.future().exception()
    return process.state


def step(process: Any, times: int = 1) -> None:
    for _ in range(times):
        process.loop.run_until_complete(asyncio.wait_for(process.step(), PATIENCE))


def context(process: Any) -> Dict[str, Any]:
    return vars(process.ctx)


class Child(plumpy.Process):
    """Has an output."""

    def run(self) -> Any:
        self.out("answer", 42)

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outputs.dynamic = True


class FailingChild(plumpy.Process):
    def run(self) -> Any:
        raise KeyError("child")


class WaitingChild(plumpy.Process):
    def run(self) -> Any:
        return plumpy.Wait()


# --- What a step returns ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, False, "", 5, "text", [1], ()], ids=repr)
def test_any_value_but_none_and_a_dictionary_ends_it(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = chain(monkeypatch, lambda self: value)
    assert finish(process) is ProcessState.FINISHED
    assert process.result() == value
    assert "third" not in context(process)


@pytest.mark.parametrize("value", [None, {}, {"a": 1}], ids=repr)
def test_none_and_a_dictionary_go_on(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = chain(monkeypatch, lambda self: value)
    finish(process)
    assert context(process) == {**(value or {}), "third": True}
    assert process.result() is None


def test_an_unsuccessful_result_ends_it_so(monkeypatch: pytest.MonkeyPatch) -> None:
    process = chain(monkeypatch, lambda self: plumpy.UnsuccessfulResult(3))
    finish(process)
    assert (process.result(), process.successful()) == (3, False)


class Last(plumpy.WorkChain):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outline(cls.only)

    def only(self) -> Any:
        return {"a": 1}


def test_what_the_last_step_returns_is_the_result_in_any_case() -> None:
    process = Last()
    finish(process)
    assert process.result() == {"a": 1}


def test_a_command_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    process = chain(monkeypatch, lambda self: plumpy.Kill("enough"))
    assert finish(process) is ProcessState.KILLED
    assert process.killed_msg() == "enough"


def test_an_error_in_a_step_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def one(self: Any) -> Any:
        raise KeyError("k")

    process = chain(monkeypatch, one)
    assert finish(process) is ProcessState.EXCEPTED
    assert "third" not in context(process)


# --- Coroutine functions as steps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "result"), [(None, None), (0, 0), ({"a": 1}, None), (5, 5)], ids=repr)
def test_steps_may_be_coroutine_functions(value: Any, result: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def one(self: Any) -> Any:
        await asyncio.sleep(0)
        self.ctx.began = True
        return value

    process = chain(monkeypatch, one)
    finish(process)
    assert process.result() == result
    assert process.ctx.began
    assert ("third" in context(process)) is (value is None or isinstance(value, dict))


def test_a_generator_ends_it_like_any_other_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """`asyncio.iscoroutine` takes it for a coroutine before Python 3.12."""
    process = chain(monkeypatch, lambda self: (one for one in "ab"))
    finish(process)
    assert list(process.result()) == ["a", "b"]


def test_an_error_in_a_coroutine_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def one(self: Any) -> Any:
        await asyncio.sleep(0)
        raise KeyError("k")

    assert finish(chain(monkeypatch, one)) is ProcessState.EXCEPTED


# --- ToContext -------------------------------------------------------------------------------------------------------


def test_to_context_is_a_dictionary() -> None:
    assert plumpy.ToContext is dict


def test_futures_are_waited_for(monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop) -> None:
    first, second = loop.create_future(), loop.create_future()
    process = chain(monkeypatch, lambda self: plumpy.ToContext(a=first, b=second, c=3))

    async def main() -> None:
        task = asyncio.ensure_future(process.step_until_terminated())
        await helpers.until(lambda: process.state is ProcessState.WAITING)
        assert context(process) == {"c": 3}
        second.set_result("second")
        await helpers.until(lambda: "b" in context(process))
        assert process.state is ProcessState.WAITING
        first.set_result(None)
        await asyncio.wait_for(task, PATIENCE)

    loop.run_until_complete(main())
    assert context(process) == {"a": None, "b": "second", "c": 3, "third": True}


def test_a_future_that_is_done_is_no_exception(
    monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    future = loop.create_future()
    future.set_result(1)
    process = chain(monkeypatch, lambda self: plumpy.ToContext(a=future))
    assert finish(process) is ProcessState.FINISHED
    assert process.ctx.a == 1


def test_one_future_under_two_names_goes_to_the_last(
    monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    future = loop.create_future()
    future.set_result(1)
    process = chain(monkeypatch, lambda self: plumpy.ToContext(a=future, b=future))
    finish(process)
    assert context(process) == {"b": 1, "third": True}


def test_processes_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    process = chain(monkeypatch, lambda self: plumpy.ToContext(child=self.launch(Child)))
    assert finish(process) is ProcessState.FINISHED
    assert process.ctx.child == {"answer": 42}


def test_steps_may_put_things_into_the_context_by_calling(monkeypatch: pytest.MonkeyPatch) -> None:
    process = chain(monkeypatch, lambda self: self.to_context(child=self.launch(Child), plain=5))
    finish(process)
    assert context(process) == {"child": {"answer": 42}, "plain": 5, "third": True}


def test_what_is_waited_for_is_what_on_wait_gets(
    monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    seen: List[Any] = []

    def on_wait(self: Any, awaitables: Any) -> None:
        super(Chain, self).on_wait(awaitables)
        seen.append(dict(awaitables))

    monkeypatch.setattr(Chain, "on_wait", on_wait, raising=False)
    future = loop.create_future()
    future.set_result(1)
    process = chain(monkeypatch, lambda self: plumpy.ToContext(a=future))
    step(process, 2)
    assert seen == [{future: "a"}]
    assert str(process._state) == "ProcessState.WAITING (Waiting before next step)"


@pytest.mark.parametrize("child", [FailingChild], ids=["process"])
def test_a_failing_process_ends_it(child: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = chain(monkeypatch, lambda self: plumpy.ToContext(a=self.launch(child)))
    assert finish(process) is ProcessState.EXCEPTED
    assert process.exception().args == ("child",)


def test_a_killed_process_ends_it(monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop) -> None:
    def one(self: Any) -> Any:
        child = self.launch(WaitingChild)
        self.loop.call_soon(child.kill, "enough")
        return plumpy.ToContext(a=child)

    process = chain(monkeypatch, one)
    assert finish(process) is ProcessState.EXCEPTED
    assert type(process.exception()) is plumpy.KilledError


def test_a_failing_future_ends_it(monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop) -> None:
    failing, pending = loop.create_future(), loop.create_future()
    loop.call_soon(failing.set_exception, KeyError("k"))
    process = chain(monkeypatch, lambda self: plumpy.ToContext(a=failing, b=pending))
    assert finish(process) is ProcessState.EXCEPTED
    assert process.exception().args == ("k",)
    pending.set_result(1)
    loop.run_until_complete(helpers.turns())
    assert "b" not in context(process)


@pytest.mark.parametrize("when", ["before", "while it waits"])
def test_a_cancelled_future_ends_it(
    when: str, monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    future = loop.create_future()
    if when == "before":
        future.cancel()
    process = chain(monkeypatch, lambda self: plumpy.ToContext(wanted=future))

    async def main() -> None:
        task = asyncio.ensure_future(process.step_until_terminated())
        await helpers.until(lambda: process.state is ProcessState.WAITING or process.has_terminated())
        future.cancel()
        await asyncio.wait_for(task, PATIENCE)

    loop.run_until_complete(main())
    assert process.is_excepted
    assert type(process.exception()) is CancelledError
    assert str(process.exception()) == "what the work chain waited for as 'wanted' was cancelled"


def test_nothing_is_waited_for_after_a_kill(monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop) -> None:
    future = loop.create_future()
    process = chain(monkeypatch, lambda self: plumpy.ToContext(a=future))
    step(process, 2)
    process.kill()
    future.set_result(1)
    loop.run_until_complete(helpers.turns())
    assert context(process) == {}


def test_the_last_result_during_a_pause_counts_once_it_is_played(
    monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    future = loop.create_future()
    process = chain(monkeypatch, lambda self: plumpy.ToContext(a=future))
    step(process, 2)
    process.pause()
    future.set_result(1)
    loop.run_until_complete(helpers.turns())
    assert process.ctx.a == 1
    process.play()
    assert finish(process) is ProcessState.FINISHED


# --- Saving ----------------------------------------------------------------------------------------------------------


def reloaded(process: Any) -> Any:
    return yaml.load(yaml.dump(Bundle(process)), Loader=yaml.Loader).unbundle()


def test_the_context_is_saved_as_it_is_at_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    process = chain(monkeypatch, lambda self: plumpy.ToContext(values=[1]))
    step(process, 2)
    bundle = Bundle(process)
    process.ctx.values.append(2)
    process.ctx.more = 1
    assert bundle["_context"] == {"values": [1]}
    assert context(bundle.unbundle()) == {"values": [1]}


def test_a_loaded_context_shares_nothing_with_the_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    process = chain(monkeypatch, lambda self: plumpy.ToContext(values=[1]))
    step(process, 2)
    bundle = Bundle(process)
    bundle.unbundle().ctx.values.append(2)
    assert context(bundle.unbundle()) == {"values": [1]}


def waiting_for(future: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    process = chain(monkeypatch, lambda self: plumpy.ToContext(wanted=future))
    step(process, 2)
    assert process.state is ProcessState.WAITING
    return process


@pytest.mark.parametrize("save", [Bundle, lambda process: InMemoryPersister().save_checkpoint(process)])
def test_a_wait_for_futures_cannot_be_saved(
    save: Any, monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    process = waiting_for(loop.create_future(), monkeypatch)
    with pytest.raises(PersistenceError) as caught:
        save(process)
    assert str(caught.value) == (
        "process 1 waits for futures (for 'wanted' in its context), which can't be saved; save it before the step that"
        " waits, or have the step return a plain value and wait in the next one"
    )


def test_once_all_is_there_it_can_be_saved(monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop) -> None:
    future = loop.create_future()
    process = waiting_for(future, monkeypatch)
    process.pause()
    future.set_result([1])
    loop.run_until_complete(helpers.turns())
    data = process._state.data
    loaded = reloaded(process)
    assert process._state.data is data
    loaded.play()
    assert finish(loaded) is ProcessState.FINISHED
    assert context(loaded) == {"wanted": [1], "third": True}


def test_that_what_it_waited_for_failed_is_saved(
    monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    future = loop.create_future()
    process = waiting_for(future, monkeypatch)
    process.pause()
    future.set_exception(KeyError("k"))
    loop.run_until_complete(helpers.turns())
    loaded = reloaded(process)
    loaded.play()
    assert finish(loaded) is ProcessState.EXCEPTED
    assert loaded.exception().args == ("k",)


class Asking(plumpy.WorkChain):
    """A step that says itself that the work chain waits."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outline(cls.ask)

    def ask(self) -> Any:
        return plumpy.Wait(self.answered, "a word")

    def answered(self, value: Any = NULL) -> Any:
        return value


def test_a_wait_that_a_step_asked_for_goes_on_waiting_when_it_is_loaded() -> None:
    process = Asking(pid=1)
    step(process, 2)
    assert type(process._state) is workchains.Waiting
    loaded = reloaded(process)
    assert not loaded._state._waiting_future
    loaded.resume("word")
    finish(loaded)
    assert loaded.result() == "word"


class Sleeping(plumpy.WorkChain):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outline(cls.ask, cls.last)

    def ask(self) -> Any:
        return plumpy.Wait()

    def last(self) -> Any:
        return "reached"


@pytest.mark.parametrize("reload", [False, True])
def test_a_wait_without_a_continuation_goes_on_with_the_next_step(reload: bool) -> None:
    process = Sleeping(pid=1)
    step(process, 2)
    process = reloaded(process) if reload else process
    process.resume("word")
    finish(process)
    assert process.result() == "reached"


class Gathers(plumpy.WorkChain):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outline(cls.ask, cls.last)

    def ask(self) -> Any:
        answer: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self.loop.call_soon(answer.set_result, "reply")
        return plumpy.ToContext(reply=answer, made=self.make(), plain=3)

    async def make(self) -> Any:
        await asyncio.sleep(0)
        return "made"

    def last(self) -> Any:
        return (self.ctx.reply, self.ctx.made, self.ctx.plain)


def test_a_step_may_wait_for_replies_and_coroutines() -> None:
    process = Gathers(pid=1)
    finish(process)
    assert process.result() == ("reply", "made", 3)


def test_a_work_chain_that_has_no_position_has_no_key_for_it() -> None:
    process = Asking(pid=1)
    process._stepper = None
    bundle = Bundle(process)
    assert "stepper_state" not in bundle
    assert bundle.unbundle()._stepper is None


# --- The spec --------------------------------------------------------------------------------------------------------


class NoOutline(plumpy.WorkChain):
    """Forgets its outline."""


def test_an_outline_that_is_missing_is_told() -> None:
    with pytest.raises(AssertionError, match="outline not yet loaded"):
        NoOutline()
    assert "outline" not in NoOutline.spec().get_description()


def test_an_outline_cannot_be_set_once_the_spec_is_sealed() -> None:
    Last()
    with pytest.raises(RuntimeError, match="Cannot set the outline after the spec has been sealed"):
        Last.spec().outline(Last.only)


def test_a_subclass_may_have_another_outline() -> None:
    class Other(Last):
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outline(cls.more, cls.only)

        def more(self) -> None:
            self.ctx.more = True

    process = Other()
    finish(process)
    assert process.ctx.more
    assert Last.spec().get_outline().get_description() == "only"


def test_a_subclass_may_override_a_step() -> None:
    class Other(Last):
        def only(self) -> Any:
            return "other"

    process = Other()
    finish(process)
    assert process.result() == "other"


# --- Names of steps --------------------------------------------------------------------------------------------------


def step_named(name: str, result: Any = None) -> Any:
    def given(self: Any) -> Any:
        self.ctx.ran = name
        return result

    given.__name__ = name
    return given


def named(name: str, result: Any = None) -> Any:
    """A class with a step of this name, and a step after it."""
    given = step_named(name, result)

    def last(self: Any) -> Any:
        return "the end"

    def define(cls: Any, spec: Any) -> None:
        super(made, cls).define(spec)
        spec.outline(given, last)

    made: Any = type("Named", (plumpy.WorkChain,), {name: given, "last": last, "define": classmethod(define)})
    return made


TAKEN = (
    "pause play kill resume fail close init on_run on_create inputs ctx out loop pid save spec future has_terminated"
    " step_until_terminated transition_to _do_step"
).split()


@pytest.mark.parametrize("predicate", [False, True], ids=["step", "predicate"])
@pytest.mark.parametrize("name", TAKEN)
def test_steps_must_not_take_the_place_of_what_work_chains_need(name: str, predicate: bool) -> None:
    spec = workchains.WorkChainSpec()
    step = step_named(name)
    with pytest.raises(ValueError, match=f"the step '{name}' takes the place of `WorkChain.{name}`: give it another"):
        spec.outline(plumpy.if_(step)(Last.only) if predicate else step, Last.only)
    with pytest.raises(AssertionError):
        spec.get_outline()


@pytest.mark.parametrize("name", ["step", "result", "done", "successful", "exception", "execute", "launch", "get_name"])
def test_names_that_only_callers_use_are_free(name: str) -> None:
    process = named(name)()
    finish(process)
    assert process.ctx.ran == name
    assert process._state.result == "the end"


def test_a_step_called_run_gives_a_warning_for_it_takes_the_place_of_the_outline() -> None:
    with pytest.warns(UserWarning, match="a step of the outline is called `run`: it is run in place of the outline"):
        process = named("run", result="of run")()
    finish(process)
    assert process.result() == "of run"


def test_methods_of_work_chains_themselves_may_be_steps() -> None:
    spec = workchains.WorkChainSpec()
    spec.outline(plumpy.WorkChain.close, Last.only)
    assert len(spec.get_outline()) == 2  # type: ignore[arg-type]


def test_other_names_are_nobodys_business() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        process = named("whatever")()
    assert finish(process) is ProcessState.FINISHED


def test_the_names_of_plumpys_module_are_there() -> None:
    names = (
        "_FunctionCall _Block _If _While _Conditional _Return _PropagateReturn _BlockStepper _IfStepper _WhileStepper"
        " _ReturnStepper _FunctionStepper _Instruction Stepper"
    )
    for name in names.split():
        assert isinstance(getattr(workchains, name), type)
    assert workchains._PropagateReturn(5).exit_code == 5
    assert not issubclass(workchains._PropagateReturn, Exception)
    assert workchains.STEPPER_STATE == plumpy.WorkChain._STEPPER_STATE == "stepper_state"
    assert plumpy.WorkChain._CONTEXT == "CONTEXT"
