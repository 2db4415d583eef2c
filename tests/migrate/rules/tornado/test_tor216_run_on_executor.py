"""TOR216: `run_on_executor`."""

from textwrap import indent

from tests.migrate.rules.tornado.gen_tables import Case, cases, check_becomes, check_left


def _class(method: str, imports: str = "from tornado.concurrent import run_on_executor\n") -> str:
    return f"{imports}\n\nclass A:\n{indent(method, '    ')}\n"


def _row(before: str, after: str, left: str = "import os\n") -> Case:
    return _class(before, f"{left}from tornado.concurrent import run_on_executor\n"), _class(after, left)


REWRITES = {
    "plain": _row(
        "@run_on_executor\ndef f(self, x, *y, **z):\n    return x  # why",
        "def f(self, x, *y, **z):\n    def run():\n        return x  # why\n\n    return self.executor.submit(run)",
    ),
    "another attribute": _row(
        "@run_on_executor(executor='_pool', io_loop='_loop')\ndef f(this):\n    x = 1\n    return x",
        "def f(this):\n    def run():\n        x = 1\n        return x\n\n    return this._pool.submit(run)",
    ),
    "empty arguments": _row(
        "@run_on_executor()\ndef f(self): return 1",
        "def f(self):\n    def run():\n        return 1\n\n    return self.executor.submit(run)",
    ),
    "docstring": _row(
        '@run_on_executor\ndef f(self):\n    """Doc."""\n    # why\n    return 1',
        'def f(self):\n    """Doc."""\n\n    def run():\n        # why\n        return 1\n\n'
        "    return self.executor.submit(run)",
    ),
    "another decorator": _row(
        "@other\n@run_on_executor  # why\ndef f(self):\n    return 1",
        "@other\n# why\ndef f(self):\n    def run():\n        return 1\n\n    return self.executor.submit(run)",
    ),
}

SHALLOW = (
    "from tornado.concurrent import run_on_executor\n\n\nif 1:\n  class A:\n    @run_on_executor\n"
    "    def f(self):\n      return 1\n",
    "if 1:\n  class A:\n    def f(self):\n      def run():\n        return 1\n\n"
    "      return self.executor.submit(run)\n",
)

LEFT = {
    "sets a parameter": (_class("@run_on_executor\ndef f(self, x):\n    x += 1"), "it sets its parameter `x`"),
    "super": (_class("@run_on_executor\ndef f(self):\n    super().f()"), "it calls `super()`"),
    "locals": (_class("@run_on_executor\ndef f(self):\n    return locals()"), "it calls `locals()`"),
    "generator": (_class("@run_on_executor\ndef f(self):\n    yield 1"), "it yields"),
    "name taken": (_class("@run_on_executor\ndef f(self):\n    run()"), "`run` is taken"),
    "not nearest": (_class("@run_on_executor\n@other\ndef f(self):\n    pass"), "right below it"),
    "arguments": (_class("@run_on_executor(executor=x)\ndef f(self):\n    pass"), "its arguments aren't plain"),
    "called": ("from tornado.concurrent import run_on_executor\n\nf = run_on_executor(g)\n", "as a decorator"),
    "callback": (
        _class("@run_on_executor\ndef f(self):\n    pass\n\ndef g(self):\n    self.f(callback=print)"),
        "it's called with a callback",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_becomes(case)


def test_indents_as_the_file_does() -> None:
    check_becomes(SHALLOW)


@cases(LEFT)
def test_leaves(case: Case) -> None:
    check_left(*case)
