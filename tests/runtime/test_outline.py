"""Outlines: instructions, how they describe themselves, their steppers, and their saved positions."""

from __future__ import annotations

import asyncio
import collections
import warnings
from typing import Any, Dict, Iterator, List, Tuple

import pytest
import yaml
from hypothesis import given, strategies as st

import plumpy_compat as plumpy
from plumpy_compat import outline, workchains
from plumpy_compat.exceptions import PersistenceError
from plumpy_compat.outline import if_, return_, while_
from plumpy_compat.persistence import Bundle, Savable
from tests.runtime.helpers import PATIENCE, own_loop


@pytest.fixture(autouse=True)
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with own_loop() as given:
        yield given


class Chain(plumpy.WorkChain):
    """Its steps and predicates write down that they ran; what predicates say is in its context."""

    instructions: Any = ()

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("answers", default=())
        spec.outline(*cls.instructions)

    def note(self, name: str) -> None:
        if not hasattr(self.ctx, "trace"):
            self.ctx.trace = []
            self.ctx.answers = list(self.inputs.answers)
        self.ctx.trace.append(name)

    def ask(self, name: str) -> bool:
        """Once the answers are used up it's no, so every loop ends."""
        self.note(name)
        return bool(self.ctx.answers.pop(0)) if self.ctx.answers else False

    def a(self) -> None:
        """First line
        and second."""
        self.note("a")

    def b(self) -> None:
        self.note("b")

    def c(self) -> None:
        self.note("c")

    async def d(self) -> None:
        await asyncio.sleep(0)
        self.note("d")

    def p(self) -> bool:
        return self.ask("p")

    def q(self) -> bool:
        return self.ask("q")

    def r(self) -> Any:
        return self.ask("r")


A, B, C, D, P, Q, R = Chain.a, Chain.b, Chain.c, Chain.d, Chain.p, Chain.q, Chain.r


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    use(A)


def use(*instructions: Any) -> None:
    """Give the class another outline."""
    Chain.instructions = instructions
    if "_spec" in Chain.__dict__:
        del Chain._spec


def chain(*instructions: Any, answers: Any = ()) -> Any:
    use(*instructions)
    return Chain(inputs={"answers": list(answers)}, pid=1)


def step(process: Any) -> None:
    process.loop.run_until_complete(asyncio.wait_for(process.step(), PATIENCE))


def finish(process: Any) -> Any:
    process.loop.run_until_complete(asyncio.wait_for(process.step_until_terminated(), PATIENCE))
    return process.result()


def trace(process: Any) -> List[str]:
    return getattr(process.ctx, "trace", [])


def texts(process: Any) -> List[str]:
    """What the stepper says before each step."""
    seen = []
    while not process.has_terminated():
        seen.append(str(process._stepper))
        step(process)
    return [*seen, str(process._stepper)]


# --- Instructions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instructions", "answers", "expected"),
    [
        ((A,), (), "a"),
        ((A, B, C), (), "a b c"),
        (((A, B), C), (), "a b c"),
        (([A, [B]], C), (), "a b c"),
        ((A, D, B), (), "a d b"),
        ((if_(P)(A), B), (1,), "p a b"),
        ((if_(P)(A), B), (0,), "p b"),
        ((if_(P)(A).else_(B), C), (0,), "p b c"),
        ((if_(P)(A).elif_(Q)(B).else_(C),), (1,), "p a"),
        ((if_(P)(A).elif_(Q)(B).else_(C),), (0, 1), "p q b"),
        ((if_(P)(A).elif_(Q)(B).else_(C),), (0, 0), "p q c"),
        ((if_(P)(A).elif_(Q)(B), C), (0, 0), "p q c"),
        ((while_(P)(A, B), C), (1, 1, 0), "p a b p a b p c"),
        ((while_(P)(A), C), (), "p c"),
        ((while_(P)(while_(Q)(A), B), C), (1, 1, 1, 0, 1, 0, 0), "p q a q a q b p q b p c"),
        ((while_(P)(if_(Q)(A, B).else_(C)), C), (1, 1, 1, 0, 0), "p q a b p q c p c"),
        ((A, return_, B), (), "a"),
        ((while_(P)(if_(Q)(return_(5)), A), B), (1, 0, 1, 1), "p q a p q"),
    ],
)
def test_outlines_are_worked_through(instructions: Any, answers: Any, expected: str) -> None:
    process = chain(*instructions, answers=answers)
    finish(process)
    assert " ".join(trace(process)) == expected


def test_each_instruction_is_a_step_of_the_process() -> None:
    process = chain(A, while_(P)(B), C, answers=(1, 0))
    after = []
    while not process.has_terminated():
        step(process)
        after.append(" ".join(trace(process)))
    # Starting is a step, and leaving the loop is one.
    assert after == ["", "a", "a p b", "a p b p", "a p b p c"]


@pytest.mark.parametrize(("returned", "result"), [(return_, None), (return_(0), 0), (return_("code"), "code")])
def test_return_gives_the_result(returned: Any, result: Any) -> None:
    process = chain(A, if_(P)(returned), B, answers=(1,))
    assert finish(process) == result
    assert process.is_successful
    assert trace(process) == ["a", "p"]


def test_return_with_a_code_is_another_instruction() -> None:
    assert return_(5) is not return_
    assert (return_.exit_code, return_(5).exit_code) == (None, 5)


def test_one_instruction_is_not_wrapped() -> None:
    use(while_(P)(A))
    assert type(Chain.spec().get_outline()) is workchains._While
    use(A)
    assert type(Chain.spec().get_outline()) is workchains._FunctionCall
    use(A, B)
    assert type(Chain.spec().get_outline()) is workchains._Block


def test_instructions_are_sequences() -> None:
    block = outline.ensure_instruction([A, B])
    assert [one._fn for one in block] == [A, B]  # type: ignore[attr-defined]
    branches = if_(P)(A).elif_(Q)(B).else_(C)
    assert (len(branches), [one.name for one in branches]) == (3, ["p", "q", "<lambda>"])
    assert branches[2].is_true(None) is True
    loop = while_(P)(A)
    assert (len(loop), loop[0]) == (1, loop)
    with pytest.raises(IndexError):
        loop[1]
    assert loop.predicate is P


# --- What is refused -----------------------------------------------------------------------------------------------


class Callable:
    def __call__(self, _: Any) -> None:
        """Isn't a function."""


@pytest.mark.parametrize("thing", [1, "a", None, Callable(), Chain])
def test_a_step_must_be_a_function(thing: Any) -> None:
    with pytest.raises(TypeError, match="func is not a function, got"):
        outline.ensure_instruction(thing)


@pytest.mark.parametrize("step", [lambda: None, lambda self, more: None, lambda self, more=1: None])
def test_a_step_must_take_one_argument(step: Any) -> None:
    with pytest.raises(TypeError, match="Step must take one argument only: self"):
        outline.ensure_instruction(step)


def test_keywords_and_collected_arguments_do_no_harm() -> None:
    def step(self: Any, *args: Any, key: Any = 1, **kwargs: Any) -> None:
        """Takes what it's given."""

    assert outline.ensure_instruction(step).get_description() == "step(Takes what it's given.)"


@pytest.mark.parametrize(
    "make", [list, lambda: if_(P)(), lambda: while_(P)(), lambda: if_(P)(A).else_(), lambda: if_(P)(A).elif_(Q)()]
)
def test_an_empty_body_is_refused_where_it_is_written(make: Any) -> None:
    with pytest.raises(ValueError, match="must have a step"):
        outline.ensure_instruction(make())


@pytest.mark.parametrize(
    ("instruction", "name"),
    [(if_(P), "if_(p)"), (while_(P), "while_(p)"), (if_(P)(A).elif_(Q)._parent, "elif_(q)")],
)
def test_a_missing_body_is_refused_when_the_outline_is_set(instruction: Any, name: str) -> None:
    use(instruction, A)
    with pytest.raises(AssertionError) as caught:
        Chain.spec()
    assert str(caught.value) == f"{name} has no body: write {name}(step, ...)"


def test_a_body_is_set_once() -> None:
    with pytest.raises(AssertionError, match=r"the body of if_\(p\) is set already"):
        if_(P)(A)(B)
    with pytest.raises(AssertionError, match=r"the body of while_\(p\) is set already"):
        while_(P)(A)(B)  # type: ignore[operator]


def test_nothing_follows_an_else() -> None:
    with pytest.raises(AssertionError, match="nothing can follow an else"):
        if_(P)(A).else_(B).else_(C)
    with pytest.raises(AssertionError, match="nothing can follow an else"):
        if_(P)(A).else_(B).elif_(Q)


def test_a_finished_stepper_cannot_step() -> None:
    for instruction in (outline.ensure_instruction([A]), if_(P)(A)):
        process = chain(A)
        stepper: Any = instruction.create_stepper(process)
        assert stepper.step()[0] is True
        with pytest.raises(AssertionError, match="is finished"):
            stepper.step()
        with pytest.raises(AssertionError, match="is finished"):
            getattr(stepper, "next_instruction", stepper.step)()


# --- Predicates ----------------------------------------------------------------------------------------------------


def saying(value: Any) -> Any:
    def predicate(self: Any) -> Any:
        return value

    return predicate


@pytest.mark.parametrize("value", [True, False, 0, 1, 2.5, None], ids=repr)
def test_what_is_like_a_boolean_gives_no_warning(value: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert if_(saying(value))(A)[0].is_true(chain(A)) is value


@pytest.mark.parametrize("value", ["", "text", [], [1], {}], ids=repr)
def test_what_is_not_gives_a_warning(value: Any) -> None:
    with pytest.warns(UserWarning, match="not boolean-like") as caught:
        assert while_(saying(value))(A)[0].is_true(chain(A)) is value
    assert str(caught[0].message) == (
        f"The conditional predicate `predicate` returned `{value}` which is not boolean-like. The return value should"
        " be `True` or `False`, or implement the `__bool__` method."
    )


async def no(self: Any) -> bool:
    await asyncio.sleep(0)
    return False


async def yes_once(self: Any) -> bool:
    await asyncio.sleep(0)
    return self.ask("async")  # type: ignore[no-any-return]


def test_predicates_may_be_coroutine_functions() -> None:
    process = chain(if_(no)(A).elif_(yes_once)(B), while_(yes_once)(C), answers=(1, 1, 0))
    finish(process)
    assert trace(process) == ["async", "b", "async", "c", "async"]


def test_an_error_in_a_predicate_ends_the_work_chain() -> None:
    def broken(self: Any) -> bool:
        raise KeyError("k")

    process = chain(while_(broken)(A))
    with pytest.raises(KeyError):
        finish(process)
    assert process.is_excepted


class Predicate:
    def __init__(self) -> None:
        self.name = "no function"

    def __call__(self, _: Any) -> bool:
        return False

    def __repr__(self) -> str:
        return "<a predicate>"


def test_a_predicate_needs_no_name() -> None:
    process = chain(if_(Predicate())(A), B)
    assert str(process._stepper) == "0:if_(<a predicate>)"
    finish(process)
    assert trace(process) == ["b"]


# --- Descriptions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instruction", "description"),
    [
        (A, "a(First line and second.)"),
        (B, "b"),
        ((A, B), ["a(First line and second.)", "b"]),
        (while_(P)(B, C), {"while(p)": ["b", "c"]}),
        (if_(P)(B), {"if(p)": ["b"]}),
        (if_(P)(B).elif_(Q)(C).else_(B), {"if(p)": ["b"], "elif(q)": ["c"], "elif(<lambda>)": ["b"]}),
        (if_(P)(B).elif_(P)(C).elif_(P)(D), {"if(p)": ["b"], "elif(p)": ["c"], "elif(p)'": ["d"]}),
        (return_, "Return from the outline immediately"),
        (return_(1), "Return from the outline immediately"),
    ],
)
def test_instructions_describe_themselves(instruction: Any, description: Any) -> None:
    made = outline.ensure_instruction(instruction)
    assert made.get_description() == description
    assert type(instruction) is workchains._While or str(made) == str(made.get_description())


def test_branches_are_described_in_order() -> None:
    described = if_(P)(B).elif_(Q)(C).get_description()
    assert type(described) is collections.OrderedDict
    assert list(described) == ["if(p)", "elif(q)"]


def test_the_outline_is_in_the_description_of_the_class() -> None:
    use(A, while_(P)(B))
    assert Chain.get_description()["spec"]["outline"] == ["a(First line and second.)", {"while(p)": ["b"]}]


# --- Steppers as text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instructions", "answers", "expected"),
    [
        ((A,), (), ["a", "a", "a"]),
        ((A, B), (), ["0:a", "0:a", "1:b", "2:None"]),
        (
            (while_(P)(A, B), C),
            (1, 0),
            ["0:while_(p)", "0:while_(p)", "0:while_(p)(1:b)", "0:while_(p)", "1:c", "2:None"],
        ),
        ((if_(P)(A, B), C), (1,), ["0:if_(p)", "0:if_(p)", "0:if_(p)(1:b)", "1:c", "2:None"]),
        ((if_(P)(A).elif_(Q)(B, C),), (0, 1), ["if_(p)", "if_(p)", "elif_(q)(1:c)", "if_(p)"]),
        ((A, return_), (), ["0:a", "0:a", "1:return", "1:return"]),
    ],
)
def test_steppers_say_where_they_are(instructions: Any, answers: Any, expected: List[str]) -> None:
    assert texts(chain(*instructions, answers=answers)) == expected


# --- Saved positions -------------------------------------------------------------------------------------------------


def reloaded(process: Any) -> Any:
    return yaml.load(yaml.dump(Bundle(process)), Loader=yaml.Loader).unbundle()


def test_the_layout_is_plumpys_with_the_names_of_instructions() -> None:
    process = chain(A, while_(P)(B, if_(Q)(C, A)), answers=(1, 1))
    for _ in range(4):
        step(process)
    function = {"!!meta": {"class_name": "plumpy.workchains:_FunctionStepper"}, "_fn": "a"}

    def block(pos: int, stepper: Any, name: str) -> Dict[str, Any]:
        meta = {"class_name": "plumpy.workchains:_BlockStepper"}
        return {"!!meta": meta, "_pos": pos, "stepper_state": stepper, "instruction": name}

    branch = {
        "!!meta": {"class_name": "plumpy.workchains:_IfStepper"}, "_pos": 0, "stepper_state": block(1, function, "a"),
        "instruction": "if_(q)",
    }  # fmt: skip
    loop = {
        "!!meta": {"class_name": "plumpy.workchains:_WhileStepper"}, "stepper_state": block(1, branch, "if_(q)"),
    }  # fmt: skip
    bundle = Bundle(process)
    assert bundle["stepper_state"] == block(1, loop, "while_(p)")
    assert bundle["outline"] == "block"


def test_a_return_is_saved() -> None:
    process = chain(A, return_(5))
    step(process)
    step(process)
    assert Bundle(process)["stepper_state"]["stepper_state"] == {
        "!!meta": {"class_name": "plumpy.workchains:_ReturnStepper"}
    }
    assert finish(reloaded(process)) == 5


STEPS = st.sampled_from([A, B, C, D])
PREDICATES = st.sampled_from([P, Q, R])


def bodies(inner: Any) -> Any:
    return st.lists(inner, min_size=1, max_size=3)


def branches(one: Tuple[Any, Any, Any, Any]) -> Any:
    predicate, body, more, last = one
    made = if_(predicate)(*body)
    for condition, branch in more:
        made = made.elif_(condition)(*branch)
    return made.else_(*last) if last else made


INSTRUCTIONS = st.recursive(
    STEPS | st.just(return_) | st.integers(0, 3).map(return_),
    lambda inner: (
        bodies(inner)
        | st.tuples(PREDICATES, bodies(inner)).map(lambda one: while_(one[0])(*one[1]))
        | st.tuples(
            PREDICATES,
            bodies(inner),
            st.lists(st.tuples(PREDICATES, bodies(inner)), max_size=2),
            st.lists(inner, max_size=2),
        ).map(branches)
    ),
    max_leaves=10,
)


@given(st.lists(INSTRUCTIONS, min_size=1, max_size=4), st.lists(st.booleans(), max_size=12))
def test_reloading_before_every_step_changes_nothing(instructions: List[Any], answers: List[bool]) -> None:
    with own_loop():
        straight = chain(*instructions, answers=answers)
        seen = texts(straight)
        process = Chain(inputs={"answers": answers}, pid=1)
        again = []
        while not process.has_terminated():
            process = reloaded(process)
            again.append(str(process._stepper))
            step(process)
        again.append(str(reloaded(process)._stepper))
        assert again == seen
        assert trace(process) == trace(straight)
        assert process.result() == straight.result()


@given(st.lists(INSTRUCTIONS, min_size=1, max_size=3))
def test_any_outline_can_be_described(instructions: List[Any]) -> None:
    use(*instructions)
    text = yaml.safe_dump(yaml.safe_load(str(Chain.spec())))
    assert "outline" in text


# --- Outlines that were edited ---------------------------------------------------------------------------------------


def stopped_at(steps: int, *instructions: Any, answers: Any = ()) -> Bundle:
    process = chain(*instructions, answers=answers)
    for _ in range(steps):
        step(process)
    return Bundle(process)


@pytest.mark.parametrize(
    ("steps", "old", "new", "names"),
    [
        (2, (A, B, C), (A, C, B), ("'b'", "'c'")),
        (2, (A, B), (A,), None),
        (3, (A, B, C), (A, B), ("'c'", "None")),
        (2, (A, while_(P)(B)), (A, if_(P)(B)), ("'while_(p)'", "'if_(p)'")),
        (2, (A, while_(P)(B)), (A, while_(Q)(B)), ("'while_(p)'", "'while_(q)'")),
        (2, (A, if_(P)(B)), (A, if_(Q)(B)), ("'if_(p)'", "'if_(q)'")),
        (2, (A, return_), (A, B), ("'return'", "'b'")),
        (2, (A, (B, C)), (A, B), ("'block'", "'b'")),
        (3, (A, while_(P)(B, C)), (A, while_(P)(C, B)), ("'c'", "'b'")),
    ],
)
def test_an_outline_that_was_changed_is_refused(steps: int, old: Any, new: Any, names: Any) -> None:
    bundle = stopped_at(steps, *old, answers=(1, 1))
    use(*new)
    with pytest.raises(PersistenceError) as caught:
        bundle.unbundle()
    if names is not None:
        there, here = names
        assert f"the outline of Chain was changed: where the checkpoint is at {there}" in str(caught.value)
        assert f"there is now {here}; load it with the outline that it was made with" in str(caught.value)


@pytest.mark.parametrize(
    ("steps", "old", "new", "expected"),
    [
        (2, (A, B), (A, B, C), "a b c"),
        (1, (A, B), (A, C, B), "a c b"),
        (3, (while_(P)(A, B), C), (while_(P)(A, B), C, D), "p a b p a b p c d"),
        (2, (while_(P)(A, B), C), (while_(P)(A, B, C), C), "p a b c p a b c p c"),
    ],
)
def test_what_was_added_behind_is_run(steps: int, old: Any, new: Any, expected: str) -> None:
    bundle = stopped_at(steps, *old, answers=(1, 1))
    use(*new)
    process = bundle.unbundle()
    finish(process)
    assert " ".join(trace(process)) == expected


def test_a_branch_that_is_gone_is_refused() -> None:
    bundle = stopped_at(2, if_(P)(A).elif_(Q)(B, C), A, answers=(0, 1))
    use(if_(P)(A), A)
    with pytest.raises(PersistenceError, match="the outline of Chain was changed"):
        bundle.unbundle()


def test_a_step_that_is_gone_is_told() -> None:
    state = Bundle(chain(A))["stepper_state"]
    state["_fn"] = "gone"
    bundle = Bundle(chain(A))
    bundle["stepper_state"] = state
    with pytest.raises(
        PersistenceError, match=r"the checkpoint is at step 'gone', which Chain hasn't got \(any more\)"
    ):
        bundle.unbundle()


def test_one_step_in_place_of_another_is_refused() -> None:
    bundle = stopped_at(1, A)
    use(B)
    with pytest.raises(PersistenceError, match="the outline of Chain was changed"):
        bundle.unbundle()


def test_another_kind_of_outline_is_refused() -> None:
    bundle = stopped_at(2, A, B)
    use(while_(P)(A))
    with pytest.raises(PersistenceError, match="the outline of Chain was changed"):
        bundle.unbundle()


@pytest.mark.parametrize("old", [(while_(P)(A),), (if_(P)(A),), (return_,), (A,)])
@pytest.mark.parametrize("new", [(while_(Q)(A),), (if_(Q)(A),), (B,), (A, B)])
def test_another_single_instruction_is_refused(old: Any, new: Any) -> None:
    bundle = stopped_at(1, *old)
    use(*new)
    with pytest.raises(PersistenceError, match="the outline of Chain was changed"):
        bundle.unbundle()


@pytest.mark.parametrize(
    ("old", "new"), [((A, B), (while_(P)(A), A)), ((A, B), (if_(P)(A), A)), ((if_(P)(A), B), (A, B))]
)
def test_what_plumpy_saved_is_refused_if_it_does_not_fit(old: Any, new: Any) -> None:
    bundle = stopped_at(1, *old)
    for state in (bundle, bundle["stepper_state"]):
        for name in ("outline", "instruction"):
            state.pop(name, None)
    use(*new)
    with pytest.raises(PersistenceError, match="the outline of Chain was changed"):
        bundle.unbundle()


def test_another_predicate_in_the_place_of_a_branch_is_refused() -> None:
    bundle = stopped_at(2, if_(P)(A).elif_(Q)(B, C), A, answers=(0, 1))
    use(if_(P)(A).elif_(R)(B, C), A)
    with pytest.raises(PersistenceError, match=r"where the checkpoint is in 'elif_\(q\)' there is now 'elif_\(r\)'"):
        bundle.unbundle()


def test_the_outline_does_not_matter_at_the_end() -> None:
    process = chain(A, B)
    finish(process)
    bundle = Bundle(process)
    use(while_(P)(A))
    assert bundle.unbundle().is_successful


def test_a_stepper_is_a_savable() -> None:
    process = chain(A)
    assert isinstance(process._stepper, Savable)
    with pytest.raises(TypeError, match="abstract"):
        outline.Stepper(process)  # type: ignore[abstract]
