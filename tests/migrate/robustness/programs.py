"""Small random programs in the common subset of both Pythons, with six sprinkled in; each fills a list ``out``."""

from __future__ import annotations

from typing import Callable, Dict, List, Set

from hypothesis import strategies as st

INDENT = "    "


class Writer:
    """Draws the parts of a program.

    :ivar spelt: how each name of six is written in this program.
    :ivar imports: the import statements that this needs.
    """

    def __init__(self, draw: Callable[..., object]) -> None:
        self.draw = draw
        self.imports: Set[str] = set()
        self.spelt: Dict[str, str] = {}
        self.count = 0

    def pick(self, *choices: object) -> object:
        return self.draw(st.sampled_from(choices))

    def chance(self) -> bool:
        return bool(self.draw(st.booleans()))

    def number(self, high: int = 4) -> int:
        value = self.draw(st.integers(0, high))
        assert isinstance(value, int)
        return value

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    # -- names ---------------------------------------------------------------------------------------

    def six(self, name: str) -> str:
        """A name of six, spelt as this program does."""
        if name not in self.spelt:
            self.spelt[name] = self._spell(name)
        return self.spelt[name]

    def moved(self, name: str) -> str:
        """A name of ``six.moves``."""
        key = f"moves.{name}"
        if key not in self.spelt:
            self.spelt[key] = self._spell_moved(name)
        return self.spelt[key]

    def _spell(self, name: str) -> str:
        way = self.pick("import six", "import six as compat", f"from six import {name}", "alias")
        if way == "import six":
            self.imports.add("import six")
            return f"six.{name}"
        if way == "import six as compat":
            self.imports.add("import six as compat")
            return f"compat.{name}"
        if way == "alias":
            self.imports.add(f"from six import {name} as six_{name}")
            return f"six_{name}"
        self.imports.add(f"from six import {name}")
        return name

    def _spell_moved(self, name: str) -> str:
        way = self.pick("six", "from", "moves", "alias")
        if way == "six":
            self.imports.add("import six")
            return f"six.moves.{name}"
        if way == "moves":
            self.imports.add("from six import moves")
            return f"moves.{name}"
        if way == "alias":
            self.imports.add(f"from six.moves import {name} as moved_{name}")
            return f"moved_{name}"
        self.imports.add(f"from six.moves import {name}")
        return name

    # -- expressions ---------------------------------------------------------------------------------

    def layout(self, code: str) -> str:
        """An expression, perhaps in parentheses, on several lines, with a comment."""
        way = self.number(9)
        if way == 0:
            return f"({code})"
        if way == 1:
            return f"(\n{INDENT * 3}{code}  # why\n{INDENT * 2})"
        if way == 2:
            return f"({code}\n)"
        return code

    def text(self, depth: int) -> str:
        if depth <= 0:
            return str(self.pick("'a'", 'u"\u00e9"', "u'b'", "'''c'''", "r'\\d'"))
        ways = [
            lambda: f"{self.six('text_type')}({self.any(depth - 1)})",
            lambda: f"{self.text(depth - 1)} + {self.text(depth - 1)}",
            lambda: f"'%s-%s' % ({self.any(depth - 1)}, {self.number()})",
            lambda: f"{self.six('u')}('x\\u00e9')",
            lambda: f"{self.six('ensure_text')}({self.octets(depth - 1)}, 'latin-1')",
            lambda: f"''.join({self.six('text_type')}(i) for i in {self.items(depth - 1)})",
            lambda: f"{self.six('ensure_str')}({self.text(depth - 1)})",
            lambda: f"{self.six('unichr')}({self.number()} + 65)",
            lambda: f"f'{{{self.number()}}}' + {self.text(depth - 1)}",
            lambda: f"{self.moved('shlex_quote')}({self.text(depth - 1)})",
            lambda: f"({self.text(depth - 1)} if {self.truth(depth - 1)} else {self.text(depth - 1)})",
            lambda: f"(lambda value: {self.six('text_type')}(value))({self.whole(depth - 1)})",
        ]
        return self.layout(self._one(ways))

    def octets(self, depth: int) -> str:
        if depth <= 0:
            return str(self.pick("b'a'", 'b"\\xff"', "b''"))
        ways = [
            lambda: f"{self.six('b')}('a\\xff')",
            lambda: f"{self.six('int2byte')}({self.number()} + 60)",
            lambda: f"{self.six('ensure_binary')}({self.text(depth - 1)})",
            lambda: f"{self.text(depth - 1)}.encode('utf-8')",
            lambda: f"{self.six('binary_type')}({self.octets(depth - 1)})",
            lambda: f"{self.six('BytesIO')}({self.octets(depth - 1)}).read()",
        ]
        return self.layout(self._one(ways))

    def whole(self, depth: int) -> str:
        if depth <= 0:
            return str(self.number(99))
        ways = [
            lambda: f"len({self.text(depth - 1)})",
            lambda: f"{self.six('byte2int')}(b'z' + {self.octets(depth - 1)})",
            lambda: f"{self.six('indexbytes')}(b'yz' + {self.octets(depth - 1)}, -1 * 1)",
            lambda: f"sum({self.moved('range')}({self.number()}))",
            lambda: f"{self.moved('reduce')}(lambda x, y: x + y, [1, {self.whole(depth - 1)}])",
            lambda: f"{self.six('next')}(iter([{self.whole(depth - 1)}]))",
            lambda: f"{self.six('advance_iterator')}(iter([{self.whole(depth - 1)}]))",
            lambda: f"len(list({self.six('iterbytes')}({self.octets(depth - 1)})))",
        ]
        return self.layout(self._one(ways))

    def truth(self, depth: int) -> str:
        if depth <= 0:
            return str(self.pick("True", "False", self.six("PY2"), self.six("PY3"), f"not {self.six('PY2')}"))
        ways = [
            lambda: f"isinstance({self.any(depth - 1)}, {self.kinds()})",
            lambda: f"type({self.any(depth - 1)}) in {self.six('integer_types')}",
            lambda: f"issubclass({self.six('text_type')}, {self.kinds()})",
            lambda: f"{self.six('callable')}({self.any(depth - 1)})",
            lambda: f"{self.truth(depth - 1)} and {self.truth(depth - 1)}",
            lambda: f"{self.six('PY2')} or {self.truth(depth - 1)}",
            lambda: f"{self.whole(depth - 1)} < {self.whole(depth - 1)}",
        ]
        return self.layout(f"({self._one(ways)})")

    def kinds(self) -> str:
        """A type or tuple of types for `isinstance`."""
        single = str(self.pick("int", "list", self.six("text_type"), self.six("binary_type")))
        several = self.six(str(self.pick("string_types", "integer_types", "class_types")))
        ways = (
            several,
            f"({single}, {several})",
            f"({single},) + {several}",
            f"{several} + ({single},)",
            f"{several} + {self.six('integer_types')}",
            f"({several}, dict)",
            f"tuple({several})",
            f"{several}[0]",
            single,
        )
        return str(self.pick(*ways))

    def items(self, depth: int) -> str:
        if depth <= 0:
            return str(self.pick("[1, 2]", "[]", "(3,)"))
        table, kind = self.table(depth - 1), str(self.pick("keys", "values", "items"))
        ways = [
            lambda: f"list({self.six(f'iter{kind}')}({table}))",
            lambda: f"sorted({self.six('iterkeys')}({table}))",
            lambda: f"[i for i in {self.six(f'iter{kind}')}({table})]",
            lambda: f"list({self.six(f'view{kind}')}({table}))",
            lambda: f"list({self.moved('range')}({self.number()}))",
            lambda: f"list({self.moved('xrange')}(1, {self.number()}))",
            lambda: f"list({self.moved('zip')}({self.items(depth - 1)}, {self.items(depth - 1)}))",
            lambda: f"list({self.moved('zip_longest')}({self.items(depth - 1)}, {self.items(depth - 1)}))",
            lambda: f"[i for i in {self.moved('map')}({self.six('text_type')}, {self.items(depth - 1)})]",
            lambda: f"list({self.moved('filter')}(None, {self.items(depth - 1)}))",
            lambda: f"{self.items(depth - 1)}[:] and [{self.any(depth - 1)}]",
        ]
        return self.layout(f"({self._one(ways)})")

    def table(self, depth: int) -> str:
        if depth <= 0 or self.chance():
            return str(self.pick("{}", "{'a': 1}", "{1: 'b', 2: u'c'}", "dict(x=3)"))
        return f"{{{self.text(depth - 1)}: {self.any(depth - 1)}}}"

    def any(self, depth: int) -> str:
        return str(getattr(self, str(self.pick("text", "octets", "whole", "truth", "items", "table")))(depth))

    def _one(self, ways: List[Callable[[], str]]) -> str:
        return ways[self.number(len(ways) - 1)]()

    # -- statements ----------------------------------------------------------------------------------

    def block(self, depth: int, indent: str) -> List[str]:
        lines: List[str] = []
        for _ in range(1 + self.number(2)):
            lines += self.statement(depth, indent)
        return lines

    def statement(self, depth: int, indent: str) -> List[str]:
        ways = [self.append, self.append, self.assign]
        if depth > 0:
            ways += [self.loop, self.branch, self.function, self.kind, self.attempt]
        return ways[self.number(len(ways) - 1)](depth, indent)

    def append(self, depth: int, indent: str) -> List[str]:
        comment = str(self.pick("", "  # kept", "; out.append(0)"))
        return [f"{indent}out.append({self.any(2)}){comment}"]

    def assign(self, depth: int, indent: str) -> List[str]:
        name = self.fresh("v")
        return [f"{indent}{name} = {self.any(2)}", f"{indent}out.append({name})"]

    def loop(self, depth: int, indent: str) -> List[str]:
        inner = indent + INDENT
        if self.chance():
            head = f"for key, value in {self.six('iteritems')}({self.table(1)}):"
            return [indent + head, f"{inner}out.append((key, value))", *self.block(depth - 1, inner)]
        return [f"{indent}for i in {self.moved('range')}({self.number(3)}):", *self.block(depth - 1, inner)]

    def branch(self, depth: int, indent: str) -> List[str]:
        inner = indent + INDENT
        lines = [f"{indent}if {self.truth(1)}:", *self.block(depth - 1, inner)]
        if self.chance():
            lines += [f"{indent}elif {self.truth(1)}:  # else", *self.block(depth - 1, inner)]
        if self.chance():
            lines += [f"{indent}else:", *self.block(depth - 1, inner)]
        return lines

    def function(self, depth: int, indent: str) -> List[str]:
        name, inner = self.fresh("f"), indent + INDENT
        lines = [f"{indent}def {name}(value={self.any(1)}):", f"{inner}'''doc'''", *self.block(depth - 1, inner)]
        lines.append(f"{inner}return {self.six('text_type')}(value)")
        return [*lines, f"{indent}out.append({name}())"]

    def kind(self, depth: int, indent: str) -> List[str]:
        name, inner = self.fresh("C"), indent + INDENT
        heads = {
            "plain": [f"{indent}class {name}(object):"],
            "with": [f"{indent}class {name}({self.six('with_metaclass')}(Meta, object)):"],
            "add": [f"{indent}@{self.six('add_metaclass')}(Meta)", f"{indent}class {name}(object):"],
            "unicode": [f"{indent}@{self.six('python_2_unicode_compatible')}", f"{indent}class {name}(object):"],
        }
        way = str(self.pick(*heads))
        lines = [
            *heads[way],
            f"{inner}size = {self.whole(1)}",
            "",
            f"{inner}def __str__(self):",
            f"{inner}{INDENT}return {self.text(1)}",
            "",
            f"{inner}def again(self):",
            f"{inner}{INDENT}return super({name}, self).__repr__()[:1]",
        ]
        value = f"({name}.size, {self.six('text_type')}({name}()), {name}().again(), type({name}).__name__)"
        return [*lines, f"{indent}out.append({value})"]

    def attempt(self, depth: int, indent: str) -> List[str]:
        inner, name = indent + INDENT, self.fresh("e")
        raised = str(
            self.pick(
                f"{self.six('raise_from')}(ValueError({self.text(1)}), None)",
                f"{self.six('raise_from')}(ValueError('x'), KeyError('y'))",
                f"{self.six('reraise')}(ValueError, ValueError({self.text(1)}))",
                "raise ValueError('z')",
            )
        )
        return [
            f"{indent}try:",
            *self.block(depth - 1, inner),
            f"{inner}{raised}",
            f"{indent}except (ValueError, KeyError) as {name}:",
            f"{inner}out.append((type({name}).__name__, {name}.args, repr({name}.__cause__)))",
        ]


@st.composite
def programs(draw: Callable[..., object]) -> str:
    """The source of a program."""
    writer = Writer(draw)
    body = writer.block(2, "")
    future = str(writer.pick("", "from __future__ import absolute_import, division\n"))
    blank = str(writer.pick("", "\n", "\n\n"))
    imports = "".join(f"{line}\n" for line in sorted(writer.imports))
    head = "class Meta(type):\n    pass\n\n\nout = []\n"
    code = f"# -*- coding: utf-8 -*-\n{future}{imports}{blank}{head}" + "\n".join(body) + str(writer.pick("\n", ""))
    code = code.replace(INDENT, str(writer.pick(INDENT, INDENT, "\t")))
    return code.replace("\n", str(writer.pick("\n", "\r\n")))
