"""Ports: validation and its texts, defaults, and what namespaces take over from others."""

from __future__ import annotations

import copy
import functools
import json
import logging
import pickle
import subprocess
import sys
import types
import warnings
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest
from hypothesis import given, strategies as st

from plumpy_compat import port_base, ports
from plumpy_compat.ports import UNSPECIFIED, InputPort, OutputPort, Port, PortNamespace, PortValidationError
from plumpy_compat.utils import AttributesFrozendict, Frozendict

ROOT = Path(__file__).parents[2]


def failing(value: Any, port: Any) -> str:
    return f"bad {value} for {port.name}"


def names(namespace: Any) -> Any:
    """The names of the ports, as nested dictionaries."""
    return {
        name: names(port) if isinstance(port, PortNamespace) else type(port).__name__
        for name, port in namespace.items()
    }


def error_of(error: Optional[PortValidationError]) -> Optional[List[str]]:
    return None if error is None else [error.port, error.message]


@pytest.fixture
def source() -> PortNamespace:
    """Ports on three levels: `a`, `foo.b`, `foo.deep.c` and `foobar`."""
    namespace = PortNamespace("source")
    namespace["a"] = InputPort("a", valid_type=int, default=3)
    namespace.create_port_namespace("foo.deep", help="deep help")
    foo: Any = namespace["foo"]
    foo["b"] = InputPort("b", required=False)
    foo["deep"]["c"] = OutputPort("c")
    namespace["foobar"] = InputPort("foobar")
    return namespace


# Single ports


def test_unspecified_is_the_empty_tuple() -> None:
    assert UNSPECIFIED is ()  # type: ignore[comparison-overlap]  # noqa: F632
    empty: Any = []
    assert Port("a").validate(tuple(empty)) is not None


def test_validation_error() -> None:
    error = PortValidationError("wrong", "a.b")
    assert str(error) == "Error occurred validating port 'a.b': wrong"
    assert (error.message, error.port) == ("wrong", "a.b")
    for other in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert (str(other), other.message, other.port) == (str(error), "wrong", "a.b")
    assert ports.breadcrumbs_to_port(("a", "b", "c")) == "a.b.c"


def test_properties() -> None:
    port = Port("a", int, "some help", False, failing)
    assert (port.name, port.valid_type, port.help, port.required, port.validator) == (
        "a",
        int,
        "some help",
        False,
        failing,
    )
    port.valid_type, port.help, port.required, port.validator = str, "other", True, None
    assert (port.valid_type, port.help, port.required, port.validator) == (str, "other", True, None)
    with pytest.raises(AttributeError):
        port.name = "b"  # type: ignore[misc]


MISSING = "required value was not provided for 'a'"
WRONG_TYPE = "value 'a' is not of the right type. Got '{}', expected '{}'"


@pytest.mark.parametrize(
    ("options", "value", "message"),
    [
        ({}, UNSPECIFIED, MISSING),
        ({"required": False}, UNSPECIFIED, None),
        ({"required": False, "validator": failing}, UNSPECIFIED, None),
        ({}, None, None),
        ({"valid_type": int}, 1, None),
        ({"valid_type": int}, "x", WRONG_TYPE.format(str, int)),
        ({"valid_type": (int, str)}, "x", None),
        ({"valid_type": (int, str)}, 0.5, WRONG_TYPE.format(float, (int, str))),
        ({"valid_type": int, "validator": failing}, "x", WRONG_TYPE.format(str, int)),
        ({"valid_type": int, "validator": failing}, 1, "bad 1 for a"),
        ({"validator": lambda value, port: None}, 1, None),
        ({"validator": lambda value, port: ""}, 1, ""),
        ({"valid_type": ()}, 1, WRONG_TYPE.format(int, ())),
    ],
)
@pytest.mark.parametrize("port_class", [Port, InputPort, OutputPort])
def test_validate(port_class: Any, options: Dict[str, Any], value: Any, message: Optional[str]) -> None:
    port = port_class("a", **options)
    assert error_of(port.validate(value)) == (None if message is None else ["a", message])
    assert error_of(port.validate(value, ("x", "y"))) == (None if message is None else ["x.y.a", message])


class Validators:
    def one(self, value: Any) -> str:
        return f"one {value}"

    def two(self, value: Any, port: Any) -> str:
        return f"two {value} {port.name}"

    @staticmethod
    def static(value: Any) -> str:
        return f"one {value}"


class OneCall:
    def __call__(self, value: Any) -> str:
        return f"one {value}"


class TwoCall:
    def __call__(self, value: Any, port: Any) -> str:
        return f"two {value} {port.name}"


def adapted(validator: Any) -> Any:
    @functools.wraps(validator)
    def wrapper(value: Any, port: Any) -> Any:
        return f"two {validator(value)[4:]} {port.name}"

    return wrapper


@pytest.mark.parametrize(
    "validator",
    [
        Validators().one,
        Validators.static,
        OneCall(),
        lambda value: f"one {value}",
        lambda value, *, x=1: f"one {value}",
    ],
)
def test_validators_of_one_argument_warn(validator: Any) -> None:
    for port, value in ((Port("a", validator=validator), 1), (PortNamespace("a", validator=validator), {})):
        name = getattr(validator, "__name__", str(validator))
        for _ in range(2):
            with pytest.warns(UserWarning) as caught:  # noqa: PT030
                assert error_of(port.validate(value)) == ["a", f"one {value}"]
            [warning] = caught
            assert str(warning.message) == ports.VALIDATOR_SIGNATURE_DEPRECATION_WARNING.format(name)
            assert str(warning.message).startswith(f"the validator `{name}` has a signature that only takes a single")


@pytest.mark.parametrize(
    "validator",
    [
        Validators().two,
        TwoCall(),
        adapted(Validators.static),
        functools.partial(Validators.two, None),
        lambda *args: f"two {args[0]} {args[1].name}",
    ],
)
def test_validators_of_two_arguments(validator: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert error_of(Port("a", validator=validator).validate(1)) == ["a", "two 1 a"]


def test_validator_without_a_signature_gets_both() -> None:
    calls = []

    class Odd:
        __signature__ = "nonsense"

        def __call__(self, *args: Any) -> None:
            calls.append(args)

    port = Port("a", validator=Odd())
    assert port.validate(1) is None
    assert calls == [(1, port)]


def test_signatures_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups = []

    def takes_value_only(validator: Any) -> bool:
        lookups.append(validator)
        return False

    monkeypatch.setattr(port_base, "_takes_value_only", takes_value_only)
    port, namespace = Port("a", validator=failing), PortNamespace("n")
    namespace.validator = failing
    for _ in range(3):
        port.validate(1)
        namespace.validate({})
    PortNamespace().absorb(namespace)
    copy.deepcopy(port).validate(1)
    assert lookups == [failing, failing, failing]


def test_validators_must_return_text() -> None:
    with pytest.raises(AssertionError, match=r"^Validator returned non string type$"):
        Port("a", validator=lambda value, port: 3).validate(1)  # type: ignore[arg-type,return-value]
    namespace = PortNamespace("n", validator=lambda value, port: False)  # type: ignore[arg-type,return-value]
    text = r"^Validator returned something other than None or str: '<class 'bool'>'$"
    with pytest.raises(AssertionError, match=text):
        namespace.validate({})


def test_validators_must_return_text_with_optimisation_too() -> None:
    program = "from plumpy_compat.ports import Port; Port('a', validator=lambda value, port: 3).validate(1)"
    done = subprocess.run([sys.executable, "-O", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "AssertionError: Validator returned non string type" in done.stderr


def test_defaults(caplog: pytest.LogCaptureFixture) -> None:
    port = InputPort("a")
    assert not port.has_default()
    with pytest.raises(RuntimeError, match=r"^No default$"):
        port.default  # noqa: B018
    port.default = "unchecked"
    assert port.has_default()
    assert port.default == "unchecked"
    with caplog.at_level(logging.DEBUG, logger="plumpy.ports"):
        assert InputPort("a", default=None, required=True).required is False
    assert [record.name for record in caplog.records] == ["plumpy.ports"]
    assert InputPort("a", valid_type=int, default=lambda: "made later").has_default()
    with pytest.raises(ValueError, match=r"^Invalid default value: value 'a' is not of the right type\. Got "):
        InputPort("a", valid_type=int, default="x")
    with pytest.raises(ValueError, match=r"^Invalid default value: bad 1 for a$"):
        InputPort("a", default=1, validator=failing)


@pytest.mark.parametrize(
    ("required", "default", "expected"),
    [(True, UNSPECIFIED, True), (False, UNSPECIFIED, False), (True, None, False), (False, 1, False)],
)
def test_required_override(required: bool, default: Any, expected: bool) -> None:
    assert InputPort.required_override(required, default) is expected


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


@pytest.mark.parametrize(
    ("port", "description"),
    [
        (Port("a"), {"name": "a", "required": "True"}),
        (
            OutputPort("a", int, " text\n", False),
            {"name": "a", "required": "False", "valid_type": str(int), "help": "text"},
        ),
        (InputPort("a", default=5), {"name": "a", "required": "False", "default": "5"}),
        (InputPort("a", default=Unprintable()), {"name": "a", "required": "False", "default": "<Unprintable>"}),
        (Port("a", help=3), {"name": "a", "required": "True", "help": "3"}),  # type: ignore[arg-type]
    ],
)
def test_description(port: Port, description: Dict[str, Any]) -> None:
    assert port.get_description() == description
    assert json.loads(str(port)) == description


def test_deep_copy_of_ports() -> None:
    class Lock:
        def __deepcopy__(self, memo: Any) -> None:
            raise AssertionError("not to be copied")

        def validator(self, value: Any, port: Any) -> None:
            pass

    port: Any = InputPort("a", valid_type=(int, list), default=[1, [2]], validator=Lock().validator)
    port.extra = port
    new = copy.deepcopy(port)
    assert type(new) is InputPort
    assert vars(new).keys() == vars(port).keys()
    assert new.extra is new
    assert new.default == port.default
    assert new.default is not port.default
    assert new.default[1] is not port.default[1]
    assert new.validator == port.validator
    assert new.get_description() == port.get_description()


def test_classes_are_found_in_the_public_module() -> None:
    for name in ports.__all__:
        if name != "UNSPECIFIED":
            assert getattr(ports, name).__module__ == "plumpy_compat.ports"


# Namespaces: structure


def test_namespace_is_a_mapping() -> None:
    namespace = PortNamespace("n")
    port = InputPort("a")
    namespace["a"] = port
    assert namespace["a"] is port
    assert list(namespace) == ["a"]
    assert len(namespace) == 1
    assert namespace.ports == {"a": port}
    with pytest.raises(TypeError, match=r"^port needs to be an instance of Port$"):
        namespace["b"] = 3  # type: ignore[assignment]
    with pytest.raises(KeyError):
        namespace["b"]
    del namespace["a"]
    assert not namespace
    assert PortNamespace().name == ""
    assert PortNamespace.NAMESPACE_SEPARATOR == "."


def test_namespace_properties() -> None:
    namespace = PortNamespace("n", "help", False, failing, None, {"x": 1}, True, False)
    assert (namespace.help, namespace.required, namespace.validator) == ("help", False, failing)
    assert (namespace.default, namespace.dynamic, namespace.populate_defaults) == ({"x": 1}, True, False)
    assert namespace.has_default()
    namespace.default, namespace.dynamic, namespace.populate_defaults = UNSPECIFIED, False, True
    assert (namespace.default, namespace.dynamic, namespace.populate_defaults) == ((), False, True)
    assert not namespace.has_default()


def test_valid_type_makes_dynamic() -> None:
    assert not PortNamespace().dynamic
    assert PortNamespace(valid_type=int).dynamic
    namespace = PortNamespace()
    namespace.valid_type = None
    assert not namespace.dynamic
    namespace.valid_type = int
    assert namespace.dynamic
    namespace.valid_type = None
    assert namespace.dynamic
    assert namespace.valid_type is None


def test_get_port(source: PortNamespace) -> None:
    assert source.get_port("a") is source["a"]
    assert source.get_port("foo.deep").name == "deep"
    assert source.get_port("foo.deep.c").name == "c"


GET_ERRORS = [
    (3, "name has to be a string type, not <class 'int'>"),
    (None, "name has to be a string type, not <class 'NoneType'>"),
    ("", "name cannot be an empty string"),
    ("foo.", "name cannot be an empty string"),
    ("x", "port 'x' does not exist in port namespace 'source'"),
    (".a", "port '' does not exist in port namespace 'source'"),
    ("foo.x.y", "port 'x' does not exist in port namespace 'foo'"),
    ("a.x", "port 'a' in port namespace 'source' is not a namespace and has no 'x'"),
]


@pytest.mark.parametrize(("name", "message"), GET_ERRORS)
def test_get_port_errors(source: PortNamespace, name: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        source.get_port(name)
    assert str(error.value) == message


def test_get_port_ignores_create_dynamically() -> None:
    namespace = PortNamespace("n", dynamic=True)
    text = r"^port 'a' does not exist in port namespace 'n'$"
    with pytest.warns(DeprecationWarning, match="deprecated and ignored") as caught, pytest.raises(
        ValueError, match=text
    ):
        namespace.get_port("a.b", create_dynamically=True)
    assert caught[0].filename == __file__
    assert not namespace


def test_create_port_namespace(source: PortNamespace) -> None:
    assert source.create_port_namespace("foo.deep", help="ignored") is source.get_port("foo.deep")
    assert source.get_port("foo.deep").help == "deep help"
    new = source.create_port_namespace("x.y", dynamic=True, help="h")
    assert source.get_port("x.y") is new
    assert (new.name, new.dynamic, new.help) == ("y", True, "h")
    assert source["x"].dynamic is False  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        *GET_ERRORS[:4],
        ("a", "the name 'a' in 'source' already contains a Port"),
        ("a.x", "the name 'a' in 'source' already contains a Port"),
        ("foo.b", "the name 'b' in 'foo' already contains a Port"),
    ],
)
def test_create_port_namespace_errors(source: PortNamespace, name: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        source.create_port_namespace(name)
    assert str(error.value) == message


ATTRIBUTES = {"default": (), "dynamic": False, "valid_type": "None", "required": "True", "help": None}


def test_namespace_description() -> None:
    namespace = PortNamespace("n")
    namespace["a"] = InputPort("a")
    namespace.create_port_namespace("m", valid_type=int, help="h", required=False, default={})
    description = {
        "_attrs": ATTRIBUTES,
        "a": {"name": "a", "required": "True"},
        "m": {"_attrs": {"default": {}, "dynamic": True, "valid_type": str(int), "required": "False", "help": "h"}},
    }
    assert namespace.get_description() == description
    assert str(namespace) == json.dumps(description, sort_keys=True, indent=4)


@pytest.mark.parametrize("default", [lambda: 1, {"a": object()}, {1: 2, "b": 3}, {(1, 2): 3}, {"x": Unprintable()}])
def test_namespace_text_of_odd_defaults(default: Any) -> None:
    namespace = PortNamespace("n", default=default)
    namespace.create_port_namespace("m", default=default)
    namespace["a"] = InputPort("a", help="h")
    described = json.loads(str(namespace))
    assert described["a"] == {"name": "a", "required": "True", "help": "h"}
    assert described["m"]["_attrs"]["required"] == "True"


# Namespaces: validation


def dynamic(valid_type: Any = None) -> PortNamespace:
    return PortNamespace("n", dynamic=True, valid_type=valid_type)


NOT_MAPPING = "specified value is of type {} which is not sub class of `Mapping`"
BAD_DYNAMIC = "Invalid type {} for dynamic port value: expected {}"


@pytest.mark.parametrize(
    ("namespace", "values", "error"),
    [
        (PortNamespace("n"), None, None),
        (PortNamespace("n"), UNSPECIFIED, None),
        (PortNamespace("n"), {}, None),
        (PortNamespace("n"), types.MappingProxyType({}), None),
        *((PortNamespace("n"), bad, ["n", NOT_MAPPING.format(type(bad))]) for bad in (5, "x", [1], 0, "", [], False)),
        (PortNamespace("n"), {"a": 1}, ["n", "Unexpected ports {'a': 1}, for a non dynamic namespace"]),
        (PortNamespace("n", required=False), {"a": 1}, ["n", "Unexpected ports {'a': 1}, for a non dynamic namespace"]),
        (dynamic(), {"a": 1, "b": {"c": "x"}}, None),
        (dynamic(int), {"a": 1}, None),
        (dynamic(int), {"a": "x"}, ["n.a", BAD_DYNAMIC.format(str, int)]),
        (dynamic((int, str)), {"a": 1, "b": "x"}, None),
        (dynamic(int), {"a": {"b": {"c": 1}, "d": {}}}, None),
        # plumpy has the name of the namespace again on each level: n.a.n.b.n.c
        (dynamic(int), {"a": {"b": {"c": "x"}}}, ["n.a.b.c", BAD_DYNAMIC.format(str, int)]),
        (dynamic(int), {"a": Frozendict(b=1)}, ["n.a", BAD_DYNAMIC.format(Frozendict, int)]),
        # plumpy looks into it, for more dictionaries.
        (dynamic(dict), {"a": {"b": 1}}, None),
        (dynamic(Frozendict), {"a": Frozendict(b=1)}, None),
    ],
)
def test_validate_namespace(namespace: PortNamespace, values: Any, error: Any) -> None:
    assert error_of(namespace.validate(values)) == error
    assert error_of(namespace.validate(values, ("x",))) == (error and [f"x.{error[0]}", error[1]])
    frozen = AttributesFrozendict(values) if isinstance(values, dict) else values
    assert error_of(namespace.validate(frozen)) == error


def test_validate_nested() -> None:
    namespace = PortNamespace("n", required=False)
    sub = namespace.create_port_namespace("sub")
    sub["a"] = InputPort("a", valid_type=int)
    sub["b"] = InputPort("b", required=False)
    cases: Any = [
        ({}, None),
        ({"sub": {"a": 1}}, None),
        ({"sub": {}}, ["n.sub.a", MISSING]),
        ({"sub": None}, ["n.sub.a", MISSING]),
        ({"sub": {"a": "x", "b": 1}}, ["n.sub.a", WRONG_TYPE.format(str, int)]),
        ({"sub": 3}, ["n.sub", NOT_MAPPING.format(int)]),
        ({"sub": {"a": 1, "c": 2}}, ["n.sub", "Unexpected ports {'c': 2}, for a non dynamic namespace"]),
        ({"sub": {"a": 1}, "c": 2}, ["n", "Unexpected ports {'c': 2}, for a non dynamic namespace"]),
    ]
    for values, error in cases:
        assert error_of(namespace.validate(values)) == error
    namespace.required = True
    assert error_of(namespace.validate({})) == ["n.sub.a", MISSING]
    sub.required = False
    assert namespace.validate({}) is None


def test_namespace_validator() -> None:
    seen = []

    def validator(values: Any, port: Any) -> Optional[str]:
        seen.append((dict(values), port))
        values.clear()
        return "never ok"

    namespace = dynamic()
    namespace["a"] = InputPort("a")
    namespace.validator = validator
    values = {"a": 1, "b": 2}
    assert error_of(namespace.validate(values)) == ["n", "never ok"]
    assert values == {"a": 1, "b": 2}
    assert seen == [(values, namespace)]
    # Not called after another error, nor without values where none are required.
    assert error_of(namespace.validate({})) == ["n.a", MISSING]
    namespace.required = False
    assert namespace.validate({}) is None
    assert len(seen) == 1
    namespace.validator = lambda values, port: None if values == {"a": 1, "b": 2} else "other values"
    assert namespace.validate(AttributesFrozendict(values)) is None


def test_validate_ports_takes_the_values() -> None:
    namespace = PortNamespace("n")
    namespace["a"] = InputPort("a")
    values = {"a": 1, "b": 2}
    assert namespace.validate_ports(values, ()) is None
    assert values == {"b": 2}
    assert error_of(namespace.validate_ports({}, ())) == ["a", MISSING]


def test_nested_dynamic_values_have_their_path_once() -> None:
    """plumpy 0.26 says `n.a.n.b`."""
    assert error_of(dynamic(int).validate({"a": {"b": {"c": ""}}})) == ["n.a.b.c", BAD_DYNAMIC.format(str, int)]


def test_validate_dynamic_ports() -> None:
    assert dynamic(int).validate_dynamic_ports({}) is None
    assert error_of(dynamic(int).validate_dynamic_ports({"a": ""}, ("q",))) == ["q.n.a", BAD_DYNAMIC.format(str, int)]
    text = "Unexpected ports {'a': 1}, for a non dynamic namespace"
    assert error_of(PortNamespace("n").validate_dynamic_ports({"a": 1}, ("q",))) == ["q.n", text]


# Namespaces: pre-processing


def test_pre_process_fills_in_defaults() -> None:
    namespace = PortNamespace("n")
    namespace["plain"] = InputPort("plain")
    namespace["value"] = InputPort("value", default=1)
    namespace["made"] = InputPort("made", default=lambda: [2])
    namespace["none"] = InputPort("none", default=None)
    namespace["output"] = OutputPort("output")
    processed = namespace.pre_process({})
    assert type(processed) is AttributesFrozendict
    assert processed == {"value": 1, "made": [2], "none": None}
    assert namespace.pre_process({"value": 5, "plain": None, "extra": {"x": 1}, "made": UNSPECIFIED}) == {
        "value": 5,
        "plain": None,
        "extra": {"x": 1},
        "made": (),
        "none": None,
    }


@pytest.mark.parametrize(
    ("options", "has_ports", "values", "expected"),
    [
        ({}, True, {}, {"m": {"y": 2}}),
        ({}, False, {}, {}),
        ({}, True, {"m": None}, {"m": {"y": 2}}),
        ({}, True, {"m": UNSPECIFIED}, {"m": {"y": 2}}),
        ({}, False, {"m": {}}, {"m": {}}),
        ({}, False, {"m": {"z": 1}}, {"m": {"z": 1}}),
        ({"default": {"x": 1}}, True, {}, {"m": {"x": 1, "y": 2}}),
        ({"default": {"x": 1}}, False, {}, {"m": {"x": 1}}),
        ({"default": {"x": 1}}, True, {"m": {}}, {"m": {"y": 2}}),
        ({"default": lambda: {"x": 1}}, True, {}, {"m": {"x": 1, "y": 2}}),
        ({"populate_defaults": False}, True, {}, {}),
        ({"populate_defaults": False, "default": {"x": 1}}, True, {}, {}),
        ({"populate_defaults": False}, True, {"m": {}}, {"m": {"y": 2}}),
        ({}, True, {"m": AttributesFrozendict(y=3)}, {"m": {"y": 3}}),
        ({}, True, {"m": types.MappingProxyType({"z": 3})}, {"m": {"y": 2, "z": 3}}),
        # plumpy raises a TypeError.
        ({}, True, {"m": 5}, {"m": 5}),
        ({}, True, {"m": [1]}, {"m": [1]}),
    ],
)
def test_pre_process_of_namespaces(options: Any, has_ports: bool, values: Any, expected: Any) -> None:
    namespace = PortNamespace("n")
    nested = namespace.create_port_namespace("m", **options)
    if has_ports:
        nested["y"] = InputPort("y", default=2)
    before = copy.deepcopy(options)
    processed = namespace.pre_process(values)
    assert processed == expected
    if isinstance(expected.get("m"), dict):
        assert type(processed.m) is AttributesFrozendict
    if isinstance(options.get("default"), dict):
        assert nested.default == before["default"]


@pytest.mark.parametrize("values", [None, UNSPECIFIED])
def test_pre_process_of_nothing(values: Any) -> None:
    namespace = PortNamespace("n")
    namespace["y"] = InputPort("y", default=2)
    assert namespace.pre_process(values) == {"y": 2}


@pytest.mark.parametrize("value", [5, "text", [1], 0, "", []])
def test_wrong_values_are_left_to_validate(value: Any) -> None:
    namespace = PortNamespace("n")
    namespace.create_port_namespace("m")["y"] = InputPort("y", default=2)
    assert namespace.pre_process(value) == value
    processed = namespace.pre_process({"m": value})
    assert error_of(namespace.validate(processed)) == ["n.m", NOT_MAPPING.format(type(value))]


@st.composite
def namespaces(draw: Any, depth: int = 2) -> PortNamespace:
    """Namespaces with ports a to d that may have defaults and be namespaces."""
    namespace = PortNamespace("n", populate_defaults=draw(st.booleans()), dynamic=draw(st.booleans()))
    if draw(st.booleans()):
        namespace.default = draw(st.dictionaries(st.sampled_from("abx"), st.integers()))
    for name in draw(st.lists(st.sampled_from("abcd"), unique=True)):
        if depth and draw(st.booleans()):
            namespace[name] = draw(namespaces(depth=depth - 1))
        else:
            default = draw(st.sampled_from([UNSPECIFIED, 1, None]) | st.lists(st.integers()))
            namespace[name] = InputPort(name, default=default, required=draw(st.booleans()))
    return namespace


VALUES = st.recursive(
    st.integers() | st.none() | st.lists(st.integers()),
    lambda inner: (
        st.dictionaries(st.sampled_from("abcdx"), inner)
        | st.dictionaries(st.sampled_from("abcdx"), inner).map(AttributesFrozendict)
    ),
    max_leaves=15,
)


@given(namespaces(), st.dictionaries(st.sampled_from("abcdx"), VALUES))
def test_values_and_ports_are_never_changed(namespace: PortNamespace, values: Any) -> None:
    before, ports_before = copy.deepcopy(values), namespace.get_description()
    processed = namespace.pre_process(values)
    namespace.validate(processed)
    namespace.validate(values)
    namespace.project(values)
    assert values == before
    assert namespace.get_description() == ports_before
    assert values.items() <= processed.items() or any(isinstance(port, PortNamespace) for port in namespace.values())


@given(namespaces(), st.dictionaries(st.sampled_from("abcdx"), VALUES))
def test_pre_process_twice_changes_nothing(namespace: PortNamespace, values: Any) -> None:
    processed = namespace.pre_process(values)
    assert namespace.pre_process(processed) == processed


# Namespaces: project


def test_project(source: PortNamespace) -> None:
    source.create_port_namespace("free", dynamic=True)["x"] = InputPort("x")
    values = {
        "a": 1,
        "other": 2,
        "foo": {"b": 1, "other": 2, "deep": AttributesFrozendict(c=3, other=4)},
        "foobar": {"any": 1},
        "free": {"x": 1, "other": 2},
    }
    assert source.project(values) == {
        "a": 1,
        "foo": {"b": 1, "deep": {"c": 3}},
        "foobar": {"any": 1},
        "free": {"x": 1, "other": 2},
    }
    assert source.project({"foo": 3}) == {"foo": 3}


# Namespaces: absorb


ALL = {
    "a": "InputPort",
    "foo": {"deep": {"c": "OutputPort"}, "b": "InputPort"},
    "foobar": "InputPort",
}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, ALL),
        ({"include": ()}, ALL),
        ({"exclude": ()}, ALL),
        ({"include": ("a",)}, {"a": "InputPort"}),
        ({"include": "a"}, {"a": "InputPort"}),
        ({"include": ("foo",)}, {"foo": ALL["foo"]}),
        ({"include": ["foo.b"]}, {"foo": {"b": "InputPort"}}),
        ({"include": ["foo", "foo.b"]}, {"foo": {"b": "InputPort"}}),
        ({"include": ["foo.deep"]}, {"foo": {"deep": {"c": "OutputPort"}}}),
        ({"include": ["foo.deep.c"]}, {"foo": {"deep": {"c": "OutputPort"}}}),
        # plumpy lets foo in for it, with all it has.
        ({"include": ["foobar"]}, {"foobar": "InputPort"}),
        ({"include": ["foobar.b"]}, {}),
        ({"include": ["nope"]}, {}),
        ({"exclude": ["foo"]}, {"a": "InputPort", "foobar": "InputPort"}),
        ({"exclude": ["a", "foobar", "foo.b"]}, {"foo": {"deep": {"c": "OutputPort"}}}),
        ({"exclude": ["a", "foobar", "foo.deep.c"]}, {"foo": {"deep": {}, "b": "InputPort"}}),
    ],
)
def test_absorb_rules(source: PortNamespace, rules: Any, expected: Any) -> None:
    namespace = PortNamespace("n")
    assert namespace.absorb(source, **rules) == list(expected)
    assert names(namespace) == expected
    assert names(source) == ALL


def test_absorb_errors(source: PortNamespace) -> None:
    namespace = PortNamespace("n")
    with pytest.raises(ValueError, match=r"^port_namespace has to be an instance of PortNamespace$"):
        namespace.absorb({})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^exclude and include are mutually exclusive$"):
        namespace.absorb(source, exclude=["a"], include=["b"])
    for rules in ({"exclude": 3}, {"include": {"a"}}):
        with pytest.raises(TypeError, match=r"^Got object of type '.*' when expecting 'typing.Sequence'$"):
            namespace.absorb(source, **rules)  # type: ignore[arg-type]
    options = {"zz": 1, "help": "h", "yy": 2}
    text = r"^the namespace_options \['zz', 'yy'\], is not a supported PortNamespace property$"
    with pytest.raises(ValueError, match=text):
        namespace.absorb(source, namespace_options=options)
    assert options == {"zz": 1, "help": "h", "yy": 2}


def test_absorb_takes_over_properties() -> None:
    source = PortNamespace("s", "help", False, failing, int, {"x": 1}, True, False)
    namespace = PortNamespace("n")
    namespace.absorb(source)
    properties = ("default", "dynamic", "help", "populate_defaults", "required", "valid_type", "validator")
    assert properties == ports._NAMESPACE_PROPERTIES
    for name in properties:
        assert getattr(namespace, name) == getattr(source, name)
    assert namespace.name == "n"
    other = PortNamespace("o")
    other.absorb(source, namespace_options={"help": None, "required": True, "validator": None})
    assert (other.help, other.required, other.validator, other.valid_type) == (None, True, None, int)


def test_absorb_copies(source: PortNamespace) -> None:
    source["list"] = InputPort("list", default=[1])
    namespace: Any = PortNamespace("n")
    namespace["a"] = old = InputPort("a")
    namespace.create_port_namespace("foo")["mine"] = InputPort("mine")
    namespace["kept"] = InputPort("kept")
    namespace.absorb(source)
    assert names(namespace) == {**ALL, "kept": "InputPort", "list": "InputPort"}
    assert namespace["a"] is not old
    assert namespace["list"].default == [1]
    for name in ("a", "foo", "foo.b", "foo.deep", "foo.deep.c", "list"):
        assert namespace.get_port(name) is not source.get_port(name)
        assert namespace.get_port(name).get_description() == source.get_port(name).get_description()
    namespace["list"].default.append(2)
    namespace["foo"]["deep"].help = "changed"
    del namespace["foo"]["deep"]["c"]
    source_any: Any = source
    assert source_any["list"].default == [1]
    assert source.get_port("foo.deep").help == "deep help"
    assert "c" in source_any["foo"]["deep"]


@given(namespaces())
def test_absorb_all_gives_an_equal_namespace(namespace: PortNamespace) -> None:
    before = namespace.get_description()
    new = PortNamespace("n")
    assert new.absorb(namespace) == list(namespace)
    assert new.get_description() == before
    everything = PortNamespace("n")
    everything.absorb(namespace, include=list(namespace))
    assert everything.get_description() == before
    nothing = PortNamespace("n")
    assert nothing.absorb(namespace, exclude=list(namespace)) == []
    assert namespace.get_description() == before


@pytest.mark.parametrize(
    ("rules", "expected"),
    [(None, None), ([], []), (["a", "ab.c", "b.a.c"], []), (["a.b", "x", "a.b.c", "a."], ["b", "b.c", ""])],
)
def test_strip_namespace(rules: Any, expected: Any) -> None:
    assert PortNamespace.strip_namespace("a", ".", rules) == expected


# Subclasses as AiiDA has them


class WithNote:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        note = kwargs.pop("note", None)
        super().__init__(*args, **kwargs)
        self._note = note

    @property
    def note(self) -> Any:
        return self._note

    @note.setter
    def note(self, note: Any) -> None:
        self._note = note


class NoteInput(WithNote, InputPort):
    def get_description(self) -> Dict[str, Any]:
        return {**super().get_description(), "note": self.note}


class NoteNamespace(WithNote, PortNamespace):
    def __setitem__(self, key: str, port: Port) -> None:
        if not key.isidentifier():
            raise ValueError(f"invalid port name {key}")
        if self.note and getattr(port, "note", self) is None:
            port.note = self.note  # type: ignore[attr-defined]
        super().__setitem__(key, port)

    def get_description(self) -> Dict[str, Any]:
        description = super().get_description()
        description["_attrs"]["note"] = self.note
        return description


def test_subclasses() -> None:
    namespace = NoteNamespace("n", note="from above", valid_type=int)
    namespace["a"] = port = NoteInput("a", default=1)
    assert port.note == "from above"
    nested: Any = namespace.create_port_namespace("m.k", note=1, help="h")
    assert type(nested) is type(namespace["m"]) is NoteNamespace
    assert (nested.note, nested.help) == (1, "h")
    with pytest.raises(ValueError, match=r"^invalid port name 1x$"):
        namespace.create_port_namespace("1x")
    assert json.loads(str(namespace))["a"]["note"] == "from above"
    assert json.loads(str(namespace))["m"]["k"]["_attrs"]["note"] == 1
    other = NoteNamespace("o")
    other.absorb(namespace)
    # Only the properties of `PortNamespace` itself are taken over; nested ones are copied whole.
    assert other.note is None
    assert other.valid_type is int
    assert other["a"].note == "from above"  # type: ignore[attr-defined]
    assert other.get_port("m.k").note == 1  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="'note'"):
        other.absorb(namespace, namespace_options={"note": 3})
    assert other.pre_process({}) == {"a": 1, "m": {}}


def test_overridden_methods_are_called() -> None:
    class Strict(InputPort):
        def validate(self, value: Any, breadcrumbs: Any = ()) -> Optional[PortValidationError]:
            return PortValidationError("strict", ".".join((*breadcrumbs, self.name)))

        def has_default(self) -> bool:
            return True

        @property
        def default(self) -> Any:
            return 7

    namespace = PortNamespace("n")
    namespace["a"] = Strict("a")
    assert error_of(namespace.validate({"a": 1})) == ["n.a", "strict"]
    assert namespace.pre_process({}) == {"a": 7}
