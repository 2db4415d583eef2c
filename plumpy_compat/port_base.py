"""Single ports: a named value with a type, a default and a validator. They are found in `plumpy_compat.ports`."""

from __future__ import annotations

import copy
import inspect
import logging
import warnings
from typing import (
    Any,
    Callable,
    Dict,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)

from . import utils

_LOGGER = logging.getLogger("plumpy.ports")

#: Marks a value that isn't given. It's compared by identity, and it is the empty tuple since AiiDA relies on that.
UNSPECIFIED = ()

#: Separates the names in the dotted path of a port.
NAMESPACE_SEPARATOR = "."

VALIDATOR_TYPE = Callable[..., Optional[str]]
VALID_TYPE = Optional[Union[type, Tuple[type, ...]]]

VALIDATOR_SIGNATURE_DEPRECATION_WARNING = (
    "the validator `{}` has a signature that only takes a single argument. That is deprecated: define it as "
    "`validator(value, port)`, where `port` is the port it belongs to."
)

_Port = TypeVar("_Port", bound="Port")


class PortValidationError(Exception):
    """A value that a port doesn't accept.

    :param message: what is wrong with it.
    :param port: the dotted path of the port.
    """

    def __init__(self, message: str, port: str) -> None:
        super().__init__(f"Error occurred validating port '{port}': {message}")
        self._message = message
        self._port = port

    @property
    def message(self) -> str:
        """What is wrong with the value."""
        return self._message

    @property
    def port(self) -> str:
        """The dotted path of the port."""
        return self._port

    def __reduce__(self) -> Tuple[Any, ...]:
        # Exceptions are rebuilt from `args`, which has the joined text.
        return type(self), (self._message, self._port)


def breadcrumbs_to_port(breadcrumbs: Sequence[str]) -> str:
    """The dotted path of the port with these names."""
    return NAMESPACE_SEPARATOR.join(breadcrumbs)


def text_of(value: Any) -> str:
    """`str(value)`, or the type's name if that fails."""
    try:
        return str(value)
    except Exception:
        return f"<{type(value).__name__}>"


def description_to_json(description: Mapping[str, Any], **options: Any) -> str:
    """A description as JSON, whatever values it has.

    :param options: of `json.dumps`.
    """
    import json  # few print a description

    try:
        return json.dumps(description, default=text_of, **options)
    except (TypeError, ValueError):
        # A default with keys that JSON doesn't have or that can't be sorted, or one that contains itself.
        return json.dumps(_texts_of(description), **options)


def _texts_of(description: Mapping[str, Any]) -> Dict[str, Any]:
    """The description with text in place of all but the nested descriptions."""
    texts: Dict[str, Any] = {}
    for name, value in description.items():
        if name == "_attrs":
            value = {text_of(key): text_of(attribute) for key, attribute in value.items()}
        texts[text_of(name)] = _texts_of(value) if isinstance(value, dict) else text_of(value)
    return texts


def _takes_value_only(validator: Callable[..., Any]) -> bool:
    """Whether a validator has the old signature, with a single positional argument."""
    try:
        # A wrapper may have another signature than what it wraps, and it is the wrapper that is called.
        parameters = inspect.signature(validator, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(parameter.kind in positional for parameter in parameters) == 1


#: Types and code aren't data; an object whose method is the validator may not be possible to copy.
_SHARED_BY_COPIES = frozenset({"_valid_type", "_validator"})


class Port:
    """A named value with a type and a validator.

    :param name: the name in its namespace.
    :param valid_type: a type, or a tuple of types, that a value must have; None for any.
    :param help: a description for people.
    :param required: whether a value must be given.
    :param validator: called with a value and the port; returns None if it is accepted and else says what is wrong.
    """

    #: Tells ports from namespaces in loops: `isinstance` is slow for `PortNamespace`, which has an abstract base class.
    _is_namespace = False

    def __init__(
        self,
        name: str,
        valid_type: VALID_TYPE = None,
        help: Optional[str] = None,
        required: bool = True,
        validator: Optional[VALIDATOR_TYPE] = None,
    ) -> None:
        self._name = name
        self._valid_type = valid_type
        self._help = help
        self._required = required
        self._set_validator(validator)

    def _set_validator(self, validator: Optional[VALIDATOR_TYPE]) -> None:
        self._validator = validator
        # To look at a signature takes longer than most validators run.
        self._validator_takes_value_only = validator is not None and _takes_value_only(validator)

    def __str__(self) -> str:
        return description_to_json(self.get_description())

    def __deepcopy__(self: _Port, memo: Dict[int, Any]) -> _Port:
        new = type(self).__new__(type(self))
        memo[id(self)] = new
        state = new.__dict__
        for name, value in self.__dict__.items():
            shared = type(value) in utils.ATOMIC_TYPES or name in _SHARED_BY_COPIES
            state[name] = value if shared else copy.deepcopy(value, memo)
        return new

    @property
    def name(self) -> str:
        """The name in its namespace."""
        return self._name

    @property
    def valid_type(self) -> VALID_TYPE:
        """The type, or the tuple of types, of accepted values; None for any."""
        return self._valid_type

    @valid_type.setter
    def valid_type(self, valid_type: VALID_TYPE) -> None:
        self._valid_type = valid_type

    @property
    def help(self) -> Optional[str]:
        """A description for people."""
        return self._help

    @help.setter
    def help(self, help: Optional[str]) -> None:
        self._help = help

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self._required

    @required.setter
    def required(self, required: bool) -> None:
        self._required = required

    @property
    def validator(self) -> Optional[VALIDATOR_TYPE]:
        """Called with a value and the port; returns None if it is accepted and else says what is wrong."""
        return self._validator

    @validator.setter
    def validator(self, validator: Optional[VALIDATOR_TYPE]) -> None:
        self._set_validator(validator)

    def get_description(self) -> Dict[str, Any]:
        """The port's properties as text, those that are set."""
        description: Dict[str, Any] = {"name": self.name, "required": text_of(self.required)}
        if self.valid_type is not None:
            description["valid_type"] = text_of(self.valid_type)
        if self.help:
            description["help"] = text_of(self.help).strip()
        return description

    def validate(self, value: Any, breadcrumbs: Sequence[str] = ()) -> Optional[PortValidationError]:
        """Check a value: that it's given if required, its type, then the validator.

        :param value: `UNSPECIFIED` if none is given; the validator doesn't see that (since plumpy 0.17).
        :param breadcrumbs: the names of the namespaces that lead to the port.
        :returns: the error, or None.
        :raises AssertionError: if the validator returns neither None nor text.
        """
        message: Any = None
        if value is UNSPECIFIED:
            if self._required:
                message = f"required value was not provided for '{self._name}'"
        elif self._valid_type is not None and not isinstance(value, self._valid_type):
            message = (
                f"value '{self._name}' is not of the right type. Got '{type(value)}', expected '{self._valid_type}'"
            )
        elif self._validator is not None:
            message = self._call_validator(self._validator, value)
            if message is not None and not isinstance(message, str):
                raise AssertionError("Validator returned non string type")
        if message is None:
            return None
        return PortValidationError(message, breadcrumbs_to_port((*breadcrumbs, self._name)))

    def _call_validator(self, validator: VALIDATOR_TYPE, value: Any) -> Optional[str]:
        if self._validator_takes_value_only:
            name = getattr(validator, "__name__", validator)
            warnings.warn(VALIDATOR_SIGNATURE_DEPRECATION_WARNING.format(name), stacklevel=3)
            return validator(value)
        return validator(value, self)


class InputPort(Port):
    """A port for an input, which may have a default.

    :param default: the value if none is given, or a callable that makes it. With a default the input isn't required,
        whatever `required` says.
    :raises ValueError: if the default isn't a callable and isn't accepted.
    """

    def __init__(
        self,
        name: str,
        valid_type: VALID_TYPE = None,
        help: Optional[str] = None,
        default: Any = UNSPECIFIED,
        required: bool = True,
        validator: Optional[VALIDATOR_TYPE] = None,
    ) -> None:
        super().__init__(
            name,
            valid_type=valid_type,
            help=help,
            required=InputPort.required_override(required, default),
            validator=validator,
        )
        if required is not self._required:
            _LOGGER.debug("the required attribute of input port '%s' was overridden: it has a default", name)
        if default is not UNSPECIFIED and not callable(default):
            error = self.validate(default)
            if error is not None:
                raise ValueError(f"Invalid default value: {error.message}")
        self._default = default

    @staticmethod
    def required_override(required: bool, default: Any) -> bool:
        """Whether an input is required: not if it has a default."""
        return required and default is UNSPECIFIED

    def has_default(self) -> bool:
        """Whether there is a default."""
        return self._default is not UNSPECIFIED

    @property
    def default(self) -> Any:
        """The default, or the callable that makes it. Setting it doesn't check it.

        :raises RuntimeError: if there is none.
        """
        if self._default is UNSPECIFIED:
            raise RuntimeError("No default")
        return self._default

    @default.setter
    def default(self, default: Any) -> None:
        self._default = default

    def get_description(self) -> Dict[str, Any]:
        """The port's properties as text, those that are set."""
        description = super().get_description()
        if self.has_default():
            description["default"] = text_of(self.default)
        return description


class OutputPort(Port):
    """A port for an output."""
