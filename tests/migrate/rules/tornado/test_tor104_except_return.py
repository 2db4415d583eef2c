"""TOR104: handlers that let `gen.Return` through."""

from typing import Tuple

from tests.migrate.rules.tornado.tables import Left, Rewrites, cases, check_becomes, check_stays, coroutine

REWRITES: Rewrites = {
    "nothing but raise": coroutine(
        """
        try:
            raise gen.Return(1)
        except gen.Return:
            raise
        except Exception:
            raise ValueError
        """,
        """
        try:
            return 1
        except Exception:
            raise ValueError
        """,
    ),
    "in a context manager": (
        """
        import contextlib
        from tornado.gen import Return


        @contextlib.contextmanager
        def scope():
            try:
                yield
            except Return:
                # tornado's way to return
                raise
            except Exception:
                log()
            finally:
                close()
        """,
        """
        import contextlib


        @contextlib.contextmanager
        def scope():
            try:
                yield
            except Exception:
                log()
            finally:
                close()
        """,
    ),
    "what it does comes before each return": coroutine(
        """
        try:
            if a:
                raise gen.Return(self.submit())
            elif b:
                # early
                raise gen.Return(None)
            raise gen.Return
        except gen.Return:
            done()
            raise
        except KeyError:
            failed()
        finally:
            end()
        """,
        """
        try:
            if a:
                return_value = self.submit()
                done()
                return return_value
            elif b:
                # early
                done()
                return None
            done()
            return
        except KeyError:
            failed()
        finally:
            end()
        """,
    ),
}


def _left(handler: str, more: str = "    finally:\n        close()\n") -> str:
    return f"from tornado import gen\n\ndef f():\n    try:\n        g()\n{handler}{more}"


LEFT: Left = {
    "it does something else": (
        _left("    except gen.Return:\n        log()\n"),
        "it doesn't end in `raise`",
    ),
    "among others": (
        _left("    except (gen.Return, StopIteration):\n        raise\n"),
        "it catches other exceptions as well",
    ),
    "the only one": (_left("    except gen.Return:\n        raise\n", ""), "it is the only handler"),
    "in a plain function": (
        _left("    except gen.Return:\n        log()\n        raise\n"),
        "it isn't in a coroutine",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
