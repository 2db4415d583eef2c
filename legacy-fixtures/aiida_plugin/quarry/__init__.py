# -*- coding: utf-8 -*-
"""Calculation jobs on other computers, and work chains of them."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

__version__ = '0.5.0'
