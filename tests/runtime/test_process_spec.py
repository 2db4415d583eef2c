"""Specifications: how ports are added, exposed and sealed."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plumpy_compat.ports import InputPort, OutputPort, PortNamespace
from plumpy_compat.process_spec import ProcessSpec


def names(namespace: Any) -> Any:
    """The names of the ports, as nested dictionaries."""
    return {
        name: names(port) if isinstance(port, PortNamespace) else type(port).__name__
        for name, port in namespace.items()
    }


class Other:
    """Stands for a process class."""

    @classmethod
    def spec(cls) -> ProcessSpec:
        spec = ProcessSpec()
        spec.input("a", default=1)
        spec.input("sub.b")
        spec.inputs.help = "other"
        spec.output("x")
        spec.output("y.z")
        return spec


other: Any = Other


@pytest.fixture
def spec() -> ProcessSpec:
    return ProcessSpec()


def test_new(spec: ProcessSpec) -> None:
    assert names(spec.ports) == {"inputs": {}, "outputs": {}}
    assert spec.inputs is spec.ports["inputs"]
    assert spec.outputs is spec.ports["outputs"]
    assert spec.ports.name == ""
    assert spec.namespace_separator == "."
    assert spec.logger.name == "plumpy.process_spec"
    assert spec.sealed is False
    assert spec._exposed_inputs == spec._exposed_outputs == {}
    assert spec._exposed_inputs["any"][other] == []


def test_add_ports(spec: ProcessSpec) -> None:
    spec.input("a", valid_type=int, help="h")
    spec.input("n.m.b", default=1)
    spec.output("x")
    spec.output("o.y", required=False)
    spec.input_namespace("free", dynamic=True)
    spec.output_namespace("o.free", valid_type=int)
    assert names(spec.ports) == {
        "inputs": {"a": "InputPort", "n": {"m": {"b": "InputPort"}}, "free": {}},
        "outputs": {"x": "OutputPort", "o": {"y": "OutputPort", "free": {}}},
    }
    assert spec.inputs["a"].get_description() == InputPort("a", valid_type=int, help="h").get_description()
    assert spec.inputs.get_port("free").dynamic is True  # type: ignore[attr-defined]
    assert spec.outputs.get_port("o.free").valid_type is int
    assert spec.outputs.get_port("o").dynamic is False  # type: ignore[attr-defined]
    assert spec.has_input("a")
    assert spec.has_input("n")
    assert not spec.has_input("n.m")
    assert not spec.has_input("x")
    assert spec.has_output("x")
    assert not spec.has_output("a")


def test_the_last_port_of_a_name_stays(spec: ProcessSpec) -> None:
    spec.input("n.a")
    spec.input("n.b")
    spec.input_namespace("n", dynamic=True)
    assert names(spec.inputs) == {"n": {}}
    spec.input("n")
    assert names(spec.inputs) == {"n": "InputPort"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (3, "name has to be a string type, not <class 'int'>"),
        ("", "name cannot be an empty string"),
        ("n.", "name cannot be an empty string"),
        (".x", "name cannot be an empty string"),
        ("a.b", "the name 'a' in 'inputs' already contains a Port"),
    ],
)
def test_bad_names(spec: ProcessSpec, name: Any, message: str) -> None:
    spec.input("a")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        spec.input(name)
    assert str(error.value) == message
    assert names(spec.inputs) == {"a": "InputPort"}


def test_description(spec: ProcessSpec) -> None:
    spec.input("a")
    spec.output("x")
    description = {"inputs": spec.inputs.get_description(), "outputs": spec.outputs.get_description()}
    assert spec.get_description() == description
    assert str(spec) == json.dumps(description, sort_keys=True, indent=4)


def test_sealed(spec: ProcessSpec) -> None:
    spec.seal()
    assert spec.sealed
    calls = [
        lambda: spec.input("a"),
        lambda: spec.output("a"),
        lambda: spec.input_namespace("a"),
        lambda: spec.output_namespace("a"),
        # To plumpy these two are no change.
        lambda: spec.expose_inputs(other),
        lambda: spec.expose_outputs(other, namespace="a"),
    ]
    for call in calls:
        with pytest.raises(RuntimeError, match=r"^Cannot add an output port after the spec has been sealed$"):
            call()
    assert names(spec.ports) == {"inputs": {}, "outputs": {}}


def test_expose(spec: ProcessSpec) -> None:
    spec.expose_inputs(other)
    spec.expose_inputs(other, namespace="n.m", exclude=["sub.b", "a"], namespace_options={"help": "mine"})
    spec.expose_inputs(other, namespace="only", include=("sub",))
    spec.expose_outputs(other, include=["y.z"])
    assert names(spec.ports) == {
        "inputs": {
            "a": "InputPort",
            "sub": {"b": "InputPort"},
            "n": {"m": {"sub": {}}},
            "only": {"sub": {"b": "InputPort"}},
        },
        "outputs": {"y": {"z": "OutputPort"}},
    }
    assert spec._exposed_inputs == {
        None: {Other: ["a", "sub"]},
        "n.m": {Other: ["sub"]},
        "only": {Other: ["sub"]},
    }
    assert spec._exposed_outputs == {None: {Other: ["y"]}}
    assert spec.inputs.help == "other"
    assert spec.inputs.get_port("n.m").help == "mine"


@pytest.mark.parametrize("expose", ["expose_inputs", "expose_outputs"])
def test_expose_errors(spec: ProcessSpec, expose: str) -> None:
    with pytest.raises(ValueError, match=r"^exclude and include are mutually exclusive$"):
        getattr(spec, expose)(other, exclude=["a"], include=())
    with pytest.raises(ValueError, match=r"is not a supported PortNamespace property$"):
        getattr(spec, expose)(other, namespace_options={"zz": 1})


@pytest.mark.parametrize("rules", [{"exclude": (), "include": ["a"]}, {"exclude": None, "include": "a"}])
def test_an_empty_exclude_is_none(spec: ProcessSpec, rules: Any) -> None:
    spec.expose_inputs(other, **rules)
    assert names(spec.inputs) == {"a": "InputPort"}


def test_expose_ports_by_keyword(spec: ProcessSpec) -> None:
    source = PortNamespace("source")
    source["a"] = InputPort("a")
    keywords: Any = {"exclude": (), "include": None, "namespace_options": {}}
    for namespace in (None, "n"):
        spec._expose_ports(
            process_class=None,
            source=source,
            destination=spec.inputs,
            expose_memory=spec._exposed_inputs,
            namespace=namespace,
            **keywords,
        )
    assert names(spec.inputs) == {"a": "InputPort", "n": {"a": "InputPort"}}
    assert spec._exposed_inputs == {None: {None: ["a"]}, "n": {None: ["a"]}}


def test_subclasses_choose_the_port_classes() -> None:
    class Namespace(PortNamespace):
        NAMESPACE_SEPARATOR = "/"

    class Input(InputPort):
        pass

    class Output(OutputPort):
        pass

    class Spec(ProcessSpec):
        NAME_INPUTS_PORT_NAMESPACE = "ins"
        NAME_OUTPUTS_PORT_NAMESPACE = "outs"
        PORT_NAMESPACE_TYPE = Namespace
        INPUT_PORT_TYPE = Input
        OUTPUT_PORT_TYPE = Output

    spec = Spec()
    spec.input("n/a.b")
    spec.output("x")
    spec.input_namespace("free")
    assert spec.namespace_separator == "/"
    assert names(spec.ports) == {"ins": {"n": {"a.b": "Input"}, "free": {}}, "outs": {"x": "Output"}}
    assert all(type(port) is Namespace for port in (spec.ports, spec.inputs, spec.inputs["n"], spec.inputs["free"]))
    assert set(spec.get_description()) == {"ins", "outs"}


def test_copies(spec: ProcessSpec) -> None:
    spec.expose_inputs(other)
    for new in (copy.deepcopy(spec), pickle.loads(pickle.dumps(spec))):
        assert new.get_description() == spec.get_description()
        assert new._exposed_inputs == spec._exposed_inputs
        new.input("new")
        assert not spec.has_input("new")


def test_does_not_import_processes() -> None:
    program = "import sys, plumpy_compat.process_spec; assert 'plumpy_compat.processes' not in sys.modules"
    # The package itself may import it, so a stand-in takes its place.
    stub = "import sys, types, importlib.machinery as m; p = types.ModuleType('plumpy_compat');"
    stub += "p.__path__ = ['plumpy_compat']; sys.modules['plumpy_compat'] = p;"
    subprocess.run([sys.executable, "-c", stub + program], cwd=Path(__file__).parents[2], check=True)
