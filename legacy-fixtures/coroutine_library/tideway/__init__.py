# -*- coding: utf-8 -*-
"""Building blocks for programs made of coroutines.

A coroutine of this library is called and yielded::

    @gen.coroutine
    def copy(source, target):
        text = yield source.read()
        raise gen.Return((yield target.write(text)))
"""
from __future__ import absolute_import

from .channels import Channel, ChannelClosed
from .decorators import retried, synchronized
from .gathering import fetch_all, first
from .running import run_all, run_until_complete

__all__ = ['Channel', 'ChannelClosed', 'fetch_all', 'first', 'retried', 'run_all', 'run_until_complete', 'synchronized']
