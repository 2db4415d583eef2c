"""Prints as JSON what futures of plumpy 0.14 and 0.15 do, above all with errors that nobody asks for.

It says `import plumpy`, and runs on Python 2.7 and later:

    python tests/legacy/tb_probe.py                                            # on plumpy itself
    python -m plumpy_compat.as_plumpy --legacy tests/legacy/tb_probe.py        # on this package

Each row has what came out, and which rules of plumpy-migrate were named in a warning.
"""

import gc
import json
import logging
import re
import sys
import warnings

import plumpy
import plumpy.futures
import plumpy.persistence

ROWS = []


class Log(logging.Handler):
    """Keeps the first line of what is logged, with the name of the logger."""

    def __init__(self):
        logging.Handler.__init__(self)
        self.lines = []

    def emit(self, record):
        line = record.getMessage().splitlines()[0]
        self.lines.append(record.name + " " + record.levelname + ": " + plain(line))

    def take(self):
        lines, self.lines = self.lines, []
        return "; ".join(lines) or "nothing"


LOG = Log()


def plain(text):
    """Without addresses and homes of classes."""
    text = re.sub(r"<(?:[\w.<>]+\.)?(\w+) object at 0x\w+>", r"<\1>", text)
    return re.sub(r"<function [\w.<>]+ at 0x\w+>", "<function>", text)


def told(value):
    """A value as the table has it."""
    if isinstance(value, BaseException):
        return type(value).__name__ + (": " + str(value) if str(value) else "")
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, tuple):
        return "(" + ", ".join([told(one) for one in value]) + ")"
    if type(value).__name__ == "traceback":
        return "traceback"
    if type(value).__name__ in ("function", "_TracebackLogger"):
        return type(value).__name__
    if isinstance(value, list):
        return "[" + ", ".join([told(one) for one in value]) + "]"
    return plain(repr(value))


def outcome(function, *args):
    try:
        return told(function(*args))
    except Exception as error:
        return "raises " + told(error)
    finally:
        if hasattr(sys, "exc_clear"):
            sys.exc_clear()  # Python 2 keeps the last error, and its frames


def row(name):
    def add(function):
        ROWS.append((name, function))
        return function

    return add


def run():
    """The rows: names, what came out, and what was warned of."""
    logging.getLogger().addHandler(LOG)
    table = []
    for name, function in ROWS:
        gc.collect()
        LOG.take()
        if "plumpy_compat.legacy.warn" in sys.modules:  # which tells once of each place
            sys.modules["plumpy_compat.legacy.warn"]._told.clear()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            value = function()
            gc.collect()
        rules = []
        for one in caught:
            if one.category.__name__ == "PlumpyCompatDeprecationWarning":
                rules.extend(re.findall(r"\b[A-Z]{3}\d+\b", str(one.message)))
        table.append([name, value, sorted(set(rules))])
    return table


# --- Kinds of futures ------------------------------------------------------------------------------------------------


class Reader:
    def __call__(self, future):
        future.exception()


def fresh():
    return plumpy.persistence.SavableFuture()


def done():
    future = fresh()
    future.set_result([1])
    return future


def failed():
    future = fresh()
    future.set_exception(ValueError("boom"))
    return future


def failed_and_read():
    future = failed()
    future.exception()
    return future


def cancelled():
    future = fresh()
    future.cancel()
    return future


def reloaded(future):
    return plumpy.Savable.load(future.save(), plumpy.LoadSaveContext())


KINDS = [
    ("fresh", fresh),
    ("failed", failed),
    ("failed and read", failed_and_read),
    ("cancelled", cancelled),
    ("reloaded, pending", lambda: reloaded(fresh())),
    ("reloaded, done", lambda: reloaded(done())),
    ("reloaded, failed", lambda: reloaded(failed())),
    ("reloaded, cancelled", lambda: reloaded(cancelled())),
]


def attribute(name):
    return lambda future: getattr(future, name)


def callback(future):
    called = []
    future.add_done_callback(lambda one: called.append(one))
    return "called at once" if called else "kept"


def rows_of_kind(kind, make):
    for name in ("_tb_logger", "_log_traceback", "_exc_info", "_callbacks"):
        row(kind + ": `" + name + "`")(lambda name=name: outcome(attribute(name), make()))
    for name in ("result", "exception", "exc_info", "cancelled"):
        row(kind + ": `" + name + "()`")(lambda name=name: outcome(lambda: getattr(make(), name)()))
    row(kind + ": `add_done_callback(f)`")(lambda: callback(make()))

    def collect():
        future = make()
        before = LOG.take()
        del future
        gc.collect()
        return LOG.take() if before == "nothing" else "too early: " + before

    row(kind + ", collected: logs")(collect)


for _kind, _make in KINDS:
    rows_of_kind(_kind, _make)


# --- Who logs --------------------------------------------------------------------------------------------------------


def logs_of(make, touch):
    """What is logged while it's touched, and when it's collected."""
    future = make()
    LOG.take()
    what = outcome(touch, future)
    at_once = LOG.take()
    del future
    gc.collect()
    then = LOG.take()
    prefix = what + "; " if what != "None" else ""
    if at_once == then == "nothing":
        return prefix + "nothing"
    return prefix + "at once " + at_once + ", then " + then


@row("failed, `_tb_logger = None`, collected: logs")
def _():
    def touch(future):
        future._tb_logger = None

    return logs_of(failed, touch)


@row("failed, `_log_traceback = False`, collected: logs")
def _():
    def touch(future):
        future._log_traceback = False

    return logs_of(failed, touch)


@row("failed, `_clear_tb_log()`, collected: logs")
def _():
    return logs_of(failed, lambda future: future._clear_tb_log())


@row("failed, `exc_info()`, collected: logs")
def _():
    return logs_of(failed, lambda future: future.exc_info())


@row("failed, saved, collected: logs")
def _():
    def touch(future):
        future.save()

    return logs_of(failed, touch)


@row("failed and read, `_log_traceback = True`, collected: logs")
def _():
    def touch(future):
        future._log_traceback = True

    return logs_of(failed_and_read, touch)


@row("reloaded, failed, `_log_traceback = True`, collected: logs")
def _():
    def touch(future):
        future._log_traceback = True

    return logs_of(lambda: reloaded(failed()), touch)


@row("reloaded, failed, `_tb_logger = None`, collected: logs")
def _():
    def touch(future):
        future._tb_logger = None

    return logs_of(lambda: reloaded(failed()), touch)


class Helper:
    def __init__(self):
        self.calls = []

    def activate(self):
        self.calls.append("activate")

    def clear(self):
        self.calls.append("clear")


@row("fresh, `_tb_logger` set to an object, failed and read: what is called, then `_tb_logger`")
def _():
    helper = Helper()
    future = fresh()
    future._tb_logger = helper
    future.set_exception(ValueError("boom"))
    future.exception()
    return told(helper.calls) + ", then " + told(future._tb_logger)


@row("fresh, `_tb_logger` set to an object, a callback sets `_log_traceback = False`, failed: what is called")
def _():
    helper = Helper()
    future = fresh()
    future._tb_logger = helper

    def silence(one):
        one._log_traceback = False

    future.add_done_callback(silence)
    future.set_exception(ValueError("boom"))
    return told(helper.calls)


@row("failed with a traceback, collected: logs")
def _():
    def touch(future):
        try:
            raise ValueError("boom")
        except ValueError:
            future.set_exc_info(sys.exc_info())
        finally:
            if hasattr(sys, "exc_clear"):
                sys.exc_clear()
            del future

    return logs_of(fresh, touch)


@row("failed, in a cycle with itself, collected: logs")
def _():
    def touch(future):
        future.me = future

    return logs_of(failed, touch)


@row("failed, a callback reads it, collected: logs")
def _():
    def touch(future):
        future.add_done_callback(Reader())
        future.set_exception(ValueError("boom"))

    return logs_of(fresh, touch)


class OwnDel(plumpy.persistence.SavableFuture):
    def __del__(self):
        pass


def fail(future):
    future.set_exception(ValueError("boom"))


@row("of a subclass with `__del__`, failed, collected: logs")
def _():
    return logs_of(OwnDel, fail)


# --- Reloading through subclasses ------------------------------------------------------------------------------------


class OwnLoad(plumpy.persistence.SavableFuture):
    """Takes its state, and wants to be heard."""

    def load_instance_state(self, saved_state, load_context):
        plumpy.persistence.SavableFuture.load_instance_state(self, saved_state, load_context)
        self._log_traceback = True


class OwnInit(plumpy.persistence.SavableFuture):
    def __init__(self, needed):
        plumpy.persistence.SavableFuture.__init__(self)
        self.needed = needed


@plumpy.auto_persist("_done", "_result")
class ByHand(plumpy.Future, plumpy.Savable):
    """Does itself what `SavableFuture` does."""

    def save_instance_state(self, out_state, save_context):
        plumpy.Savable.save_instance_state(self, out_state, save_context)
        if self.done() and self.exception() is not None:
            out_state["exception"] = self.exception()

    def load_instance_state(self, saved_state, load_context):
        plumpy.Savable.load_instance_state(self, saved_state, load_context)
        error = saved_state.get("exception")
        self._exc_info = None if error is None else (type(error), error, None)
        self._log_traceback = False
        self._tb_logger = None
        self._callbacks = []


def of_class(cls, *args):
    future = cls(*args)
    future.set_exception(ValueError("boom"))
    return future


@row("of a subclass whose `load_instance_state` sets `_log_traceback = True`, reloaded, failed, collected: logs")
def _():
    return logs_of(lambda: reloaded(of_class(OwnLoad)), lambda future: None)


@row("of a subclass whose `__init__` takes arguments, reloaded, failed: `result()`")
def _():
    return outcome(lambda: reloaded(of_class(OwnInit, 1)).result())


@row("of a subclass whose `__init__` takes arguments, reloaded, failed, collected: logs")
def _():
    return logs_of(lambda: reloaded(of_class(OwnInit, 1)), lambda future: None)


@row("of a class that does by hand what `SavableFuture` does, reloaded, failed: `result()`")
def _():
    return outcome(lambda: reloaded(of_class(ByHand)).result())


@row("of a class that does by hand what `SavableFuture` does, reloaded, failed, collected: logs")
def _():
    return logs_of(lambda: reloaded(of_class(ByHand)), lambda future: None)


@row("of a class that does by hand what `SavableFuture` does, reloaded, pending: a callback, then `result()`")
def _():
    future = reloaded(ByHand())
    called = []
    future.add_done_callback(lambda one: called.append(one.result()))
    future.set_result(5)
    return told(called) + ", then " + told(future.result())


@row("the saved state of plumpy 0.15 of a failed one, loaded: `result()`")
def _():
    future = fresh()
    state = {
        "!!meta": future.save()["!!meta"],
        "_done": True,
        "_result": None,
        "exception": ValueError("boom"),
    }
    return outcome(lambda: plumpy.Savable.load(state, plumpy.LoadSaveContext()).result())


@row("reloaded, done, `set_result(2)`: `result()`")
def _():
    future = reloaded(done())
    future.set_result(2)
    return outcome(future.result)


@row("reloaded, pending, a callback, `set_result(2)`: the callback")
def _():
    future = reloaded(fresh())
    called = []
    future.add_done_callback(lambda one: called.append(one.result()))
    future.set_result(2)
    return told(called)


# --- What futures do otherwise ---------------------------------------------------------------------------------------


@row("`add_done_callback`, `set_result`: the callback is called")
def _():
    future = plumpy.Future()
    called = []
    future.add_done_callback(lambda one: called.append("inside of it"))
    future.set_result(1)
    called.append("later")
    return called[0]


@row("`add_done_callback` when done: the callback is called")
def _():
    future = plumpy.Future()
    future.set_result(1)
    called = []
    future.add_done_callback(lambda one: called.append("at once"))
    called.append("later")
    return called[0]


@row("a callback raises: the next one is called, logs")
def _():
    future = plumpy.Future()
    called = []

    def wrong(one):
        raise KeyError("in a callback")

    future.add_done_callback(wrong)
    future.add_done_callback(lambda one: called.append(1))
    what = outcome(future.set_result, 1)
    return told(called) + ", " + what + ", " + plain(LOG.take())


@row("a callback raises when done: `add_done_callback`")
def _():
    future = plumpy.Future()
    future.set_result(1)

    def wrong(one):
        raise KeyError("in a callback")

    return outcome(future.add_done_callback, wrong)


@row("a callback raises `SystemExit`: `set_result`, then the next one is called")
def _():
    future = plumpy.Future()
    called = []

    def leave(one):
        raise SystemExit(3)

    future.add_done_callback(leave)
    future.add_done_callback(lambda one: called.append(1))
    try:
        future.set_result(1)
    except SystemExit as error:
        return "raises " + told(error) + ", then " + told(called)
    return "nothing"


def twice(first, second):
    def act():
        future = plumpy.Future()
        first(future)
        what = outcome(second, future)
        return what + ", then " + outcome(future.result) + ", " + outcome(future.exception)

    return act


def give(value):
    return lambda future: future.set_result(value)


row("`set_result(1)`, `set_result(2)`: the second, then `result()`, `exception()`")(twice(give(1), give(2)))
row("`cancel()`, `set_result(2)`: the second, then `result()`, `exception()`")(twice(plumpy.Future.cancel, give(2)))
row("`set_result(1)`, `set_exception(e)`: the second, then `result()`, `exception()`")(twice(give(1), fail))
row("`cancel()`, `set_exception(e)`: the second, then `result()`, `exception()`")(twice(plumpy.Future.cancel, fail))
row("`set_exception(e)`, `set_result(2)`: the second, then `result()`, `exception()`")(twice(fail, give(2)))


def simple(name, expression):
    """A row about a new future, called `f`."""

    def act():
        return outcome(lambda: eval(expression, {"f": plumpy.Future(), "plumpy": plumpy}))

    row(name)(act)


simple("pending: `result(timeout=1)`", "f.result(timeout=1)")
simple("pending: `exception(1)`", "f.exception(1)")
simple("pending: `running()`, `done()`, `cancelled()`", "(f.running(), f.done(), f.cancelled())")
simple("done: `result(1)`, `exception(timeout=1)`", "f.set_result(5) or (f.result(1), f.exception(timeout=1))")
simple("`cancel()`, twice", "(f.cancel(), f.cancel())")
simple("done: `cancel()`", "f.set_result(1) or (f.cancel(), f.cancelled())")
simple("cancelled: `running()`, `done()`", "f.cancel() and (f.running(), f.done())")


@row("cancelled: `except plumpy.CancelledError` of `result()`")
def _():
    future = plumpy.Future()
    future.cancel()
    try:
        future.result()
    except plumpy.CancelledError as error:
        return "catches it, an Exception" if isinstance(error, Exception) else "catches it"
    return "nothing"


simple("`remove_done_callback(f)` of one that wasn't added", "f.remove_done_callback(len)")
simple(
    "`remove_done_callback(f)` of one that was, then `_callbacks`",
    "f.add_done_callback(len) or (f.remove_done_callback(len), f._callbacks)",
)
simple("done: `remove_done_callback(f)`", "f.set_result(1) or f.remove_done_callback(len)")
simple("`set_exception(StopIteration())`: `exception()`", "f.set_exception(StopIteration()) or f.exception()")
simple("`set_exception(StopIteration())`: `result()`", "f.set_exception(StopIteration()) or f.result()")
simple("`set_result(None)`: `result()`", "f.set_result(None) or f.result()")


@row("`set_exc_info(i)` with a traceback: `exc_info()`")
def _():
    future = plumpy.Future()
    try:
        raise ValueError("boom")
    except ValueError:
        future.set_exc_info(sys.exc_info())
    return outcome(future.exc_info)


@row("`kiwipy.chain` of a failed one: `exception()` of the other")
def _():
    source, target = plumpy.Future(), plumpy.Future()
    plumpy.chain(source, target)
    source.set_exception(ValueError("boom"))
    return outcome(target.exception)


@row("`kiwipy.chain` of a cancelled one: `cancelled()` of the other")
def _():
    source, target = plumpy.Future(), plumpy.Future()
    plumpy.chain(source, target)
    source.cancel()
    return outcome(target.cancelled)


@row("`copy_future` of one that is done: `result()` of the other")
def _():
    source, target = plumpy.Future(), plumpy.Future()
    source.set_result(3)
    plumpy.copy_future(source, target)
    return outcome(target.result)


@row("`CancellableAction(f).run()`, twice")
def _():
    action = plumpy.futures.CancellableAction(lambda: 4)
    return outcome(action.run) + ", " + outcome(action.result) + ", " + outcome(action.run)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")
