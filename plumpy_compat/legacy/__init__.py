"""The legacy flavour: the API of plumpy 0.14 and 0.15, on the same engine, for code that has tornado in it.

`import plumpy_compat.legacy as plumpy`, or `plumpy_compat.install_as_plumpy("legacy")` before anything imports plumpy.
With tornado 4 do so before the first `IOLoop` is made. How it works is in `docs/design-legacy.md`.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, List

from .. import NullHandler as NullHandler, base as base
from ..exceptions import *  # noqa: F403
from ..loaders import *  # noqa: F403
from ..mixins import *  # noqa: F403
from ..ports import *  # noqa: F403
from ..process_listener import *  # noqa: F403
from . import (
    kiwi as kiwi,
    loops as loops,
    process_comms as process_comms,
    process_states as process_states,
    utils as utils,
)
from .communications import *  # noqa: F403
from .events import *  # noqa: F403
from .futures import *  # noqa: F403
from .persistence import *  # noqa: F403
from .process_comms import (
    ProcessLauncher as ProcessLauncher,
    RemoteProcessController as RemoteProcessController,
    RemoteProcessThreadController as RemoteProcessThreadController,
    create_continue_body as create_continue_body,
    create_launch_body as create_launch_body,
)
from .process_states import *  # noqa: F403
from .processes import *  # noqa: F403
from .utils import AttributesDict as AttributesDict
from .warn import PlumpyCompatDeprecationWarning as PlumpyCompatDeprecationWarning, warn_of_flavour as _warn_of_flavour
from .workchains import *  # noqa: F403

# Modules that are the same in both flavours.
_SHARED = (
    "base base.state_machine base.utils event_helper exceptions lang loaders mixins ports process_listener process_spec"
    " settings"
)


def _share() -> None:
    for name in _SHARED.split():
        module = importlib.import_module(f"plumpy_compat.{name}")
        sys.modules[f"{__name__}.{name}"] = module
        if "." not in name:
            globals()[name] = module


_share()

#: The release of plumpy whose API this is.
__version__ = "0.15.2"


def __getattr__(name: str) -> Any:
    if name in process_comms.CONSTANTS:
        return getattr(process_comms, name)
    if name == "version":  # it warns when it's imported
        return importlib.import_module(f"{__name__}.version")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> List[str]:
    return sorted([*globals(), *process_comms.CONSTANTS])


_warn_of_flavour()
