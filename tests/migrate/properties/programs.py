"""Random small programs of tornado's coroutines, whose traces don't depend on the machine.

Each call of a coroutine has a tag of its own, and writes down what it sees under that; nothing tells the order of what
isn't ordered by causes. No program waits for a clock: what is to be late comes after what is to be early has been seen.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from textwrap import indent
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Draw = Callable[..., Any]
Statement = Callable[["Body"], None]

IMPORTS = '''\
"""A part of a program of 2018."""
import contextlib
import datetime
import functools
from concurrent.futures import ThreadPoolExecutor

from tornado import gen, ioloop
from tornado.concurrent import Future, is_future
'''

HELPERS = """
TRACE = {}
PENDING = set()
EXECUTOR = ThreadPoolExecutor(2)
LONG = datetime.timedelta(seconds=30)
SHORT = datetime.timedelta(milliseconds=3)


class Failure(Exception):
    pass


def note(tag, *seen):
    TRACE.setdefault(tag, []).append(list(seen))


def begin(tag):
    PENDING.add(tag)


def finish(tag):
    PENDING.discard(tag)


def num(value):
    if value is None:
        return 0
    if isinstance(value, dict):
        return num([value[key] for key in sorted(value)])
    if isinstance(value, list):
        return sum(num(one) * (place + 1) for place, one in enumerate(value)) % 1009
    return value


def told(tag, future):
    error = future.exception()
    note(tag, 'done', num(future.result()) if error is None else str(error))
    finish(tag)


def numbers(upto):
    for number in range(upto):
        yield number


@contextlib.contextmanager
def block(tag):
    note(tag, 'enter')
    try:
        yield tag
    except Failure as error:
        note(tag, 'failed', str(error))
        raise
    finally:
        note(tag, 'exit')


@gen.coroutine
def fail(tag, rounds):
    for _ in range(rounds):
        yield gen.moment
    note(tag, 'fails')
    raise Failure(tag)


@gen.coroutine
def take(tag, future):
    value = yield future
    note(tag, 'took', num(value))
    raise gen.Return(value)
"""

FROM_HELPERS = """\
from helpers import (
    EXECUTOR, LONG, PENDING, SHORT, TRACE, Failure, begin, block, fail, finish, note, num, numbers, take, told
)
"""

EPILOGUE = """

@gen.coroutine
def everything():
    try:
        result = yield f0('main', {number})
        result = ['result', num(result)]
    except Failure as error:
        result = ['failed', str(error)]
    while PENDING:
        yield gen.sleep(0.001)
    raise gen.Return(result)


def run():
    loop = ioloop.IOLoop()
    loop.make_current()
    try:
        result = loop.run_sync(everything, timeout=60)
    finally:
        loop.close()
        EXECUTOR.shutdown()
    return {{'result': result, 'trace': TRACE}}
"""


@dataclass(frozen=True)
class Function:
    """A coroutine that others may call.

    :param callee: how it's called, up to the parenthesis.
    :param tracked: whether it tells when it has ended, so that nobody needs to wait for it.
    """

    callee: str
    tracked: bool


class Body:
    """The body of a coroutine in the making.

    :param callees: what it may call: only what stands further down, so that every program ends.
    """

    def __init__(self, draw: Draw, callees: Sequence[Function]) -> None:
        self.draw = draw
        self.callees = callees
        self.lines: List[str] = []
        self.depth = 1
        self.sites = 0
        self.names = ["number"]
        self.loops: List[str] = []

    def pick(self, *choices: T) -> T:
        chosen: T = self.draw(st.sampled_from(choices))
        return chosen

    def flag(self) -> bool:
        return self.pick(True, False)

    def add(self, text: str) -> None:
        """Add lines, at the depth where the body is."""
        self.lines += ["    " * self.depth + line for line in text.splitlines()]

    def value(self) -> str:
        """An expression of a number."""
        name = self.pick(*self.names)
        return self.pick(name, f"{name} + 1", f"({name} + 2) * 3 % 11", str(self.pick(0, 3, 5)))

    def site(self) -> str:
        self.sites += 1
        return str(self.sites)

    def tag(self, *loops: str) -> str:
        """An expression of a tag that nothing else has.

        :param loops: variables on which it depends, besides those of the loops around it.
        """
        names = [*self.loops, *loops]
        if names:
            return f"'{{}}.{self.site()}{'.{}' * len(names)}'.format(tag, {', '.join(names)})"
        return f"tag + '.{self.site()}'"

    def bind(self, expression: str) -> None:
        """Assign a number to a new variable, and write it down."""
        name = f"v{self.site()}"
        self.add(f"{name} = num({expression})\nnote(tag, {name!r}, {name})")
        self.names.append(name)

    def call(self, *loops: str) -> str:
        """A call of a coroutine that stands further down."""
        return f"{self.pick(*self.callees).callee}({self.tag(*loops)}, {self.value()})"

    def tracked_call(self) -> str:
        """A call of one that tells when it has ended, so that it may be left alone."""
        return f"{self.tracked().callee}({self.tag()}, {self.value()})"

    def tracked(self) -> Function:
        return self.pick(*(one for one in self.callees if one.tracked))

    def within(self, header: str, size: int = 2) -> None:
        """Add a compound statement whose body is drawn; what it binds isn't used behind it."""
        self.add(header)
        with self.indented():
            statements(self, size)

    @contextmanager
    def indented(self) -> Iterator[None]:
        kept = list(self.names)
        self.depth += 1
        yield
        self.depth -= 1
        self.names = kept


# -- what is yielded ---------------------------------------------------------------------------------


def awaited(body: Body, depth: int = 0) -> str:
    """An expression whose value can be yielded, and is done sooner or later."""
    return body.pick(*[_call] * 6, *YIELDABLES)(body, depth)


def _call(body: Body, depth: int) -> str:
    return body.call()


def _list(body: Body, depth: int) -> str:
    return f"[{', '.join(_child(body, depth) for _ in range(body.pick(1, 2, 3)))}]"


def _dict(body: Body, depth: int) -> str:
    return f"{{{', '.join(f'{key!r}: {_child(body, depth)}' for key in 'ab'[: body.pick(1, 2)])}}}"


def _child(body: Body, depth: int) -> str:
    return awaited(body, depth + 1) if depth < 2 else body.call()


def _comprehension(body: Body, depth: int) -> str:
    return f"[{body.call('place')} for place in numbers({body.pick(2, 3)})]"


def _multi(body: Body, depth: int) -> str:
    return f"gen.multi({body.pick(_list, _dict)(body, depth)})"


def _maybe(body: Body, depth: int) -> str:
    return f"gen.maybe_future({body.pick(body.call(), body.value())})"


def _thread(body: Body, depth: int) -> str:
    return f"EXECUTOR.submit(max, {body.value()}, {body.value()})"


def _in_time(body: Body, depth: int) -> str:
    return f"gen.with_timeout(LONG, {body.call() if depth else awaited(body, 1)})"


def _passed_on(body: Body, depth: int) -> str:
    return f"take({body.tag()}, {body.call()})"


def _dispatched(body: Body, depth: int) -> str:
    names = [one.callee for one in body.callees if one.callee.isidentifier()]
    if not names:
        return body.call()
    table = ", ".join(f"'{name}': {name}" for name in names)
    return f"{{{table}}}[{body.pick(*names)!r}]({body.tag()}, {body.value()})"


def _partial(body: Body, depth: int) -> str:
    function = body.pick(*body.callees).callee
    return f"functools.partial({function}, {body.tag()})({body.value()})"


def _or(body: Body, depth: int) -> str:
    return f"{body.call()} if {body.value()} > 3 else {body.call()}"


def _moment(body: Body, depth: int) -> str:
    return body.pick("gen.moment", "None", "gen.sleep(0.001)")


YIELDABLES: Sequence[Callable[[Body, int], str]] = (
    *(_list, _dict, _comprehension, _multi, _maybe, _thread, _in_time, _passed_on, _dispatched, _partial, _or, _moment),
)


# -- statements --------------------------------------------------------------------------------------


def statements(body: Body, size: int) -> None:
    """Add up to `size` statements."""
    for _ in range(body.draw(st.integers(1, size))):
        simple = body.depth > 3
        body.pick(*(SIMPLE if simple else (*SIMPLE, *COMPOUND)))(body)


def _yield(body: Body) -> None:
    body.bind(f"(yield {awaited(body)})" if body.flag() else f"[(yield {body.call()}), (yield {body.call()})]")


def _plain_yield(body: Body) -> None:
    name = f"r{body.site()}"
    body.add(f"{name} = yield {awaited(body)}\nnote(tag, {name!r}, num({name}))")


def _bare_yield(body: Body) -> None:
    body.add(body.pick("yield", f"yield {awaited(body)}"))


def _note(body: Body) -> None:
    body.add(f"note(tag, 'here', {body.value()})")


def _raise(body: Body) -> None:
    body.add(f"if {body.value()} % 3 == 0:\n    raise Failure('{body.site()} in {{}}'.format(tag))")


def _return(body: Body) -> None:
    given = body.pick(body.value(), f"(yield {body.call()})", f"[{body.value()}, None]")
    body.add(f"if {body.value()} % 4 == 1:\n    raise gen.Return({given})")


def _forget(body: Body) -> None:
    name = f"t{body.site()}"
    body.add(f"{name} = {body.tag()}\n{body.tracked().callee}({name}, {body.value()})")
    body.add(f"note(tag, 'started', {name} in TRACE)")


def _store(body: Body) -> None:
    name = f"s{body.site()}"
    body.add(f"{name} = {body.call()}\nnote(tag, 'stored', is_future({name}))")
    if body.flag():
        body.add("yield gen.sleep(0.001)")
    body.bind(f"(yield {name})")
    if body.flag():
        body.bind(f"(yield [{name}, {name}])")


def _store_many(body: Body) -> None:
    name = f"s{body.site()}"
    body.add(f"{name} = [{body.tracked_call()}, {body.tracked_call()}]")
    body.add(f"for future in {name}:\n    note(tag, 'one of many', num((yield future)))")


def _done_callback(body: Body) -> None:
    name = f"t{body.site()}"
    body.add(f"{name} = {body.tag()}\nbegin({name})")
    told = body.pick(f"functools.partial(told, {name})", f"lambda done, to={name}: told(to, done)")
    body.add(f"{body.call()}.add_done_callback({told})")


def _callback(body: Body) -> None:
    name = f"s{body.site()}"
    call = body.pick(
        f"add_callback({name}.set_result, {body.value()})",
        f"add_callback(lambda: {name}.set_result({body.value()}))",
        f"call_later(0.001, {name}.set_result, {body.value()})",
        f"add_callback({name}.set_exception, Failure('called back'))",
        f"spawn_callback(functools.partial({name}.set_result, {body.value()}))",
    )
    body.add(f"{name} = Future()\nioloop.IOLoop.current().{call}")
    body.bind(f"(yield {name})")


def _coroutine_callback(body: Body) -> None:
    name = f"t{body.site()}"
    body.add(f"{name} = {body.tag()}\nbegin({name})")
    call = f"{body.tracked().callee}, {name}, {body.pick('', 'number=')}{body.value()}"
    body.add(f"ioloop.IOLoop.current().{body.pick('add_callback', 'spawn_callback')}({call})")


def _too_late(body: Body) -> None:
    name = f"s{body.site()}"
    body.add(f"{name} = Future()\ntry:\n    yield gen.with_timeout(SHORT, {name})")
    body.add("except gen.TimeoutError:\n    note(tag, 'timed out')")
    body.add(f"{name}.set_result({body.value()})")
    body.bind(f"(yield {name})")


def _wait_iterator(body: Body) -> None:
    name = f"w{body.site()}"
    body.add(f"{name} = gen.WaitIterator({body.call()}, {body.call()})\nresults = []\nwhile not {name}.done():")
    body.add(f"    try:\n        results.append(str(num((yield {name}.next()))))")
    body.add("    except Failure as error:\n        results.append(str(error))")
    body.add("note(tag, 'came', sorted(results))")


def _race(body: Body) -> None:
    """The one that fails first isn't the first one; who waits goes on when both have failed."""
    slow, fast = f"t{body.site()}", f"t{body.site()}"
    body.add(f"{slow} = {body.tag()}\n{fast} = {body.tag()}\ntry:")
    both = f"fail({slow}, {body.pick(2, 3)}), fail({fast}, {body.pick(0, 1)})"
    body.add(f"    yield {body.pick(f'[{both}]', f'gen.multi([{both}])', f'[leaf({body.tag()}, 1), {both}]')}")
    body.add(f"except Failure as error:\n    note(tag, str(error), {slow} in TRACE, {fast} in TRACE)")


def _order(body: Body) -> None:
    """A coroutine runs up to where it waits before its caller goes on."""
    name = f"o{body.site()}"
    body.add(f"{name} = []\n\n@gen.coroutine\ndef f{name}(value):\n    {name}.append(value)\n    yield gen.moment")
    body.add(f"    {name}.append(value + 1)\n\nkept = f{name}({body.value()})\n{name}.append('between')")
    body.add(f"ioloop.IOLoop.current().add_callback({name}.append, 'called back')")
    body.add(
        body.pick(f"yield [kept, f{name}(-5)]", f"yield kept\nyield f{name}(-5)", f"yield f{name}(-5)\nyield kept")
    )
    body.add(f"yield gen.sleep(0.001)\nnote(tag, 'order', {name}[:2], sorted(map(str, {name})))")


def _nested(body: Body) -> None:
    name = f"g{body.site()}"
    body.add(f"@gen.coroutine\ndef {name}(value):\n    note({body.tag('value')}, 'nested', value)")
    if body.flag():
        body.add(f"    yield {body.call('value')}")
    body.add("    raise gen.Return(value + 1)")
    body.bind(body.pick(f"(yield {name}({body.value()}))", f"(yield [{name}(place) for place in numbers(2)])"))


def _try(body: Body) -> None:
    body.within("try:", 3)
    if body.flag():
        body.within(body.pick("except Failure as error:\n    note(tag, str(error))", "except (Failure, KeyError):"))
        if body.flag():
            body.within("else:", 1)
        if body.flag():
            return
    elif body.flag():
        body.within("except Failure:\n    note(tag, 'again')\n    yield gen.moment\n    raise", 1)
        return
    body.add("finally:")
    with body.indented():
        _bare_yield(body) if body.flag() else _note(body)


def _with(body: Body) -> None:
    body.within(f"with block({body.tag()}):", 2)


def _if(body: Body) -> None:
    body.within(body.pick(f"if (yield {body.call()}) == 4:", f"if {body.value()} > 4:"))
    if body.flag():
        body.within("else:")


def _for(body: Body) -> None:
    name = f"i{body.site()}"
    body.add(f"for {name} in range({body.pick(1, 2)}):")
    body.loops.append(name)
    with body.indented():
        body.names.append(name)
        statements(body, 2)
    body.loops.pop()


SIMPLE: Sequence[Statement] = (
    *(_yield, _yield, _plain_yield, _plain_yield, _bare_yield, _note, _raise, _return, _forget, _store, _store_many),
    *(_done_callback, _callback, _coroutine_callback, _too_late, _wait_iterator, _race, _order, _nested),
)
COMPOUND: Sequence[Statement] = (_try, _try, _with, _if, _for)


# -- programs ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Program:
    """A program whose function `run` runs it, and gives its result and its trace.

    :param functions: the sources of its functions and classes; each uses only later ones.
    :param names: what each of them defines.
    :param start: the number that it's run with.
    """

    functions: Tuple[str, ...]
    names: Tuple[str, ...]
    start: int

    def single(self) -> str:
        """All of it in one module."""
        return "\n\n".join([IMPORTS, HELPERS.lstrip(), *self.functions, self._end()])

    def modules(self) -> Dict[str, str]:
        """The same in three modules, each of which uses the earlier ones."""
        middle = len(self.functions) // 2
        names = ", ".join(self.names[middle:])
        head = IMPORTS + FROM_HELPERS
        return {
            "helpers": IMPORTS + HELPERS,
            "lower": "\n\n".join([head, *self.functions[middle:]]),
            "program": "\n\n".join([f"{head}from lower import {names}\n", *self.functions[:middle], self._end()]),
        }

    def _end(self) -> str:
        return EPILOGUE.lstrip().format(number=self.start)


@st.composite
def programs(draw: Draw) -> Program:
    """Random programs."""
    functions, names, callees = [_leaf()], ["leaf"], [Function("leaf", True)]
    for place in reversed(range(draw(st.integers(2, 5)))):
        make = draw(st.sampled_from([_function, _function, _method])) if place else _function
        text, function = make(draw, place, callees)
        functions.insert(0, text)
        names.insert(0, function.callee.partition("(")[0])
        callees.insert(0, function)
    return Program(tuple(functions), tuple(names), draw(st.integers(0, 9)))


def _leaf() -> str:
    return "\n".join(
        [
            "@gen.coroutine\ndef leaf(tag, number):",
            "    note(tag, 'leaf', number)\n    begin(tag)\n    try:\n        if number % 2:",
            "            yield gen.moment\n        if number % 7 == 6:\n            raise Failure('leaf ' + tag)",
            "        raise gen.Return(number * 5 % 13)\n    finally:\n        finish(tag)\n",
        ]
    )


def _function(draw: Draw, place: int, callees: Sequence[Function]) -> Tuple[str, Function]:
    function = Function(f"f{place}", draw(st.booleans()))
    return _definition(draw, function, f"f{place}(tag, number)", callees), function


def _method(draw: Draw, place: int, callees: Sequence[Function]) -> Tuple[str, Function]:
    """A class with a method, and maybe one that overrides it."""
    function = Function(f"C{place}({draw(st.integers(0, 3))}).work", draw(st.booleans()))
    text = _definition(draw, function, "work(self, tag, number)", callees)
    init = "    def __init__(self, value):\n        self.value = value\n\n"
    if not draw(st.booleans()):
        return f"class C{place}(object):\n{init}{indent(text, '    ')}", function
    override = (
        "@gen.coroutine\ndef work(self, tag, number):\n    note(tag, 'override', self.value)\n"
        f"    result = yield super(C{place}, self).work(tag, number + self.value)\n"
        "    raise gen.Return(num(result) + 1)\n"
    )
    base = f"class B{place}(object):\n{init}{indent(text, '    ')}"
    return f"{base}\n\nclass C{place}(B{place}):\n{indent(override, '    ')}", function


def _definition(draw: Draw, function: Function, signature: str, callees: Sequence[Function]) -> str:
    body = Body(draw, callees)
    body.add("note(tag, 'call', number)")
    if function.tracked:
        body.add("begin(tag)\ntry:")
        body.depth += 1
    statements(body, 4)
    body.add(body.pick("raise gen.Return({})", "return {}", "note(tag, 'end', {})").format(body.value()))
    if function.tracked:
        body.depth -= 1
        body.add("finally:\n    finish(tag)")
    return f"@gen.coroutine\ndef {signature}:\n" + "\n".join(body.lines) + "\n"
