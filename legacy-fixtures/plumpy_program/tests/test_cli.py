# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import unicode_literals

import io
import json

import pytest
import six

from gauges import cli, settings


def test_one_station():
    stream = six.StringIO()
    assert cli.main(['sim://harbour?level=1,2,6'], stream) == 0
    assert stream.getvalue() == 'harbour: 3.00 m\n'


def test_several_stations():
    stream = six.StringIO()
    assert cli.main(['sim://harbour?level=1,2', 'sim://lock?level=4', '-n', '2', '--deadline', '3'], stream) == 0
    assert stream.getvalue() == 'harbour: 1.50 m\nlock: 4.00 m\n'


def test_a_station_that_fails():
    stream = six.StringIO()
    assert cli.main(['sim://harbour?salt=1'], stream) == 1
    assert 'harbour has no level' in stream.getvalue()


def test_settings(tmpdir):
    path = str(tmpdir.join('settings.json'))
    with io.open(path, 'w', encoding='utf-8') as handle:
        handle.write(six.text_type(json.dumps({'unit': 'ft'})))
    changed = settings.read_settings(path)
    assert (changed.unit, changed.deadline) == ('ft', 5.0)
    assert changed == settings.make_settings(unit='ft')
    assert changed != settings.DEFAULTS


def test_a_setting_that_does_not_exist():
    with pytest.raises(ValueError):
        settings.make_settings(colour='red')
