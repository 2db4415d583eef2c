# -*- coding: utf-8 -*-
"""Processes that are written by one release of plumpy and continued by another: `import plumpy` is either of them.

It runs on Python 2.7 and later, on plumpy 0.14 to 0.26, and on plumpy-compat under the name of plumpy.
"""

import plumpy

try:
    TEXT = (str, unicode)
except NameError:
    TEXT = str


class OwnError(Exception):
    """An error that only this module knows."""


class Listener(plumpy.ProcessListener):
    """Counts, and has nothing in it that can't be saved."""

    def __init__(self):
        super(Listener, self).__init__()
        self.heard = 0

    def on_process_running(self, process):
        self.heard += 1

    def on_process_finished(self, process, outputs):
        process.heard = self.heard

    def __eq__(self, other):
        return type(other) is Listener

    def __hash__(self):
        return 5


class Plain(plumpy.Process):
    """Three steps and a wait, with nested inputs and outputs."""

    heard = None

    @classmethod
    def define(cls, spec):
        super(Plain, cls).define(spec)
        spec.input("number", valid_type=int, default=3)
        spec.input("about", valid_type=TEXT, required=False)
        spec.input("nested.deeper.name", valid_type=TEXT, required=False)
        spec.input_namespace("free", dynamic=True)
        spec.output("sum", required=False)
        spec.output("trace", required=False)
        spec.output_namespace("more", dynamic=True)
        spec.outputs.dynamic = True

    def run(self):
        self.out("sum", self.inputs.number + 1)
        return plumpy.Continue(self.second, 4)

    def second(self, value):
        self.out("more.of", value)
        return plumpy.Wait(self.third, msg="for a word", data={"asked": [1, 2]})

    def third(self, word=None):
        self.out("trace", [self.outputs["sum"], self.outputs["more"]["of"], word])


class Failing(plumpy.Process):
    """Excepts with the error that its input names."""

    @classmethod
    def define(cls, spec):
        super(Failing, cls).define(spec)
        spec.input("which")

    def run(self):
        return plumpy.Continue(self.fail_now)

    def fail_now(self):
        raise ERRORS[self.inputs.which]


ERRORS = {
    "value": ValueError("bad", 3),
    "key": KeyError("missing"),
    "os": OSError(2, "No such file", "a.txt"),
    "unicode": RuntimeError("naïve ✓"),
    "own": OwnError("mine", [1, 2]),
}


class Unsuccessful(plumpy.Process):
    """Finishes, but not well."""

    def run(self):
        return plumpy.Stop(17, False)


@plumpy.auto_persist("_told", "_failed", "_dropped", "_open", "_method")
class Keeper(plumpy.Process):
    """Has futures and a method among what is saved."""

    def __init__(self, *args, **kwargs):
        super(Keeper, self).__init__(*args, **kwargs)
        self._told = plumpy.persistence.SavableFuture()
        self._told.set_result({"a": [1]})
        self._failed = plumpy.persistence.SavableFuture()
        self._failed.set_exception(ValueError("lost"))
        self._failed.exception()
        self._dropped = plumpy.persistence.SavableFuture()
        self._open = plumpy.persistence.SavableFuture()
        self._method = self.run

    def run(self):
        return plumpy.Continue(self.look)

    def look(self):
        return None


class Cancelled(Keeper):
    """One of the futures was cancelled; plumpy 0.16 and later can't save that."""

    def __init__(self, *args, **kwargs):
        super(Cancelled, self).__init__(*args, **kwargs)
        self._dropped.cancel()


class Chain(plumpy.WorkChain):
    """Loops, branches and a context."""

    @classmethod
    def define(cls, spec):
        super(Chain, cls).define(spec)
        spec.input("rounds", valid_type=int, default=3)
        spec.output("trace", required=False)
        spec.outline(
            cls.begin,
            plumpy.while_(cls.more)(
                cls.add,
                plumpy.if_(cls.odd)(cls.note_odd)
                .elif_(cls.fourth)(cls.note_fourth, cls.note_again)
                .else_(cls.note_even),
            ),
            plumpy.if_(cls.never)(cls.begin),
            cls.end,
        )

    def begin(self):
        self.ctx.n = 0
        self.ctx.trace = ["begin"]
        self.ctx.kept = {"deep": [1, {"er": (2, 3)}], "none": None, "set": {1}}

    def more(self):
        return self.ctx.n < self.inputs.rounds

    def odd(self):
        return self.ctx.n % 2 == 1

    def fourth(self):
        return self.ctx.n == 4

    def never(self):
        return False

    def add(self):
        self.ctx.n += 1
        self.ctx.trace.append("add {}".format(self.ctx.n))

    def note_odd(self):
        self.ctx.trace.append("odd")

    def note_even(self):
        self.ctx.trace.append("even")

    def note_fourth(self):
        self.ctx.trace.append("fourth")

    def note_again(self):
        self.ctx.trace.append("again")

    def end(self):
        self.out("trace", list(self.ctx.trace))


class Returning(Chain):
    """Leaves its outline early, with a code."""

    @classmethod
    def define(cls, spec):
        super(Returning, cls).define(spec)
        spec.outline(cls.begin, plumpy.while_(cls.more)(cls.add, plumpy.if_(cls.odd)(cls.note_odd, plumpy.return_(8))))


class Child(plumpy.Process):
    """What a work chain waits for."""

    def run(self):
        self.out("word", "child")

    @classmethod
    def define(cls, spec):
        super(Child, cls).define(spec)
        spec.outputs.dynamic = True


class Launching(Chain):
    """Waits for a child in its outline."""

    @classmethod
    def define(cls, spec):
        super(Launching, cls).define(spec)
        spec.outline(cls.begin, cls.start, cls.heard_of, cls.end)

    def start(self):
        return plumpy.ToContext(child=self.launch(Child))

    def heard_of(self):
        self.ctx.trace.append(self.ctx.child["word"])
