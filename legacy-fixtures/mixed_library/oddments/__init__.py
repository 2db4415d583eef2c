# -*- coding: utf-8 -*-
"""What was left over from other projects."""

from __future__ import absolute_import
from __future__ import division; from __future__ import print_function

from .compat import *      # noqa
from .compat import __all__ as _compat
from .tables import Table
from .text import shout

__version__ = u'2.4'
__all__ = list(_compat) + ['Table', 'shout']
