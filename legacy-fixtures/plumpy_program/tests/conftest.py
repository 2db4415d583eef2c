# -*- coding: utf-8 -*-
from __future__ import absolute_import

import pytest

from gauges import stations


@pytest.fixture(autouse=True)
def forget_stations():
    """No test sees a station of another one."""
    yield
    stations.forget_stations()
