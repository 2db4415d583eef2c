"""TOR204: `gen.maybe_future` and `gen.convert_yielded`."""

from tests.migrate.rules.tornado.gen_tables import Case, bodies, cases, check_becomes, check_left, coroutine

REWRITES = {
    **bodies(
        {
            "yield gen.maybe_future(x())": "await aio.maybe_await(x())",
            "yield gen.maybe_future(x=x)": "await aio.maybe_await(value=x)",
            "y = gen.maybe_future(x)": "y = aio.create_task(aio.maybe_await(x))",
            "return gen.maybe_future(x)": "return aio.create_task(aio.maybe_await(x))",
            "yield gen.convert_yielded(x)": "await aio.as_awaitable(x)",
            "x.add(gen.convert_yielded(x))": "x.add(aio.create_task(aio.as_awaitable(x)))",
            "x.run_sync(lambda: gen.maybe_future(x))": "x.run_sync(lambda: aio.maybe_await(x))",
        }
    ),
    "registered for a thread's futures": (
        "from concurrent.futures import Future\nfrom tornado import gen\n\n\n@gen.convert_yielded.register(Future)\n"
        "def convert(future):\n    return future\n",
        "from concurrent.futures import Future\n\n\ndef convert(future):\n    return future\n",
    ),
}

LEFT = {
    "handed on": (coroutine("y = map(gen.maybe_future, x)"), "isn't called here"),
    "registered for a class": (
        "from tornado import gen\n\n@gen.convert_yielded.register(A)\ndef f(x):\n    return x\n",
        "tells tornado what to do with a class",
    ),
    "registered by a call": (
        "from concurrent.futures import Future\nfrom tornado import gen\n\ngen.convert_yielded.register(Future, f)\n",
        "tells tornado what to do with a class",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Case) -> None:
    check_left(*case)
