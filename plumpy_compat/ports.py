"""The inputs and outputs of a process: what values are accepted, and the defaults.

Validation returns its first error as a `PortValidationError` and doesn't raise it, as in plumpy. The loops over ports
read attributes in place of properties, since they run over all the ports of each process.
"""

from __future__ import annotations

import collections.abc
import copy
import warnings
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    Iterator,
    List,
    Mapping,
    MutableMapping,
    Optional,
    Sequence,
    Tuple,
)

from . import utils
from .port_base import (
    NAMESPACE_SEPARATOR,
    UNSPECIFIED,
    VALID_TYPE,
    VALIDATOR_SIGNATURE_DEPRECATION_WARNING as VALIDATOR_SIGNATURE_DEPRECATION_WARNING,
    VALIDATOR_TYPE,
    InputPort,
    OutputPort,
    Port,
    PortValidationError,
    breadcrumbs_to_port,
    description_to_json,
    text_of,
)
from .utils import AttributesFrozendict, freeze

__all__ = ["UNSPECIFIED", "InputPort", "OutputPort", "Port", "PortNamespace", "PortValidationError"]

for _class in (InputPort, OutputPort, Port, PortValidationError):
    # Where plumpy has them, and so where pickles and identifiers look for them.
    _class.__module__ = __name__

if TYPE_CHECKING:
    _PortMapping = MutableMapping[str, Port]
else:
    # The generic alias would slow down each construction on Python 3.8.
    _PortMapping = collections.abc.MutableMapping


class PortNamespace(_PortMapping, Port):
    """A port that has ports; its values are mappings.

    :param valid_type: the type of dynamic values; if it isn't None the namespace is dynamic.
    :param default: the value if none is given, or a callable that makes it.
    :param dynamic: whether there may be values that no port is declared for.
    :param populate_defaults: whether the defaults of its ports are filled in when no value is given for the namespace.
    """

    NAMESPACE_SEPARATOR = NAMESPACE_SEPARATOR

    _is_namespace = True

    def __init__(
        self,
        name: str = "",
        help: Optional[str] = None,
        required: bool = True,
        validator: Optional[VALIDATOR_TYPE] = None,
        valid_type: VALID_TYPE = None,
        default: Any = UNSPECIFIED,
        dynamic: bool = False,
        populate_defaults: bool = True,
    ) -> None:
        super().__init__(name, help=help, required=required, validator=validator, valid_type=valid_type)
        self._ports: Dict[str, Port] = {}
        self._default = default
        self._populate_defaults = populate_defaults
        self._dynamic = dynamic or valid_type is not None

    def __str__(self) -> str:
        return description_to_json(self.get_description(), sort_keys=True, indent=4)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ports)

    def __len__(self) -> int:
        return len(self._ports)

    def __delitem__(self, key: str) -> None:
        del self._ports[key]

    def __getitem__(self, key: str) -> Port:
        return self._ports[key]

    def __setitem__(self, key: str, port: Port) -> None:
        if not isinstance(port, Port):
            raise TypeError("port needs to be an instance of Port")
        self._ports[key] = port

    @property
    def ports(self) -> Dict[str, Port]:
        """The ports by name."""
        return self._ports

    def has_default(self) -> bool:
        """Whether there is a default."""
        return self._default is not UNSPECIFIED

    @property
    def default(self) -> Any:
        """The default, or the callable that makes it; `UNSPECIFIED` if there is none."""
        return self._default

    @default.setter
    def default(self, default: Any) -> None:
        self._default = default

    @property
    def dynamic(self) -> bool:
        """Whether there may be values that no port is declared for."""
        return self._dynamic

    @dynamic.setter
    def dynamic(self, dynamic: bool) -> None:
        self._dynamic = dynamic

    @property
    def valid_type(self) -> VALID_TYPE:
        """The type of dynamic values. A type other than None makes the namespace dynamic."""
        return self._valid_type

    @valid_type.setter
    def valid_type(self, valid_type: VALID_TYPE) -> None:
        self._valid_type = valid_type
        if valid_type is not None:
            self.dynamic = True

    @property
    def populate_defaults(self) -> bool:
        """Whether the defaults of its ports are filled in when no value is given for the namespace."""
        return self._populate_defaults

    @populate_defaults.setter
    def populate_defaults(self, populate_defaults: bool) -> None:
        self._populate_defaults = populate_defaults

    def get_description(self) -> Dict[str, Any]:
        """The descriptions of the ports by name, and the namespace's properties as `_attrs`."""
        description: Dict[str, Any] = {
            "_attrs": {
                "default": self.default,
                "dynamic": self.dynamic,
                "valid_type": text_of(self.valid_type),
                "required": text_of(self.required),
                "help": self.help,
            }
        }
        for name, port in self._ports.items():
            description[name] = port.get_description()
        return description

    def get_port(self, name: str, create_dynamically: bool = False) -> Port:
        """The port with a dotted name.

        :param create_dynamically: deprecated and ignored, as in plumpy 0.26.1.
        :raises ValueError: if there is no such port, or the name is empty or not text.
        """
        if create_dynamically:
            warnings.warn(
                "the `create_dynamically` argument is deprecated and ignored: `Process.out` emits dynamic outputs",
                DeprecationWarning,
                stacklevel=2,
            )
        first, rest = self._split_name(name)
        if first not in self._ports:
            raise ValueError(f"port '{first}' does not exist in port namespace '{self.name}'")
        port = self[first]
        if rest is None:
            return port
        if not isinstance(port, PortNamespace):
            raise ValueError(f"port '{first}' in port namespace '{self.name}' is not a namespace and has no '{rest}'")
        return port.get_port(rest)

    def create_port_namespace(self, name: str, **kwargs: Any) -> PortNamespace:
        """The namespace with a dotted name, which is created, as are those that lead to it, unless it exists.

        :param kwargs: for the constructor of the last one, if it's created.
        :raises ValueError: if a port that isn't a namespace is in the way, or the name is empty or not text.
        """
        first, rest = self._split_name(name)
        port = self._ports.get(first)
        if port is None:
            port = type(self)(first, **({} if rest else kwargs))
            self[first] = port
        if not isinstance(port, PortNamespace):
            raise ValueError(f"the name '{first}' in '{self.name}' already contains a Port")
        return port if rest is None else port.create_port_namespace(rest, **kwargs)

    def _split_name(self, name: str) -> Tuple[str, Optional[str]]:
        """The first part of a dotted name, and the rest, None if there is none."""
        if not isinstance(name, str):
            raise ValueError(f"name has to be a string type, not {type(name)}")
        if not name:
            raise ValueError("name cannot be an empty string")
        first, separator, rest = name.partition(self.NAMESPACE_SEPARATOR)
        return first, rest if separator else None

    def absorb(
        self,
        port_namespace: PortNamespace,
        exclude: Optional[Sequence[str]] = None,
        include: Optional[Sequence[str]] = None,
        namespace_options: Optional[Mapping[str, Any]] = None,
    ) -> List[str]:
        """Take over the properties and copies of the ports of another namespace.

        A port that exists is replaced. A rule that names a namespace is about all that is in it.

        :param exclude: the dotted names of ports to leave out.
        :param include: the dotted names of the only ports to take over; all of them if it is empty.
        :param namespace_options: properties of `PortNamespace` to set to other values than the source has.
        :returns: the names of the ports that were taken over, those of the first level.
        :raises ValueError: if both rules are given, or an option isn't a property.
        :raises TypeError: if a rule isn't a sequence.
        """
        if not isinstance(port_namespace, PortNamespace):
            raise ValueError("port_namespace has to be an instance of PortNamespace")
        if exclude is not None and include is not None:
            raise ValueError("exclude and include are mutually exclusive")
        for rules in (exclude, include):
            if rules is not None:
                utils.type_check(rules, Sequence)
        self._absorb_properties(port_namespace, dict(namespace_options or {}))
        absorbed: List[str] = []
        for name, port in port_namespace.items():
            if exclude and name in exclude:
                continue
            if isinstance(port, PortNamespace):
                if include and not any(_leads_to(name, rule, self.NAMESPACE_SEPARATOR) for rule in include):
                    continue
                self[name] = self._absorb_namespace(name, port, exclude, include)
            elif include and name not in include:
                continue
            else:
                self[name] = port.__deepcopy__({})
            absorbed.append(name)
        return absorbed

    def _absorb_properties(self, source: PortNamespace, options: Dict[str, Any]) -> None:
        """Set all properties of `PortNamespace`, not those of subclasses, as plumpy does."""
        for attribute in _NAMESPACE_PROPERTIES:
            setattr(self, attribute, options.pop(attribute) if attribute in options else getattr(source, attribute))
        if options:
            raise ValueError(f"the namespace_options {list(options)}, is not a supported PortNamespace property")

    def _absorb_namespace(
        self, name: str, port: PortNamespace, exclude: Optional[Sequence[str]], include: Optional[Sequence[str]]
    ) -> PortNamespace:
        """A copy of a nested namespace, with those of its ports that the rules are for."""
        new = copy.copy(port)
        new._ports = {}
        new.absorb(
            port,
            exclude=self.strip_namespace(name, self.NAMESPACE_SEPARATOR, exclude),
            include=self.strip_namespace(name, self.NAMESPACE_SEPARATOR, include),
        )
        return new

    @staticmethod
    def strip_namespace(namespace: str, separator: str, rules: Optional[Sequence[str]] = None) -> Optional[List[str]]:
        """The rules about what is in a namespace, as seen from there.

        :param rules: dotted names, or None, for which None is returned.
        """
        if rules is None:
            return None
        prefix = namespace + separator
        return [rule[len(prefix) :] for rule in rules if rule.startswith(prefix)]

    def project(self, port_values: Mapping[str, Any]) -> Dict[str, Any]:
        """The values that there are ports for, in nested namespaces too.

        A dynamic nested namespace keeps its other values, since it accepts them.
        """
        projected: Dict[str, Any] = {}
        for name, value in port_values.items():
            port = self._ports.get(name)
            if port is None:
                continue
            if isinstance(port, PortNamespace) and isinstance(value, collections.abc.Mapping):
                nested = dict(value) if port._dynamic else {}
                nested.update(port.project(value))
                value = nested
            projected[name] = value
        return projected

    def validate(
        self, port_values: Optional[Mapping[str, Any]] = None, breadcrumbs: Sequence[str] = ()
    ) -> Optional[PortValidationError]:
        """Check the values: those of ports, the others, then all of them with the validator.

        A namespace that isn't required accepts no values at all, whatever its ports require. No value, None and
        `UNSPECIFIED` count as an empty mapping. (To plumpy so does all that is false, as 0.)

        :param port_values: the values by name, which aren't changed.
        :param breadcrumbs: the names of the namespaces that lead to this one.
        :returns: the first error, or None.
        :raises AssertionError: if a validator returns neither None nor text.
        """
        values: Any = {} if _is_nothing(port_values) else port_values
        if not _is_mapping(values):
            message: Any = f"specified value is of type {type(values)} which is not sub class of `Mapping`"
            return PortValidationError(message, breadcrumbs_to_port((*breadcrumbs, self._name)))
        if not values and not self._required:
            return None
        rest = _to_dict(values)
        error = self.validate_ports(rest, (*breadcrumbs, self._name))
        if error is None:
            error = self.validate_dynamic_ports(rest, breadcrumbs)
        if error is not None or self._validator is None:
            return error
        message = self._call_validator(self._validator, _to_dict(values))
        if message is None:
            return None
        if not isinstance(message, str):
            raise AssertionError(f"Validator returned something other than None or str: '{type(message)}'")
        return PortValidationError(message, breadcrumbs_to_port((*breadcrumbs, self._name)))

    def validate_ports(
        self, port_values: MutableMapping[str, Any], breadcrumbs: Sequence[str]
    ) -> Optional[PortValidationError]:
        """Check the values of the ports, and take them out of `port_values`.

        :param breadcrumbs: the names of the namespaces that lead to the ports, this one included.
        :returns: the first error, or None.
        """
        for name, port in self._ports.items():
            error = port.validate(port_values.pop(name, UNSPECIFIED), breadcrumbs)
            if error is not None:
                return error
        return None

    def validate_dynamic_ports(
        self, port_values: Mapping[str, Any], breadcrumbs: Sequence[str] = ()
    ) -> Optional[PortValidationError]:
        """Check the values that there are no ports for: that there may be any, and their types.

        A dictionary that isn't of the valid type is a nested namespace of such values (since plumpy 0.21.3).

        :param breadcrumbs: the names of the namespaces that lead to this one.
        :returns: the first error, or None.
        """
        if not port_values:
            return None
        path = (*breadcrumbs, self._name)
        if not self._dynamic:
            message = f"Unexpected ports {port_values}, for a non dynamic namespace"
            return PortValidationError(message, breadcrumbs_to_port(path))
        if self._valid_type is None:
            return None
        return self._validate_types(port_values, self._valid_type, path)

    def _validate_types(
        self, values: Mapping[str, Any], valid_type: Any, path: Tuple[str, ...]
    ) -> Optional[PortValidationError]:
        for name, value in values.items():
            if isinstance(value, valid_type):
                continue
            if isinstance(value, dict):
                error = self._validate_types(value, valid_type, (*path, name))
                if error is None:
                    continue
                return error
            message = f"Invalid type {type(value)} for dynamic port value: expected {valid_type}"
            return PortValidationError(message, breadcrumbs_to_port((*path, name)))
        return None

    def pre_process(self, port_values: Any) -> AttributesFrozendict:
        """The values with the defaults filled in, as a mapping that doesn't change.

        A namespace that no value (or None) is given for gets its default, or the defaults of its ports. A value that
        isn't a mapping where there should be one stays as it is, for `validate` to report.

        :param port_values: the values by name; neither it nor what is in it is changed.
        """
        if type(port_values) is dict:
            values = port_values.copy()
        elif _is_nothing(port_values):
            values = {}
        elif _is_mapping(port_values):
            values = _to_dict(port_values)
        else:
            return port_values  # type: ignore[no-any-return]
        for name, port in self._ports.items():
            if port._is_namespace:
                value = values.get(name)
                if value is None or value is UNSPECIFIED:
                    value = port._value_if_absent()  # type: ignore[attr-defined]
                    if value is UNSPECIFIED:
                        continue
                values[name] = port.pre_process(value)  # type: ignore[attr-defined]
            elif name not in values and isinstance(port, InputPort) and port.has_default():
                default = port.default
                values[name] = default() if callable(default) else default
        return freeze(values)

    def _value_if_absent(self) -> Any:
        """The value to process if the namespace has none, `UNSPECIFIED` for nothing."""
        if not self._populate_defaults:
            return UNSPECIFIED
        if self.has_default():
            default = self.default
            return default() if callable(default) else default
        return {} if self._ports else UNSPECIFIED


def _is_nothing(value: Any) -> bool:
    return value is None or value is UNSPECIFIED


def _is_mapping(value: Any) -> bool:
    # The first two are quick to tell.
    return isinstance(value, (dict, AttributesFrozendict, collections.abc.Mapping))


def _to_dict(values: Mapping[str, Any]) -> Dict[str, Any]:
    """A new dictionary with the values."""
    return dict(values._dict if isinstance(values, AttributesFrozendict) else values)


def _leads_to(name: str, rule: str, separator: str) -> bool:
    """Whether a rule names a namespace, or something in it (to plumpy `foobar` is in `foo`)."""
    return rule == name or rule.startswith(name + separator)


#: What `absorb` takes over, and so what its options can be.
_NAMESPACE_PROPERTIES = tuple(name for name in dir(PortNamespace) if utils.is_mutable_property(PortNamespace, name))
