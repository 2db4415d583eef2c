# -*- coding: utf-8 -*-
# pylint: disable=unused-import,invalid-name
"""One name for what has two."""
from __future__ import absolute_import

import sys

import six
from six.moves import range, zip

try:
    from collections import OrderedDict, Mapping
except ImportError:
    from collections import OrderedDict
    from collections.abc import Mapping

try:
    import cPickle as pickle
except ImportError:
    import pickle

try:
    from itertools import izip_longest as zip_longest
except ImportError:
    try:
        from itertools import zip_longest
    except ImportError:
        zip_longest = None

if six.PY2:
    textual, binary = unicode, str  # noqa: F821
    def to_native(value):
        return value.encode('utf-8') if isinstance(value, textual) else value
else:
    textual, binary = str, bytes
    def to_native(value):
        return value.decode('utf-8') if isinstance(value, binary) else value

PY2 = sys.version_info[0] == 2

__all__ = ['Mapping', 'OrderedDict', 'binary', 'pickle', 'range', 'textual', 'to_native', 'zip', 'zip_longest']
