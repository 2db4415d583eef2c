"""The runtime of plumpy-compat: an asyncio process engine with plumpy's API.

`import plumpy_compat as plumpy` gives every public name of plumpy 0.26; :func:`install_as_plumpy` lets code that
imports `plumpy` run on it unchanged.
"""

from __future__ import annotations

import logging

from . import base as base, process_comms as process_comms, process_states as process_states, utils as utils
from .aliases import install_as_plumpy as install_as_plumpy
from .communications import *  # noqa: F403
from .events import *  # noqa: F403
from .exceptions import *  # noqa: F403
from .futures import *  # noqa: F403
from .greenback_bridge import *  # noqa: F403
from .loaders import *  # noqa: F403
from .messages import KILL_MSG as KILL_MSG, PAUSE_MSG as PAUSE_MSG, PLAY_MSG as PLAY_MSG, STATUS_MSG as STATUS_MSG
from .mixins import *  # noqa: F403
from .persistence import *  # noqa: F403
from .ports import *  # noqa: F403
from .process_comms import *  # noqa: F403
from .process_listener import *  # noqa: F403
from .process_states import *  # noqa: F403
from .processes import *  # noqa: F403
from .utils import *  # noqa: F403
from .workchains import *  # noqa: F403

#: The release of plumpy whose API this is.
__version__ = "0.26.1"


class NullHandler(logging.Handler):
    """Does nothing: whoever wants to see what processes log adds a handler to the logger `plumpy`."""

    def emit(self, record: logging.LogRecord) -> None:
        pass


logging.getLogger("plumpy").addHandler(NullHandler())
