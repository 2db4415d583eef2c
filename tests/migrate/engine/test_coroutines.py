"""What becomes of coroutines, decided over all files of a project."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import pytest

from codemods.engine import run_source
from codemods.settings import Settings
from tests.migrate.engine.trees import after, grow, result_of, run

CLIENT = """\
from tornado import gen


class Client(object):
    @gen.coroutine
    def fetch(self):
        yield gen.moment
        raise gen.Return(1)
"""
NATIVE = """\
import asyncio


class Client:
    async def fetch(self):
        await asyncio.sleep(0)
        return 1
"""
EAGER = """\
import asyncio
from plumpy_compat import aio


class Client:
    @aio.eager_coroutine
    async def fetch(self):
        await asyncio.sleep(0)
        return 1
"""

USERS: Dict[str, str] = {
    "waits, in a file of its own": """
        from tornado import gen
        from pkg.client import Client

        @gen.coroutine
        def main():
            result = yield Client().fetch()

        loop.run_sync(main)
    """,
    "waits, through a base class": """
        from tornado import gen
        from pkg import client

        class Mine(client.Client):
            @gen.coroutine
            def main(self):
                yield self.fetch()

        loop.run_sync(Mine().main)
    """,
    "waits, whatever it is": """
        from tornado import gen

        @gen.coroutine
        def main(client):
            yield client.fetch()

        loop.run_sync(lambda: main(1))
    """,
}
OTHERS: Dict[str, str] = {
    "hands it to a class with a method of the name": """
        from tornado import gen

        class Signal:
            def add_callback(self, function):
                self.functions.append(function)

        class User:
            def __init__(self, client):
                self.signal = Signal()
                self.signal.add_callback(client.fetch)
    """,
    "hands what it gives to a class with a method of the name": """
        from tornado import gen

        class Pool:
            def create_task(self, future):
                self.futures.append(future)

        def main(client):
            Pool().create_task(client.fetch())
    """,
    "doesn't mention tornado": """
        from pkg.client import Client

        def main():
            Client().fetch()
    """,
    "hands it on": """
        def main(client, run):
            run(client.fetch)
    """,
    "stores it by another name": """
        from .client import Client as Other

        future = Other().fetch()
    """,
}

REEXPORTED: Dict[str, str] = {
    "from the package": "from pkg import Client, fetch_all\n\nx = fetch_all()\n",
    "through the package": "import pkg as p\n\nx = p.fetch_all()\n",
    "by a star": "from pkg import *\n\nx = fetch_all()\n",
    "by its name": "import pkg\n\nx = getattr(pkg, 'fetch_all')()\n",
    "in a lambda": "import pkg\n\nrun(lambda: pkg.fetch_all())\n",
}
FETCH_ALL = """\
from tornado import gen


@gen.coroutine
def fetch_all():
    raise gen.Return(1)


@gen.coroutine
def main():
    yield fetch_all()

loop.run_sync(main)
"""


@pytest.mark.parametrize("user", REEXPORTED)
def test_a_use_through_a_package_counts(tmp_path: Path, user: str) -> None:
    files = {"pkg/__init__.py": "from .all import fetch_all\n", "pkg/all.py": FETCH_ALL, "user.py": REEXPORTED[user]}
    assert "@aio.eager_coroutine\nasync def fetch_all" in after(run(grow(tmp_path, files)), "all.py")


def _tree(root: Path, user: str) -> Path:
    return grow(root, {"pkg/__init__.py": "", "pkg/client.py": CLIENT, "pkg/user.py": user})


@pytest.mark.parametrize("user", USERS)
def test_native_where_all_files_wait(tmp_path: Path, user: str) -> None:
    assert after(run(_tree(tmp_path, USERS[user])), "client.py") == NATIVE


@pytest.mark.parametrize("user", OTHERS)
def test_eager_where_one_file_does_not(tmp_path: Path, user: str) -> None:
    result = run(_tree(tmp_path, OTHERS[user]))
    assert after(result, "client.py") == EAGER
    messages = [one.message for one in result_of(result, "client.py").findings]
    assert any("becomes an eager coroutine" in one and "user.py:" in one for one in messages), messages


def test_a_base_in_another_file_follows(tmp_path: Path) -> None:
    base = "class Base:\n    def fetch(self):\n        raise NotImplementedError\n"
    user = """
        from tornado import gen
        from pkg.base import Base

        class Mine(Base):
            @gen.coroutine
            def fetch(self):
                raise gen.Return(1)

            @gen.coroutine
            def main(self):
                yield self.fetch()

        loop.run_sync(Mine().main)
    """
    grow(tmp_path, {"pkg/__init__.py": "", "pkg/base.py": base, "pkg/user.py": user})
    assert after(run(tmp_path), "base.py") == base.replace("    def", "    async def")


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    _tree(tmp_path, USERS["waits, through a base class"])
    assert [one for one in run(tmp_path, write=True).files if one.after]
    assert not [one for one in run(tmp_path).files if one.after]


def test_one_file_alone_says_little() -> None:
    source = CLIENT + "\n\n@gen.coroutine\ndef main():\n    yield Client().fetch()\n"
    result = run_source(source.encode(), "client.py", Settings())
    assert result.after is not None
    assert b"@aio.eager_coroutine\n    async def fetch" in result.after
    assert any("other files may call it" in one.message for one in result.findings)


def test_shim_keeps_tornado(tmp_path: Path) -> None:
    result = run(_tree(tmp_path, USERS["waits, through a base class"]), stage="shim")
    assert b"@gen.coroutine" in (result_of(result, "client.py").after or CLIENT.encode())


def test_eager_where_a_plain_generator_hands_it_out(tmp_path: Path) -> None:
    user = "def starts(client):\n    yield client.fetch()\n"
    assert after(run(grow(tmp_path, {"client.py": CLIENT, "user.py": user})), "client.py") == EAGER
