"""The rows of ``runtime.py``'s table: what each one shows, and its goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, List, Optional, Tuple, Union

Workload = Tuple[Union[str, int], ...]
"""The name of a function of ``runtime_workloads.py`` and its arguments."""

CPU = "µs of CPU"
HALF = 0.5


@dataclass(frozen=True)
class Row:
    """A row.

    :param label: what is measured.
    :param unit: the unit of the figures.
    :param workload: what is run.
    :param figure: which of the workload's figures is shown.
    :param goal: what the ratio to the reference may be at most, if there is a goal.
    :param absolute: whether the goal is about our own figure, not about the ratio.
    :param over: another workload; what is shown is how many times its figure this one is.
    :param reference: whether plumpy is measured too.
    :param of_runs: how the figures of all runs become one.
    """

    label: str
    unit: str
    workload: Workload
    figure: str = "cpu"
    goal: Optional[float] = HALF
    absolute: bool = False
    over: Optional[Workload] = None
    reference: bool = True
    of_runs: Callable[[List[float]], float] = min


def growth(label: str, workload: Workload, over: Workload, reference: bool = True) -> Row:
    """Give a row that shows if costs stay the same when there is more of something."""
    return Row(label, "times", workload, goal=1.5, absolute=True, over=over, reference=reference)


USED = ("import", "Process", "WorkChain", "ToContext", "while_", "Wait", "Bundle", "ProcessListener")

STARTING = [
    Row("import, with the start of the interpreter", "ms of CPU", ("import",), goal=0.6),
    Row("import and look up what a work chain needs", "ms of CPU", USED, goal=0.6),
    Row("… resident memory of the interpreter", "MB", USED, "resident", goal=None),
]

RUNNING = [
    Row("trivial process: create", f"{CPU} each", ("trivial", 300), "create"),
    Row("trivial process: create and execute()", f"{CPU} each", ("trivial", 300), "execute"),
    Row("Continue, 1,000 times", f"{CPU} per transition", ("continuing", 1000)),
    Row("Wait and resume, 500 times", f"{CPU} per transition", ("waiting", 500)),
    Row("outline of 100 steps", f"{CPU} per step", ("outline", 100)),
    Row("outline of 1,000 steps", f"{CPU} per step", ("outline", 1000)),
    Row("while_, 1,000 times", f"{CPU} per iteration", ("looping", 1000)),
    Row("100 children by ToContext", f"{CPU} per child", ("children", 100)),
    Row("execute() in execute(), 50 deep", f"{CPU} per level", ("nested", 50)),
    Row("execute() in execute(), 200 deep", f"{CPU} per level", ("nested", 200), goal=None),
]

MANY = [
    Row("1,000 in one gather", f"{CPU} each", ("gathered", 1000)),
    Row("10,000 in one gather", f"{CPU} each", ("gathered", 10000)),
    growth("10,000 against 1,000 in one gather", ("gathered", 10000), ("gathered", 1000)),
    Row("1,000 processes: create and run until WAITING", f"{CPU} each", ("parked", 1000), "park"),
    Row("1,000 processes: resume and finish", f"{CPU} each", ("parked", 1000), "resume"),
    Row("10,000 processes: create and run until WAITING", f"{CPU} each", ("parked", 10000), "park"),
    Row("10,000 processes: resume and finish", f"{CPU} each", ("parked", 10000), "resume"),
    Row("1,000 processes WAITING: allocated", "bytes each", ("parked_bytes", 1000), "bytes"),
    Row("10,000 processes WAITING: allocated", "bytes each", ("parked_bytes", 10000), "bytes"),
    Row("10,000 processes WAITING: resident", "bytes each", ("parked", 10000), "resident"),
]

BESIDE = [
    Row("a new process, nothing else alive", CPU, ("alive", 0)),
    Row("a new process beside 1,000", CPU, ("alive", 1000)),
    Row("a new process beside 10,000", CPU, ("alive", 10000)),
    growth("a new process beside 10,000 against none", ("alive", 10000), ("alive", 0)),
    Row("a new process with LocalCommunicator, nothing else alive", CPU, ("sharing", 0)),
    Row("a new process beside 100 with the same LocalCommunicator", CPU, ("sharing", 100)),
    Row("a new process beside 300 with the same LocalCommunicator", CPU, ("sharing", 300)),
    # plumpy's cost grows with the square of the number: it would take minutes.
    Row("… beside 1,000", CPU, ("sharing", 1000), goal=None, reference=False),
    growth("… beside 1,000 against none", ("sharing", 1000), ("sharing", 0), reference=False),
]


def saving(what: str, workload: str) -> list[Row]:
    """Give the rows about saving a kind of process."""
    return [
        Row(f"Bundle of {what}", CPU, (workload,), "save"),
        Row(f"unbundle {what}", CPU, (workload,), "load"),
        # Ours writes to a new file and syncs it and the folder to disk, theirs overwrites the old one.
        Row(f"PicklePersister, {what}: save (ours: synced) and load", CPU, (workload,), "disk", goal=None),
    ]


SAVING = [
    *saving("a trivial process", "saved_trivial"),
    *saving("a process with 37 nested inputs", "saved_inputs"),
    *saving("a work chain", "saved_chain"),
]

PORTS = [
    Row("33 ports, 37 values: pre_process", CPU, ("ports", 200), "pre_process"),
    Row("33 ports, 37 values: validate", CPU, ("ports", 200), "validate"),
    Row("33 ports, 37 values: create the process", CPU, ("ports", 200), "create"),
    Row(
        "33 ports: get_description", CPU, ("ports", 200), "description", goal=None
    ),  # it is text of types, on both sides
]


def missing(label: str, figure: str) -> Row:
    """Give a row about answers that never came."""
    return Row(label, "of 1,000, all runs", ("remote", 1000), figure, goal=0, absolute=True, of_runs=sum)


REMOTE = [
    Row("status from another thread", CPU, ("remote", 1000), "status_cpu"),
    Row("pause or play from another thread", CPU, ("remote", 1000), "switch_cpu"),
    Row("status: median time of the answer", "µs", ("remote", 1000), "status_p50", goal=None),
    Row("pause or play: median time of the answer", "µs", ("remote", 1000), "switch_p50", goal=None),
    missing("status: no answer in 0.5 s", "status_missing"),
    missing("pause or play: no answer in 0.5 s", "switch_missing"),
]

ROWS = [*STARTING, *RUNNING, *MANY, *BESIDE, *SAVING, *PORTS, *REMOTE]
