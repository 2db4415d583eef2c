"""What checkpoints may make: the list, how it's widened, and exceptions of all kinds."""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import datetime
import decimal
import os
import pickle
import sys
import threading
import types
import uuid
from typing import Any, Callable, Iterator, List

import kiwipy
import pytest
import yaml
from hypothesis import given, strategies as st

from plumpy_compat import exceptions, utils
from plumpy_compat.checkpoints import allow, allowlist, exception_text
from plumpy_compat.exceptions import PersistenceError
from plumpy_compat.persistence import Bundle

MARK: List[Any] = []


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Take back what a test allows."""
    before = set(allowlist._ALLOWED)
    MARK.clear()
    yield
    allowlist._ALLOWED.clear()
    allowlist._ALLOWED.update(before)


class Money:
    def __init__(self, amount: int) -> None:
        self.amount = amount

    class Coin:
        """A nested one."""


class CustomError(Exception):
    """An ordinary one."""


class TwoArgumentsError(Exception):
    """Can't be made from `args`."""

    def __init__(self, first: Any, second: Any) -> None:
        MARK.append("ran")
        super().__init__(f"{first} and {second}")
        self.first = first


class NoTextError(Exception):
    def __str__(self) -> str:
        raise TypeError("no text")


class OwnOSError(OSError):
    def __init__(self, name: str) -> None:
        super().__init__(2, "not there", name)


class OddUnicodeError(UnicodeDecodeError):
    def __init__(self, reason: str) -> None:
        super().__init__("utf-8", b"x", 0, 1, reason)
        self.args = (reason,)


class StubbornError(Exception):
    def __new__(cls, *args: Any) -> Any:
        if not args:
            raise TypeError("needs an argument")
        return super().__new__(cls, *args)


class Outer:
    class InnerError(Exception):
        """Has a dot in its name."""


# --- Pickles -------------------------------------------------------------------------------------------------------

PLAIN = [
    None, True, 1, 1.5, 2j, "text", b"bytes", bytearray(b"x"), (1, 2), [1], {1, 2}, frozenset((1,)), {"a": {"b": ()}},
    range(3), slice(1, 2), object, int, datetime.datetime(2020, 1, 2, 3, tzinfo=datetime.timezone.utc),
    datetime.date(2020, 1, 2), datetime.timedelta(1), decimal.Decimal("1.5"), uuid.UUID(int=5),
    collections.OrderedDict(a=1), collections.defaultdict(list, a=[1]), collections.deque([1]),
    collections.Counter("aab"), types.SimpleNamespace(a=1),
    utils.AttributesFrozendict(a=1, b=utils.AttributesFrozendict(c=2)),
    utils.AttributesDict(a=[1]),
]  # fmt: skip


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_values_are_made(protocol: int) -> None:
    assert allowlist.loads(pickle.dumps(PLAIN, protocol)) == PLAIN


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a", 1), KeyError("k"), FileNotFoundError(2, "no", "/p"), asyncio.CancelledError(),
        asyncio.TimeoutError("late"), concurrent.futures.CancelledError("c"), exceptions.KilledError("k"),
        exceptions.ClosedError("c"), kiwipy.RemoteException("r"),
    ],
    ids=repr,
)  # fmt: skip
def test_exceptions_that_processes_end_with_are_made(error: BaseException) -> None:
    made = allowlist.loads(pickle.dumps(error))
    assert type(made) is type(error)
    assert made.args == error.args


class Evil:
    """Has `function(*args)` called by whoever unpickles it."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.call = function, args

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    ("function", "argument"),
    [(os.system, "true"), (eval, "1"), (exec, "1"), (getattr, 1), (__import__, "os"), (open, "x")],
    ids=["system", "eval", "exec", "getattr", "import", "open"],
)
def test_code_is_refused_and_not_run(protocol: int, function: Callable[..., Any], argument: Any) -> None:
    with pytest.raises(PersistenceError, match="not allowed to be made from a checkpoint"):
        allowlist.loads(pickle.dumps(Evil(function, argument), protocol))


def _named(module: str, name: str) -> bytes:
    """The opcodes that give what has this name."""
    return b"".join(b"\x8c" + bytes([len(one)]) + one.encode() for one in (module, name)) + pickle.STACK_GLOBAL


_SET_AN_ATTRIBUTE = b"N}\x8c\x06unkindK\x01s\x86b."  # (None, {"unkind": 1}), and BUILD


@pytest.mark.parametrize(
    "shared",
    [
        _named("plumpy_compat.persistence", "Bundle"),
        _named("plumpy.event_helper", "EventHelper"),
        _named("plumpy_compat.process_states", "ProcessState") + b"\x8c\x07created\x85R",
        _named("copyreg", "_reconstructor"),
    ],
    ids=["class", "class of plumpy", "member", "function"],
)
def test_what_is_not_part_of_the_checkpoint_is_not_changed(shared: bytes) -> None:
    """pickle sets attributes of whatever it's told to, also of a class: it would stay so, for all processes."""
    data = b"\x80\x04" + shared
    found = allowlist.loads(data + b".")
    with pytest.raises(PersistenceError, match="is not part of it"):
        allowlist.loads(data + _SET_AN_ATTRIBUTE)
    assert not hasattr(found, "unkind")


def test_code_is_not_run_before_it_is_refused() -> None:
    with pytest.raises(PersistenceError, match="not allowed"):
        allowlist.loads(pickle.dumps(Evil(MARK.append, 1)))
    assert MARK == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "getattr"), ("__builtin__", "eval"),
        ("builtins", "type"), ("functools", "partial"), ("operator", "attrgetter"), ("subprocess", "Popen"),
        ("plumpy.persistence", "Bundle.unbundle"), ("plumpy.utils", "load_object"), ("plumpy_compat.utils", "os"),
        ("builtins", "SystemExit"), ("builtins", "KeyboardInterrupt"), ("builtins", "BaseException"),
        ("builtins", "dict.__class__"), ("uuid", "os"), ("uuid", "UUID.__init__"), ("", ""), ("plumpy", "Process"),
    ],
)  # fmt: skip
def test_names_that_are_not_on_the_list_are_refused(module: str, name: str) -> None:
    with pytest.raises(PersistenceError, match="not allowed"):
        allowlist.find(module, name)


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(PersistenceError) as caught:
        allowlist.loads(pickle.dumps(Money(1)))
    assert f"call plumpy_compat.checkpoints.allow('{__name__}:Money') before loading" in str(caught.value)


def test_a_name_that_is_allowed_but_gone_is_told() -> None:
    allow(f"{__name__}:Gone", "no_such_module:X")
    for name in (__name__, "Gone"), ("no_such_module", "X"):
        with pytest.raises(PersistenceError, match="which can't be imported"):
            allowlist.find(*name)


def test_names_of_python_2_and_of_plumpy_are_understood() -> None:
    assert allowlist.find("__builtin__", "set") is set
    assert allowlist.find("exceptions", "ValueError") is ValueError
    assert allowlist.find("plumpy.persistence", "Bundle") is Bundle


# --- allow() -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [Money, f"{__name__}:Money"], ids=["class", "name"])
def test_a_class_can_be_allowed(what: Any) -> None:
    data = pickle.dumps(Money(5))
    with pytest.raises(PersistenceError):
        allowlist.loads(data)
    allow(what)
    assert allowlist.loads(data).amount == 5


def test_a_nested_class_is_allowed_for_itself() -> None:
    allow(Money)
    with pytest.raises(PersistenceError):
        allowlist.loads(pickle.dumps(Money.Coin()))
    allow(Money.Coin)
    assert type(allowlist.loads(pickle.dumps(Money.Coin()))) is Money.Coin


def test_several_can_be_allowed_and_plumpys_names_are_understood() -> None:
    allow(Money, "plumpy.ports:Port")
    assert allowlist.find("plumpy.ports", "Port").__module__ == "plumpy_compat.ports"


@pytest.mark.parametrize("name", ["Money", "", ":Money", "module:", "a.b"])
def test_a_name_must_have_module_and_class(name: str) -> None:
    with pytest.raises(ValueError, match="write 'module:Class'"):
        allow(name)


# --- Exceptions as text ----------------------------------------------------------------------------------------------


def again(error: BaseException) -> Any:
    return exception_text.load_exception(exception_text.dump_exception(error))


def tree(value: Any) -> Any:
    """What there is to compare of an exception, which is never equal to another."""
    if isinstance(value, BaseException):
        return type(value).__name__, tree(value.args), tree(vars(value)), str(value)
    if isinstance(value, (list, tuple)):
        return type(value)(tree(one) for one in value)
    return {key: tree(one) for key, one in value.items()} if isinstance(value, dict) else value


PLAIN_ARGUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.sampled_from([ValueError, RuntimeError, KeyError, TypeError]), st.lists(PLAIN_ARGUMENTS, max_size=3))
def test_any_plain_arguments_come_back(kind: Any, args: List[Any]) -> None:
    error = kind(*args)
    assert tree(again(error)) == tree(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(), ValueError("a\n- b: !!python/object/apply:os.system [x]"), ValueError("\ud800", "\0"),
        KeyError("k"), KeyError(("a", 1)), StopIteration(3), FileNotFoundError(2, "no", "/p"),
        OSError(1, "x", "/p", None, "/q"),
        OSError("only text"), UnicodeDecodeError("utf-8", b"abc", 0, 1, "why"), SyntaxError("m", ("f", 1, 2, "text")),
        ValueError(RuntimeError(KeyError("k")), {"a": [OSError(2, "x", "/p")]}), asyncio.CancelledError("c"),
        exceptions.KilledError("k"),
    ],
    ids=lambda one: ascii(one)[:40],
)  # fmt: skip
def test_pythons_exceptions_come_back_whole(error: BaseException) -> None:
    assert tree(again(error)) == tree(error)


def test_what_python_makes_of_arguments_comes_back() -> None:
    error = again(PermissionError(13, "no", "/a", None, "/b"))
    assert (error.errno, error.strerror, error.filename, error.filename2) == (13, "no", "/a", "/b")
    assert again(StopIteration(3)).value == 3
    assert again(UnicodeDecodeError("utf-8", b"abc", 1, 2, "why")).start == 1


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python has no groups")
def test_groups_come_back() -> None:
    group = eval("ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [KeyError('k')])])")
    assert tree(again(group)) == tree(group)
    assert type(again(group).exceptions[1].exceptions[0]) is KeyError


def test_plain_attributes_come_back() -> None:
    error = ValueError("a")
    vars(error).update(code=3, inner=KeyError("k"))
    assert again(error).code == 3
    assert type(again(error).inner) is KeyError


def test_attributes_that_cannot_be_written_are_left_out() -> None:
    error: Any = ValueError("a", 1)
    error.lock = threading.Lock()
    assert again(error).args == ("a", 1)
    assert vars(again(error)) == {}


def test_arguments_that_cannot_be_written_leave_the_text() -> None:
    error = ValueError(threading.Lock(), 1)
    assert again(error).args == (str(error),)


def test_an_exception_without_a_text_is_written() -> None:
    allow(NoTextError)
    assert again(NoTextError(threading.Lock())).args == ("<no text: TypeError>",)
    assert again(NoTextError("plain")).args == ("plain",)


def test_an_exception_that_holds_itself_is_written() -> None:
    error = ValueError()
    error.args = (error,)
    assert type(again(error)) is ValueError


def test_the_init_of_a_class_is_not_run() -> None:
    allow(TwoArgumentsError)
    text = exception_text.dump_exception(TwoArgumentsError(1, 2))
    MARK.clear()
    made: Any = exception_text.load_exception(text)
    assert (type(made), str(made), made.first) == (TwoArgumentsError, "1 and 2", 1)
    assert MARK == []


def test_a_subclass_with_other_arguments_than_its_base_comes_back() -> None:
    allow(OwnOSError, OddUnicodeError)
    made = again(OwnOSError("/p"))
    assert (str(made), made.filename) == (str(OwnOSError("/p")), "/p")
    assert again(OddUnicodeError("odd")).args == ("odd",)


def test_a_class_of_ones_own_must_be_allowed() -> None:
    text = exception_text.dump_exception(CustomError("a", 1))
    with pytest.raises(PersistenceError, match=rf"'{__name__}:CustomError', which is not allowed"):
        exception_text.load_exception(text)
    allow(CustomError)
    assert tree(exception_text.load_exception(text)) == tree(CustomError("a", 1))


def test_a_nested_class_must_be_allowed_by_its_whole_name() -> None:
    text = exception_text.dump_exception(Outer.InnerError("a"))
    with pytest.raises(PersistenceError, match=rf"'{__name__}:Outer\.InnerError', which is not allowed"):
        exception_text.load_exception(text)
    allow(Outer.InnerError)
    assert type(exception_text.load_exception(text)) is Outer.InnerError


def test_an_argument_that_is_not_allowed_is_given_as_text() -> None:
    made = again(ValueError("a", CustomError("b", 1)))
    assert made.args == ("a", f"{__name__}.CustomError('b', 1)")


def test_a_local_class_is_written_but_refused() -> None:
    class LocalError(Exception):
        """Nobody can import it."""

    with pytest.raises(PersistenceError, match="LocalError"):
        again(LocalError("a"))


def test_an_exception_that_cannot_be_made_is_told() -> None:
    allow(StubbornError)
    text = exception_text.dump_exception(StubbornError("a")).replace("- a", "").strip() + " []"
    with pytest.raises(PersistenceError, match=r"StubbornError' in the checkpoint can't be made"):
        exception_text.load_exception(text)


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['true']",
        "!!python/object/apply:builtins.eval ['1']",
        "!!python/object/apply:subprocess.Popen\nargs: [[true]]",
        "!!python/object/new:builtins.type ['X', [], {}]",
        "!!python/object/apply:plumpy.utils.load_object ['os:system']",
        "!!python/object/apply:builtins.SystemExit [1]",
        "!!python/object/apply:plumpy.persistence.PersistedPickle.__new__ [1, 2, 3]",
        "!!python/object/apply:eval ['1']",
    ],
)
def test_other_calls_are_refused(text: str) -> None:
    with pytest.raises(PersistenceError, match="not allowed"):
        exception_text.load_exception(text)


def test_a_call_among_the_arguments_is_not_run() -> None:
    made = exception_text.load_exception(
        "!!python/object/apply:builtins.ValueError [!!python/object/apply:os.system ['true']]"
    )
    assert made.args == ("os.system('true')",)


@pytest.mark.parametrize("name", ["builtins.dict", "uuid.UUID", "plumpy.persistence.Bundle"])
def test_what_is_no_exception_is_refused(name: str) -> None:
    with pytest.raises(PersistenceError, match="as an exception, which it isn't"):
        exception_text.load_exception(f"!!python/object/apply:{name} []")


@pytest.mark.parametrize("text", ["", "just text", "[1, 2]", "{a: 1}", "3"])
def test_what_is_no_call_is_refused(text: str) -> None:
    with pytest.raises(PersistenceError, match="is none"):
        exception_text.load_exception(text)


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object:os.PathLike {}",
        "!!python/name:os.system ''",
        "!!python/module:os ''",
        "!!python/object/apply:builtins.ValueError [!!python/name:os.system '']",
        "[unclosed",
        "\0",
        "!!python/object/apply:builtins.ValueError [2020-99-99]",
    ],
)
def test_text_that_cannot_be_read_safely_is_refused(text: str) -> None:
    with pytest.raises(PersistenceError, match="can't be read safely"):
        exception_text.load_exception(text)


def test_text_that_refers_to_itself_is_refused() -> None:
    with pytest.raises(PersistenceError, match="can't be"):
        exception_text.load_exception("!!python/object/apply:builtins.ValueError [&a [*a]]")


@pytest.mark.parametrize(
    "error",
    [ValueError("a", 1), KeyError(("k", 2)), FileNotFoundError(2, "no", "/p"), RuntimeError(KeyError("k"))],
    ids=repr,
)
def test_what_pyyaml_writes_is_read_and_the_other_way_round(error: BaseException) -> None:
    assert tree(exception_text.load_exception(yaml.dump(error))) == tree(error)
    assert tree(yaml.load(exception_text.dump_exception(error), Loader=yaml.UnsafeLoader)) == tree(error)


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:exceptions.ValueError [bad, 3]",
        "!!python/object/apply:builtins.ValueError\nargs: [bad, 3]\nstate: {code: 1}",
        "!!python/object/new:builtins.ValueError [bad, 3]",
        "!!python/object/apply:builtins.ValueError [!!python/unicode 'bad', 3]",
    ],
)
def test_all_forms_that_releases_wrote_are_read(text: str) -> None:
    made = exception_text.load_exception(text)
    assert type(made) is ValueError
    assert made.args == ("bad", 3)


# --- Copies for saved futures ----------------------------------------------------------------------------------------


def test_an_exception_that_cannot_change_is_portable_itself() -> None:
    error = ValueError("a", 1)
    assert allowlist.portable(error) is error


def test_a_portable_exception_is_a_copy() -> None:
    error = ValueError("a", [1])
    copied = allowlist.portable(error)
    assert copied is not error
    assert tree(copied) == tree(error)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (TwoArgumentsError(1, 2), "TwoArgumentsError: 1 and 2"),
        (NoTextError(threading.Lock()), "NoTextError: <no text: TypeError>"),
        (types.new_class("Local", (Exception,))("x"), "Local: x"),
    ],
    ids=["init", "argument", "class"],
)
def test_an_exception_that_is_not_portable_is_told_by_its_text(error: BaseException, text: str) -> None:
    copied = allowlist.portable(error)
    assert type(copied) is RuntimeError
    assert str(copied) == text


class ReplacedError(Exception):
    def __reduce__(self) -> Any:
        return str, ("something else",)


def test_an_exception_that_becomes_something_else_is_told_by_its_text() -> None:
    assert str(allowlist.portable(ReplacedError("x"))) == "ReplacedError: x"


def test_a_value_that_is_named_again_and_again_is_made_once() -> None:
    """A few lines of YAML can stand for more values than fit into memory."""
    lines = ["- &a0 [x, x]", *(f"- &a{depth} [*a{depth - 1}, *a{depth - 1}]" for depth in range(1, 60))]
    text = "!!python/object/apply:builtins.ValueError\n" + "\n".join(lines)
    deepest = exception_text.load_exception(text).args[-1]
    for _ in range(59):
        assert deepest[0] is deepest[1]
        deepest = deepest[0]
    assert deepest == ["x", "x"]


def test_paths_of_python_3_13_are_read_by_all() -> None:
    assert allowlist.find("pathlib._local", "PurePosixPath") is allowlist.find("pathlib", "PurePosixPath")
