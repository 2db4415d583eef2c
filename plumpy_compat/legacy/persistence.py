"""Saving and loading as in plumpy 0.14 and 0.15; only the future differs."""

from __future__ import annotations

from typing import Optional

from .. import persistence as modern
from ..checkpoints import allowlist
from ..persistence import (
    META as META,
    META__CLASS_NAME as META__CLASS_NAME,
    META__OBJECT_LOADER as META__OBJECT_LOADER,
    META__TYPE__METHOD as META__TYPE__METHOD,
    META__TYPE__SAVABLE as META__TYPE__SAVABLE,
    META__TYPES as META__TYPES,
    META__USER as META__USER,
    Bundle as Bundle,
    InMemoryPersister as InMemoryPersister,
    LoadSaveContext as LoadSaveContext,
    PersistedCheckpoint as PersistedCheckpoint,
    PersistedPickle as PersistedPickle,
    Persister as Persister,
    PicklePersister as PicklePersister,
    Savable as Savable,
    auto_persist as auto_persist,
    snapshot,
)
from ..utils import SAVED_STATE_TYPE
from .future_base import Base
from .futures import Future

__all__ = modern.__all__


class SavableFuture(Future, modern.Savable):
    """A future whose outcome can be saved. Callbacks are not saved.

    Its saved state is that of plumpy up to 0.15 (`_done`) and of later releases (`_state`) in one.
    """

    EXCEPTION = "exception"

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        pending = not self.done()
        # Saving is retrieving, as in plumpy 0.15: it isn't logged any more when it goes.
        error = None if pending or self.cancelled() else self.exception()
        out_state["_done"] = not pending
        out_state["_state"] = "PENDING" if pending else "CANCELLED" if self.cancelled() else "FINISHED"
        out_state["_result"] = snapshot(self._result)
        if error is not None:
            out_state[self.EXCEPTION] = allowlist.portable(error)

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        """Take the outcome from `saved_state`.

        It stays silent if it failed and nobody asks why, as in plumpy 0.15: that was logged where it failed. As there,
        it may be given another outcome, whether it's done or not.
        """
        super().load_instance_state(saved_state, load_context)
        Base.__init__(self)  # not that of a subclass, which isn't called for what is loaded
        error = saved_state.get(self.EXCEPTION)
        state = saved_state.get("_state") or ("FINISHED" if saved_state.get("_done") else "PENDING")
        self._done = state != "PENDING"
        self._cancelled = state == "CANCELLED"
        self._result = snapshot(saved_state.get("_result"))
        if error is not None:
            self._exc_info = (type(error), error, None)
