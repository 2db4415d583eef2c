# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import kiwipy
import plumpy
import pytest

from quarry import orm
from quarry.engine import Runner, set_runner


@pytest.fixture(autouse=True)
def database():
    """An empty database for each test."""
    orm.DATABASE.clear()
    yield orm.DATABASE
    orm.DATABASE.clear()


@pytest.fixture
def computer(database):
    return database.add_computer(orm.Computer('localhost'))


@pytest.fixture
def communicator():
    return kiwipy.LocalCommunicator()


@pytest.fixture
def persister():
    return plumpy.InMemoryPersister()


@pytest.fixture
def runner(communicator, persister):
    runner = Runner(communicator=communicator, persister=persister)
    runner.loop.make_current()
    set_runner(runner)
    yield runner
    set_runner(None)
    if not runner.is_closed():
        runner.close()
