"""Processes that several tests run."""

from __future__ import annotations

from typing import Any

import plumpy_compat


class Waits(plumpy_compat.Process):
    """Waits until it's killed."""

    def run(self) -> Any:
        return plumpy_compat.Wait()


class Doubles(plumpy_compat.Process):
    """Has twice its input as its output."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("number", default=1)
        spec.output("double")

    def run(self) -> None:
        self.out("double", 2 * self.inputs.number)
