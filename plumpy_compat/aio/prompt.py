"""Futures that wake who waits for them as soon as tornado's did."""

from __future__ import annotations

import asyncio
import contextvars
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Tuple

if TYPE_CHECKING:
    Base = asyncio.Future[Any]
else:
    Base = asyncio.Future

Callback = Callable[[Any], object]


class PromptFuture(Base):
    """A future that stands for others, and wakes who waits for it no later than they would.

    asyncio calls a future's callbacks at the loop's next turn. So who waits for a future that is settled by such a
    callback would go on two turns after the cause; under tornado it was one. When :attr:`prompt` is set, what settles
    the future calls its callbacks, unless a task does it: two tasks can't run one inside the other.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.prompt = False
        self._waiting: List[Tuple[Callback, contextvars.Context]] = []

    def add_done_callback(self, fn: Callback, *, context: Optional[contextvars.Context] = None) -> None:
        if self.done():
            super().add_done_callback(fn, context=context)
        else:
            self._waiting.append((fn, context or contextvars.copy_context()))

    def remove_done_callback(self, fn: Callback) -> int:
        before = len(self._waiting)
        self._waiting = [one for one in self._waiting if one[0] != fn]
        return before - len(self._waiting) + super().remove_done_callback(fn)

    def set_result(self, result: Any) -> None:
        super().set_result(result)
        self._tell()

    def set_exception(self, exception: Any) -> None:
        super().set_exception(exception)
        self._tell()

    def cancel(self, *args: Any, **kwargs: Any) -> bool:
        cancelled = super().cancel(*args, **kwargs)
        self._tell()
        return cancelled

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        loop = self.get_loop()
        try:
            while waiting and self.prompt and asyncio.current_task(loop) is None:
                self._call(*waiting.pop(0))
        finally:  # also if one ended the loop with a KeyboardInterrupt
            for callback, context in waiting:
                loop.call_soon(callback, self, context=context)

    def _call(self, callback: Callback, context: contextvars.Context) -> None:
        try:
            context.run(callback, self)
        except Exception as error:
            message = f"Exception in callback {callback!r}"
            self.get_loop().call_exception_handler({"message": message, "exception": error, "future": self})
