"""Results in the order in which they come."""

from __future__ import annotations

import asyncio
import collections
import functools
from typing import Any, Deque, List, Optional, Tuple, Union

from .futures import copy_outcome, is_future
from .loops import get_or_create_event_loop
from .prompt import PromptFuture
from .yieldables import as_future, check


class WaitIterator:
    """Gives the results of futures in the order in which they finish. For tornado's `gen.WaitIterator`.

    Either `while not waiter.done(): result = await waiter.next()`, which goes on after an error, or `async for`.

    :param args: yieldables.
    :param kwargs: yieldables with names. Use either these or `args`.
    :raises ValueError: if both are given.
    """

    current_index: Union[int, str, None]
    """The position or name of what gave the last result; None before the first and after the last."""

    current_future: Any
    """The future that gave the last result, as it was given; for what wasn't a future, the task that it became."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError("You must provide args or kwargs, not both")
        self.current_index = self.current_future = None
        self._left = 0
        self._finished: Deque[Tuple[Union[int, str], Any, asyncio.Future[Any]]] = collections.deque()
        self._next: Optional[PromptFuture] = None
        self._loop = get_or_create_event_loop()
        named: List[Tuple[Union[int, str], Any]] = [*enumerate(args), *kwargs.items()]
        for _, given in named:
            check(given)
        for index, given in named:
            future = as_future(given, self._loop)
            entry = (index, given if is_future(given) else future, future)
            self._left += 1
            if future.done():
                self._finished.append(entry)
            else:
                future.add_done_callback(functools.partial(self._on_done, entry))

    def done(self) -> bool:
        """Tell whether all results were given."""
        if self._left:
            return False
        self.current_index = self.current_future = None
        return True

    def next(self) -> asyncio.Future[Any]:
        """Give a future of the next result. Wait for it before you ask for another one.

        :raises RuntimeError: if there is none; tornado gave a future that was never done.
        """
        if not self._left:
            raise RuntimeError("all results were given")
        self._next = PromptFuture(self._loop)
        if self._finished:
            return self._give(self._next, self._finished.popleft())
        return self._next

    def _on_done(self, entry: Tuple[Union[int, str], Any, asyncio.Future[Any]], _: object) -> None:
        if self._next is not None and not self._next.done():
            self._next.prompt = True
            self._give(self._next, entry)
        else:
            self._finished.append(entry)

    def _give(
        self, target: asyncio.Future[Any], entry: Tuple[Union[int, str], Any, asyncio.Future[Any]]
    ) -> asyncio.Future[Any]:
        self._left -= 1
        self.current_index, self.current_future, future = entry
        copy_outcome(future, target)
        return target

    def __aiter__(self) -> WaitIterator:
        return self

    async def __anext__(self) -> Any:
        if self.done():
            raise StopAsyncIteration
        return await self.next()
