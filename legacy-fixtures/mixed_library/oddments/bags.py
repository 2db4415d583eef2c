# -*- coding: utf-8 -*-
"""Options in bags."""
from __future__ import absolute_import

import argparse

import six


class Options(object):
    """What was asked for."""


class Bag(object):
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)

    def __repr__(self):
        return 'Bag'


class Color(object):
    RED = 1
    BLUE = 2


def parse(words):
    """Options from words like a=1."""
    class Parsed(object):
        pass

    parsed = Parsed()
    parsed.rest = []
    parsed.color = Color.RED
    for word in words:
        if '=' in word:
            name, value = word.split('=', 1)
            setattr(parsed, name, value)
        else:
            parsed.rest.append(word)
    return parsed


def defaults():
    options = Options()
    options.verbose = False
    options.name = u'nobody'
    return options


def by_hand():
    namespace = argparse.Namespace()
    namespace.level = 3
    namespace.names = sorted(six.iterkeys({u'b': 1, u'a': 2}))
    return namespace


def merged(left, right):
    bag = Bag(**vars(left))
    for name, value in six.iteritems(vars(right)):
        setattr(bag, name, value)
    return bag
