"""What can be mixed into a process."""

from __future__ import annotations

from typing import Any, Optional

from . import persistence
from .checkpoints.snapshots import snapshot
from .utils import SAVED_STATE_TYPE, AttributesDict

__all__ = ["ContextMixin"]


class ContextMixin(persistence.Savable):
    """Adds a context: a place for values that a process keeps from step to step, saved with it."""

    CONTEXT: str = "_context"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._context: AttributesDict = AttributesDict()

    @property
    def ctx(self) -> AttributesDict:
        """The context."""
        return self._context

    def save_instance_state(
        self, out_state: SAVED_STATE_TYPE, save_context: Optional[persistence.LoadSaveContext]
    ) -> None:
        super().save_instance_state(out_state, save_context)
        # A copy: the context goes on changing (plumpy up to 0.26 saves the context itself).
        out_state[self.CONTEXT] = snapshot(self._context.__dict__)

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: persistence.LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self._context = AttributesDict(**snapshot(saved_state.get(self.CONTEXT, {})))
