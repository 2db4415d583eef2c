"""TOR215 and TOR217: what only tornado's futures could do, and what asyncio's do otherwise."""

from typing import Tuple

from tests.migrate.rules.tornado.gen_tables import Case, cases, check_becomes, check_left, check_notes, findings_of


def _row(before: str, after: str) -> Case:
    head = "import sys\n{}\n\n\ndef f(p, e):\n    x = {}()\n{}\n"
    return (
        head.format("from tornado import concurrent", "concurrent.Future", before),
        head.format("from plumpy_compat import aio", "aio.create_future", after),
    )


def _statement(before: str, after: str) -> Case:
    return _row(f"    {before}", f"    {after}")


REWRITES = {
    "sys": _statement("x.set_exc_info(sys.exc_info())", "x.set_exception(sys.exc_info()[1])"),
    "tuple": _statement("x.set_exc_info((None, e, None))", "x.set_exception(e)"),
    "tuple of its parts": _statement("x.set_exc_info((type(e), e, e.__traceback__))", "x.set_exception(e)"),
    "stored": _row(
        "    i = sys.exc_info()\n    x.set_exc_info(i)", "    i = sys.exc_info()\n    x.set_exception(i[1])"
    ),
    "exception": _statement("x.set_exc_info(ValueError('x'))", "x.set_exception(ValueError('x'))"),
    "caught": _row(
        "    try:\n        p()\n    except E as e:\n        x.set_exc_info(e)",
        "    try:\n        p()\n    except E as e:\n        x.set_exception(e)",
    ),
    "parameter": _statement("p.set_exc_info(sys.exc_info())", "p.set_exception(sys.exc_info()[1])"),
    "timeout": _statement("x.result(timeout=5)", "x.result()"),
    "timeout by position": _statement("x.exception(p)", "x.exception()"),
    "_clear_tb_log": _statement("x._clear_tb_log()", "x._log_traceback = False"),
    "_clear_tb_log of a parameter": _statement("p._clear_tb_log()", "p._log_traceback = False"),
    "_tb_logger": _statement("x._tb_logger = None  # silent", "x._log_traceback = False  # silent"),
    "_tb_logger of an attribute": _statement("p.future._tb_logger = None", "p.future._log_traceback = False"),
    "_log_traceback": _statement("x._log_traceback = False", "x._log_traceback = False"),
    "both": _row(
        "    x._log_traceback = False\n    x._tb_logger = None\n    p()", "    x._log_traceback = False\n    p()"
    ),
    "both, on one line": _statement(
        "x._log_traceback = False; x._tb_logger = None; p()",
        "x._log_traceback = False; x._log_traceback = False; p()",
    ),
    "both, in two blocks": _row(
        "    x._log_traceback = False\n    if p:\n        x._tb_logger = None",
        "    x._log_traceback = False\n    if p:\n        x._log_traceback = False",
    ),
    "of two": _row(
        "    x._log_traceback = False\n    p._tb_logger = None",
        "    x._log_traceback = False\n    p._log_traceback = False",
    ),
    "what it's of is rewritten too": _statement(
        "concurrent.Future()._clear_tb_log()", "aio.create_future()._log_traceback = False"
    ),
    "on one line": _statement("p(); x._tb_logger = None", "p(); x._log_traceback = False"),
    "of a thread, perhaps": _statement("p.result(timeout=5)", "p.result(timeout=5)"),
}

LEFT: "dict[str, Tuple[str, str]]" = {
    "unknown error": (_statement("x.set_exc_info(p)", "")[0], "has no `set_exc_info`"),
    "_tb_logger, read": (_statement("return x._tb_logger", "")[0], "has no `_tb_logger`"),
    "_tb_logger, set to another": (_statement("x._tb_logger = p", "")[0], "has no `_tb_logger`"),
    "_tb_logger, one of two targets": (_statement("e.y = x._tb_logger = None", "")[0], "has no `_tb_logger`"),
    "_clear_tb_log, handed on": (_statement("p(x._clear_tb_log)", "")[0], "has no `_clear_tb_log`"),
    "_clear_tb_log in an expression": (_statement("p and x._clear_tb_log()", "")[0], "has no `_clear_tb_log`"),
    "_log_traceback = True": (_statement("x._log_traceback = True", "")[0], "takes only False"),
    "exc_info": (_statement("return x.exc_info()", "")[0], "has no `exc_info`"),
}

NOTED = {
    "cancel": (*_statement("x.cancel()", "x.cancel()"), "`cancel` did nothing"),
    "cancelled": (*_statement("return x.cancelled()", "return x.cancelled()"), "`cancelled` did nothing"),
    "set_result": (
        *_row("    x.set_result(1)\n    x.set_result(1)", "    x.set_result(1)\n    x.set_result(1)"),
        "`set_result` raises if the future was cancelled",
    ),
    "set twice": (
        *_row(*["    try:\n        x.set_result(1)\n    except TypeError:\n        pass"] * 2),
        "raises `asyncio.InvalidStateError`, not `TypeError`",
    ),
    "callback": (
        *_statement("x.add_done_callback(p)", "x.add_done_callback(p)"),
        "tornado ran the callback within `set_result`",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_left(*case)


@cases(NOTED)
def test_notes(case: Tuple[str, str, str]) -> None:
    before, after, message = case
    check_notes((before, after), message)


def test_says_nothing_where_done_is_tested() -> None:
    body = "    if not x.done():\n        x.set_result(1)"
    check_notes(_row(body, body), "set_result", 0)


def test_knows_futures_of_plumpy() -> None:
    before = "import sys\nimport plumpy\n\n\ndef f(future):\n    future.set_exc_info(sys.exc_info())\n"
    check_becomes((before, before.replace("set_exc_info(sys.exc_info())", "set_exception(sys.exc_info()[1])")))


def test_leaves_others_alone() -> None:
    source = "import sys\n\n\ndef f(record):\n    record.set_exc_info(sys.exc_info())\n"
    assert not findings_of(source)


def test_leaves_threads_alone() -> None:
    source = (
        "import concurrent.futures\nimport tornado\n\n\ndef f():\n    x = concurrent.futures.Future()\n"
        "    x.cancel()\n    x.set_result(1)\n    return x.result(timeout=5)\n"
    )
    assert not [one for one in findings_of(source) if one.rule.startswith("TOR2")]


def test_leaves_a_class_that_defines_it_alone() -> None:
    source = (
        "import sys\nimport tornado\n\n\nclass A:\n    def set_exc_info(self, info):\n        pass\n\n"
        "    def f(self):\n        self.set_exc_info(sys.exc_info())\n"
    )
    assert not [one for one in findings_of(source) if one.rule.startswith("TOR2")]


def test_leaves_alone_what_is_no_future() -> None:
    check_becomes(("import plumpy\n\n\nclass Log:\n    def f(self):\n        self._tb_logger = None\n",) * 2)
    own = "import plumpy\n\n\ndef _clear_tb_log():\n    p()\n\n\ndef f(x):\n    x._clear_tb_log()\n"
    check_becomes((own, own))
    check_becomes(("def f(x):\n    x._tb_logger = None\n",) * 2)


def test_silences_in_a_class_of_futures() -> None:
    own = (
        "import plumpy\n\n\nclass Reloaded(plumpy.SavableFuture):\n"
        "    def load_instance_state(self, saved_state, load_context):\n"
        "        super().load_instance_state(saved_state, load_context)\n{}"
    )
    before = "        self._log_traceback = False  # Python 3\n        self._tb_logger = None  # Python 2\n"
    check_becomes((own.format(before), own.format("        self._log_traceback = False  # Python 3\n")))
