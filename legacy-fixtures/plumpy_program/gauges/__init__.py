# -*- coding: utf-8 -*-
"""Reads measuring stations."""
from __future__ import absolute_import

from .processes import AwaitLevel, Campaign, Calibrate, Measure
from .runner import Runner
from .stations import Station, StationError, open_station

__version__ = '0.3.1'

__all__ = ('AwaitLevel', 'Calibrate', 'Campaign', 'Measure', 'Runner', 'Station', 'StationError', 'open_station')
