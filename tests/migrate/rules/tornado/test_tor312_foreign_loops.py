"""TOR312: the loops of other libraries."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import Rewrites, cases, stays

SAID: Rewrites = {
    "circus, as in aiida's daemon": (
        """
        import plumpy

        def start(config):
            from circus import get_arbiter

            arbiter = get_arbiter(**config)
            while True:
                try:
                    arbiter.start()
                except Exception:
                    arbiter.loop.run_sync(arbiter._emergency_stop)
                    raise
                finally:
                    arbiter = None
        """,
        "`arbiter.loop` comes from a library that keeps tornado",
    ),
    "zmq": (
        """
        import plumpy
        from zmq.eventloop import ioloop

        def f(g):
            loop = ioloop.IOLoop.instance()
            loop.add_callback(g)
        """,
        "`loop` comes from a library that keeps tornado",
    ),
    "one that no setting names": (
        """
        import plumpy
        from distributed import Client

        def f(g):
            client = Client()
            client.loop.add_callback(g)
        """,
        "`client.loop` comes from a library that keeps tornado",
    ),
}


@cases(SAID)
def test_leaves_alone(case: Tuple[str, str]) -> None:
    stays(*case)


def test_the_setting_says_which() -> None:
    source = "import plumpy\nimport stubborn\n\ndef f(g):\n    stubborn.loop().run_sync(g)\n"
    stays(source, "keeps tornado", foreign=("stubborn",))


def test_says_so_without_an_advice() -> None:
    from tests.migrate.rules import checks

    source = "import plumpy\nfrom circus import arbiter\n\narbiter.loop.run_sync(arbiter.stop)\n"
    found = checks.check_left(source, "keeps tornado", "TOR312")
    assert found.outcome is Outcome.NOTE
