# -*- coding: utf-8 -*-
"""Runs processes."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

from .calcjobs import CalcJob
from .daemon import Daemon, submit_to_daemon
from .runners import Runner, get_runner, set_runner
from .workchains import ToContext, WorkChain, if_, return_, while_

__all__ = (
    'CalcJob', 'Daemon', 'Runner', 'ToContext', 'WorkChain', 'get_runner', 'if_', 'return_', 'set_runner',
    'submit_to_daemon', 'while_'
)
