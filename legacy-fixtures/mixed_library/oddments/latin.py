#!/usr/bin/python
# vim: set fileencoding=latin-1 :
"""Grüße: this file isn't UTF-8."""
from __future__ import absolute_import
import six

NAMES = {u'gruss': u'Grüße', u'cafe': u'Café'}  # à la carte


def greet(name):
    # naïve
    return NAMES[u'gruss'] + u', ' + (name if isinstance(name, six.text_type) else name.decode('latin-1'))


def codes():
    """Numbers of the letters that aren't ASCII."""
    return sorted({ord(letter) for name in six.itervalues(NAMES) for letter in name if ord(letter) > 127})
