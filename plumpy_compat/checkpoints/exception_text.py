"""Exceptions as text, in the YAML that plumpy writes, and made again from it as far as that is allowed.

It's imported when it's first needed, for PyYAML costs as much as the rest of this package.
"""

from __future__ import annotations

import reprlib
import sys
from typing import Any, Dict, Optional, Sequence, Tuple, Type, cast

import yaml

from ..exceptions import PersistenceError
from ..loaders import from_wire_module
from .allowlist import _ALLOWED, _MOVED, Name, find, tag_of, text_of

__all__ = ["dump_exception", "load_exception"]


def dump_exception(exception: BaseException) -> str:
    """Write `exception` as plumpy does: YAML that makes it from its class and arguments.

    An exception with an attribute that YAML can't write is written without attributes, one with such an argument with
    its text alone.
    """
    for node in (exception, _Node(exception, _arguments(exception))):
        try:
            text: str = yaml.dump(node, Dumper=_ExceptionDumper, sort_keys=False)
            yaml.load(text, Loader=_SyntaxLoader)
            return text
        except Exception:  # any object may be among the arguments, and raise anything
            continue
    message = text_of(exception).encode("utf-8", "backslashreplace").decode("utf-8")
    return cast(str, yaml.dump(_Node(exception, (message,)), Dumper=_ExceptionDumper))


def _arguments(exception: BaseException) -> Sequence[Any]:
    if isinstance(exception, OSError):  # the file names are no arguments, but were
        return cast("Sequence[Any]", OSError.__reduce__(exception)[1])
    return exception.args


class _Node:
    """An exception with other arguments, and nothing else."""

    def __init__(self, exception: BaseException, args: Sequence[Any]) -> None:
        self.type, self.args = type(exception), args


class _ExceptionDumper(yaml.SafeDumper):  # type: ignore[misc, unused-ignore]
    """Writes plain values only, and the exception itself by the name of its class."""


class _SyntaxLoader(yaml.SafeLoader):  # type: ignore[misc, unused-ignore]
    """Reads plain values, and exceptions if their class is allowed."""


def _represent_node(dumper: Any, node: _Node) -> Any:
    return dumper.represent_sequence(tag_of(node.type), list(node.args))


def represent_exception(dumper: Any, exception: BaseException) -> Any:
    """Write an exception in the forms of PyYAML."""
    args = list(_arguments(exception))
    if not vars(exception):
        return dumper.represent_sequence(tag_of(type(exception)), args)
    return dumper.represent_mapping(tag_of(type(exception)), {"args": args, "state": vars(exception)})


def construct_exception(loader: Any, node: Any) -> BaseException:
    """Read one, in any of the forms of PyYAML."""
    return _made(_construct(loader, node.tag.partition("object/apply:")[2], node))


def _construct(loader: Any, suffix: str, node: Any) -> Any:
    """Read `!!python/object/apply:Class [args]`, or the mapping form that PyYAML writes if there's more to say."""
    args, state = [], {}
    if isinstance(node, yaml.SequenceNode):
        args = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
        args, state = value.get("args", []), value.get("state", {})
    return _Call(suffix, tuple(args), state)


class _Call:
    def __init__(self, name: str, args: Tuple[Any, ...], state: Any) -> None:
        self.name, self.args, self.state = name, args, state


_ExceptionDumper.add_representer(_Node, _represent_node)
_ExceptionDumper.add_multi_representer(BaseException, represent_exception)
_ExceptionDumper.add_representer(
    tuple, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:python/tuple", data)
)
_SyntaxLoader.add_multi_constructor("tag:yaml.org,2002:python/object/apply:", _construct)
_SyntaxLoader.add_multi_constructor("tag:yaml.org,2002:python/object/new:", _construct)
_SyntaxLoader.add_constructor(
    "tag:yaml.org,2002:python/tuple", lambda loader, node: tuple(loader.construct_sequence(node, deep=True))
)
for _text in ("unicode", "str"):
    _SyntaxLoader.add_constructor(
        f"tag:yaml.org,2002:python/{_text}", lambda loader, node: loader.construct_scalar(node)
    )


def load_exception(text: str) -> BaseException:
    """Read what :func:`dump_exception`, or plumpy since 0.14, wrote.

    The class's `__init__` is not run, unless it's one of Python's own.

    :raises PersistenceError: if the class isn't allowed or isn't an exception, or the text says something else.
    """
    try:
        call = yaml.load(text, Loader=_SyntaxLoader)
    except Exception as error:  # what a damaged text can raise isn't known beforehand
        raise PersistenceError(f"the exception in the checkpoint can't be read safely: {error}") from error
    if not isinstance(call, _Call):
        raise PersistenceError(f"the exception in the checkpoint is none: {text!r}")
    return _made(call)


def _made(call: _Call, known: Optional[Dict[int, Any]] = None) -> BaseException:
    found: Type[Any] = find(*_split(call.name))
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise PersistenceError(f"the checkpoint gives '{call.name}' as an exception, which it isn't")
    try:
        known = {} if known is None else known
        args = tuple(_value(one, known) for one in call.args)
        exception: BaseException = found.__new__(found, *args)
        # What Python's own classes make of the arguments (`errno` and so on) is done by their `__init__`.
        builtin: Type[Any] = next(one for one in found.__mro__ if one.__module__ == "builtins")
        try:
            builtin.__init__(exception, *args)
        except Exception:  # the class takes other ones than its base
            exception.args = args
        if isinstance(call.state, dict):
            vars(exception).update(_value(call.state, known))
    except Exception as error:
        raise PersistenceError(f"the exception '{call.name}' in the checkpoint can't be made: {error!r}") from error
    return exception


def _split(name: str) -> Name:
    """Module and name of a class; which dot is between them is told by the list, or by the modules that there are."""
    parts = name.split(".")
    splits = [(".".join(parts[:at]), ".".join(parts[at:])) for at in range(len(parts) - 1, 0, -1)] or [
        ("builtins", name)
    ]
    splits = [(from_wire_module(_MOVED.get(module, module)), name) for module, name in splits]
    allowed = (one for one in splits if one in _ALLOWED)
    loaded = (one for one in splits if hasattr(sys.modules.get(one[0]), one[1].partition(".")[0]))
    return next(allowed, None) or next(loaded, splits[0])


def _value(value: Any, known: Optional[Dict[int, Any]] = None) -> Any:
    """An argument; an exception among them that isn't allowed is given as text.

    :param known: what was made of values before: YAML can name one so often that making it each time takes for ever.
    """
    known = {} if known is None else known
    if id(value) not in known:
        known[id(value)] = _made_anew(value, known)
    return known[id(value)]


def _made_anew(value: Any, known: Dict[int, Any]) -> Any:
    if isinstance(value, _Call):
        try:
            return _made(value, known)
        except PersistenceError:
            args = ", ".join(reprlib.repr(_value(one, known)) for one in value.args)
            return f"{value.name}({args})"
    if isinstance(value, (list, tuple)):
        return type(value)(_value(one, known) for one in value)
    if isinstance(value, dict):
        return {key: _value(one, known) for key, one in value.items()}
    return value
