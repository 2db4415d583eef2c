"""The state of a process as a message tells it, for those who expect text and those who expect the enumeration."""

from __future__ import annotations

from typing import Any


class StateText(str):
    """The state of a process as text, as it goes over the wire, which is also equal to the member of `ProcessState`.

    plumpy up to 0.19 sends the member, in a form that only plumpy can read; later releases send its text.
    """

    state: Any

    def __new__(cls, state: Any) -> StateText:
        text = super().__new__(cls, str(state))
        text.state = state
        return text

    @property
    def value(self) -> Any:
        """What the member has as its value."""
        return self.state.value

    @property
    def name(self) -> Any:
        """What the member has as its name."""
        return self.state.name

    def __eq__(self, other: object) -> bool:
        return self.state is other if isinstance(other, type(self.state)) else str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __reduce__(self) -> Any:
        return str, (str.__str__(self),)

    def __deepcopy__(self, memo: Any) -> str:
        return str.__str__(self)


def represent_state_text(dumper: Any, text: StateText) -> Any:
    """Write it as plain text."""
    return dumper.represent_str(str.__str__(text))
