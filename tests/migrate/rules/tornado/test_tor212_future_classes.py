"""TOR212: classes that derive from tornado's `Future`."""

from textwrap import indent

from tests.migrate.rules.tornado.gen_tables import Case, cases, check_left, check_notes


def _class(body: str, base: str = "concurrent.Future", header: str = "from tornado import concurrent\n") -> str:
    return f"{header}\n\nclass A({base}):\n{indent(body, '    ')}\n"


def _row(body: str) -> Case:
    return _class(body), _class(body, "asyncio.Future", "import asyncio\n")


REWRITES = {
    "nothing of its own": _row("pass"),
    "a method more": _row("def interrupt(self, reason):\n    self.set_exception(reason)"),
    "uses its result": _row("def both(self):\n    return self.result(), self.done()"),
    "its own constructor": _row(
        "def __init__(self, name):\n    '''Doc.'''\n    super().__init__()\n    self.name = name"
    ),
    "the constructor of Python 2": _row(
        "def __init__(self, name):\n    super(A, self).__init__()\n    self.name = name"
    ),
    "another class": _row("class State:\n    def result(self):\n        pass\n"),
}

LEFT = {
    "result": (_class("def result(self, timeout=None):\n    pass"), "it defines `result`"),
    "cancel": (_class("def cancel(self):\n    pass"), "it defines `cancel`"),
    "done": (_class("done = None"), "it defines `done`"),
    "_set_done": (_class("def _set_done(self):\n    pass"), "it defines `_set_done`"),
    "private state": (_class("def f(self):\n    return self._done"), "line 6 uses `_done`"),
    "what asyncio's has": (_class("def f(self, loop):\n    self._loop = loop"), "line 6 uses `_loop`"),
    "pickled": (_class("def __getstate__(self):\n    pass"), "`__getstate__` pickles or saves it"),
    "saved": (_class("def save_instance_state(self, s):\n    pass"), "`save_instance_state` pickles or saves it"),
    "other bases": (_class("pass", "concurrent.Future, Savable"), "it has other bases"),
    "decorated": (
        "from tornado import concurrent\n\n\n@auto_persist\nclass A(concurrent.Future):\n    pass\n",
        "it is decorated",
    ),
    "constructor": (_class("def __init__(self, x):\n    self.x = x"), "doesn't begin by calling that of its base"),
    "arguments": (_class("def __init__(self, x):\n    super().__init__(x)"), "doesn't begin by calling"),
    "derived": (
        _class("pass") + "\n\nclass B(A):\n    def cancel(self):\n        pass\n",
        "`snippet.B.cancel` is defined in a class that derives from it",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_notes(case, "belongs to the loop that is current")


@cases(LEFT)
def test_leaves(case: Case) -> None:
    check_left(*case)
