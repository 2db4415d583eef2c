# -*- coding: utf-8 -*-
"""What can be set, for all of the program."""
from __future__ import absolute_import
from __future__ import print_function

import io
import json

import six

try:
    from plumpy.utils import SimpleNamespace
except ImportError:  # gone in plumpy 0.15
    from types import SimpleNamespace

try:
    from collections.abc import Mapping
except ImportError:
    from collections import Mapping

DEFAULTS = SimpleNamespace(poll_interval=0.002, deadline=5.0, unit=u'm')


def make_settings(**changes):
    """The defaults with some changes.

    :raises ValueError: for a name that isn't a setting.
    """
    values = dict(vars(DEFAULTS))
    for name, value in six.iteritems(changes):
        if name not in values:
            raise ValueError("there is no setting '{}'".format(name))
        values[name] = value
    return SimpleNamespace(**values)


def read_settings(path):
    """Settings from a JSON file."""
    with io.open(path, encoding='utf-8') as handle:
        content = json.load(handle)
    if not isinstance(content, Mapping):
        raise ValueError('not a mapping: {}'.format(path))
    return make_settings(**{str(name): value for name, value in six.iteritems(content)})
