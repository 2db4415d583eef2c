"""The specification of a process: its inputs and outputs, and which of them come from other processes."""

from __future__ import annotations

import functools
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, MutableMapping, Optional, Sequence, Type

from .port_base import description_to_json
from .ports import InputPort, OutputPort, Port, PortNamespace

if TYPE_CHECKING:
    from .processes import Process

__all__ = ["ProcessSpec"]

#: By namespace and process class the names of the ports that were exposed.
EXPOSED_TYPE = MutableMapping[Optional[str], MutableMapping[Type["Process"], List[str]]]


def _new_expose_memory() -> EXPOSED_TYPE:
    # A partial, and not a lambda, so that specs can be pickled and copied.
    return defaultdict(functools.partial(defaultdict, list))


class ProcessSpec:
    """The inputs and outputs of a process class, which its `define` sets up.

    Subclasses override the class attributes that say which classes ports are made of.
    """

    NAME_INPUTS_PORT_NAMESPACE: str = "inputs"
    NAME_OUTPUTS_PORT_NAMESPACE: str = "outputs"
    PORT_NAMESPACE_TYPE: Type[PortNamespace] = PortNamespace
    INPUT_PORT_TYPE: Type[Port] = InputPort
    OUTPUT_PORT_TYPE: Type[Port] = OutputPort

    def __init__(self) -> None:
        self._ports = self.PORT_NAMESPACE_TYPE()
        self._ports.create_port_namespace(self.NAME_INPUTS_PORT_NAMESPACE)
        self._ports.create_port_namespace(self.NAME_OUTPUTS_PORT_NAMESPACE)
        self._sealed = False
        self._logger = logging.getLogger("plumpy.process_spec")
        self._exposed_inputs = _new_expose_memory()
        self._exposed_outputs = _new_expose_memory()

    def __str__(self) -> str:
        return description_to_json(self.get_description(), sort_keys=True, indent=4)

    @property
    def namespace_separator(self) -> str:
        """Separates the names in the dotted name of a port."""
        return self.PORT_NAMESPACE_TYPE.NAMESPACE_SEPARATOR

    @property
    def logger(self) -> logging.Logger:
        """The logger of specifications."""
        return self._logger

    @property
    def ports(self) -> PortNamespace:
        """The namespace that has those of the inputs and of the outputs."""
        return self._ports

    @property
    def inputs(self) -> PortNamespace:
        """The namespace of the inputs."""
        return self._ports[self.NAME_INPUTS_PORT_NAMESPACE]  # type: ignore[return-value]

    @property
    def outputs(self) -> PortNamespace:
        """The namespace of the outputs."""
        return self._ports[self.NAME_OUTPUTS_PORT_NAMESPACE]  # type: ignore[return-value]

    @property
    def sealed(self) -> bool:
        """Whether no more ports can be added."""
        return self._sealed

    def seal(self) -> None:
        """Let no more ports be added, which is done when the first process is made."""
        self._sealed = True

    def _check_not_sealed(self) -> None:
        if self._sealed:
            # The text is plumpy's, for inputs too.
            raise RuntimeError("Cannot add an output port after the spec has been sealed")

    def get_description(self) -> Dict[str, Any]:
        """The descriptions of the inputs and the outputs, with the names of their namespaces as keys."""
        return {
            self.NAME_INPUTS_PORT_NAMESPACE: self.inputs.get_description(),
            self.NAME_OUTPUTS_PORT_NAMESPACE: self.outputs.get_description(),
        }

    def _create_port(self, port_namespace: PortNamespace, port_class: Type[Port], name: str, **kwargs: Any) -> None:
        """Add a port, in place of one with the same name.

        :param name: dotted; namespaces that lead to the port are created with default settings.
        :param kwargs: for the constructor of `port_class`.
        :raises RuntimeError: if the specification is sealed.
        :raises ValueError: if a port that isn't a namespace is in the way, or a part of the name is empty.
        """
        self._check_not_sealed()
        if not isinstance(name, str):
            raise ValueError(f"name has to be a string type, not {type(name)}")
        namespace_name, separator, port_name = name.rpartition(self.namespace_separator)
        if not port_name:
            raise ValueError("name cannot be an empty string")
        if separator:
            port_namespace = port_namespace.create_port_namespace(namespace_name)
        port_namespace[port_name] = port_class(port_name, **kwargs)

    def input(self, name: str, **kwargs: Any) -> None:
        """Add an input.

        :param name: dotted; namespaces that lead to the port are created with default settings.
        :param kwargs: for the constructor of the port.
        :raises RuntimeError: if the specification is sealed.
        :raises ValueError: if a port that isn't a namespace is in the way, or the default isn't accepted.
        """
        self._create_port(self.inputs, self.INPUT_PORT_TYPE, name, **kwargs)

    def output(self, name: str, **kwargs: Any) -> None:
        """Add an output. See `input`."""
        self._create_port(self.outputs, self.OUTPUT_PORT_TYPE, name, **kwargs)

    def input_namespace(self, name: str, **kwargs: Any) -> None:
        """Add a namespace of inputs. See `input`; one with the same name is replaced, with its ports."""
        self._create_port(self.inputs, self.PORT_NAMESPACE_TYPE, name, **kwargs)

    def output_namespace(self, name: str, **kwargs: Any) -> None:
        """Add a namespace of outputs. See `input_namespace`."""
        self._create_port(self.outputs, self.PORT_NAMESPACE_TYPE, name, **kwargs)

    def has_input(self, name: str) -> bool:
        """Whether there is an input, or a namespace of inputs, with this name, which isn't dotted."""
        return name in self.inputs

    def has_output(self, name: str) -> bool:
        """Whether there is an output, or a namespace of outputs, with this name, which isn't dotted."""
        return name in self.outputs

    def expose_inputs(
        self,
        process_class: Type[Process],
        namespace: Optional[str] = None,
        exclude: Optional[Sequence[str]] = None,
        include: Optional[Sequence[str]] = None,
        namespace_options: Optional[Mapping[str, Any]] = None,
    ) -> None:
        """Take over inputs of another process. `Process.exposed_inputs` gives the values for it.

        :param process_class: the other process.
        :param namespace: the dotted name of where to put them, or None for the top level; the properties of the
            namespace of the other process's inputs are taken over as well.
        :param exclude: the dotted names of inputs to leave out.
        :param include: the dotted names of the only inputs to take over; all of them if it is empty.
        :param namespace_options: properties of the namespace that are to have other values.
        :raises RuntimeError: if the specification is sealed (plumpy lets it happen).
        :raises ValueError: if both rules are given, or an option isn't a property of a namespace.
        """
        self._check_not_sealed()
        self._expose_ports(
            process_class,
            process_class.spec().inputs,
            self.inputs,
            self._exposed_inputs,
            namespace,
            exclude,
            include,
            namespace_options,
        )

    def expose_outputs(
        self,
        process_class: Type[Process],
        namespace: Optional[str] = None,
        exclude: Optional[Sequence[str]] = None,
        include: Optional[Sequence[str]] = None,
        namespace_options: Optional[Mapping[str, Any]] = None,
    ) -> None:
        """Take over outputs of another process. See `expose_inputs`."""
        self._check_not_sealed()
        self._expose_ports(
            process_class,
            process_class.spec().outputs,
            self.outputs,
            self._exposed_outputs,
            namespace,
            exclude,
            include,
            namespace_options,
        )

    @staticmethod
    def _expose_ports(
        process_class: Optional[Type[Process]],
        source: PortNamespace,
        destination: PortNamespace,
        expose_memory: EXPOSED_TYPE,
        namespace: Optional[str],
        exclude: Optional[Sequence[str]],
        include: Optional[Sequence[str]],
        namespace_options: Optional[Mapping[str, Any]] = None,
    ) -> None:
        """Let `destination`, or a namespace in it, absorb `source`, and record the names of the ports.

        :param expose_memory: where they are recorded, by namespace and process class.
        :raises ValueError: as `expose_inputs`.
        """
        if exclude and include is not None:
            raise ValueError("exclude and include are mutually exclusive")
        if namespace:
            destination = destination.create_port_namespace(namespace)
        absorbed = destination.absorb(source, exclude or None, include, namespace_options)
        expose_memory[namespace][process_class] = absorbed  # type: ignore[index]
