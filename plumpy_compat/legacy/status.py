"""What a legacy process says of itself in messages."""

from __future__ import annotations

from typing import Any

import yaml

from ..process_states import ProcessState


class StateText(str):
    """The state of a process as text, as it goes over the wire, which is also equal to the member of `ProcessState`.

    plumpy up to 0.19 gave the member, which only plumpy can read; later releases give its text.
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
        return self.state is other if isinstance(other, ProcessState) else str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __reduce__(self) -> Any:
        return str, (str.__str__(self),)

    def __deepcopy__(self, memo: Any) -> str:
        return str.__str__(self)


def _represent(dumper: Any, text: StateText) -> Any:
    return dumper.represent_str(str.__str__(text))


for _dumper in ("Dumper", "CDumper", "SafeDumper", "CSafeDumper"):
    if hasattr(yaml, _dumper):
        getattr(yaml, _dumper).add_representer(StateText, _represent)
