"""The state machine under every process, without anything that is about processes."""

from .state_machine import *  # noqa: F403
from .state_machine import __all__ as _state_machine_all
from .utils import *  # noqa: F403
from .utils import __all__ as _utils_all

__all__ = _state_machine_all + _utils_all
