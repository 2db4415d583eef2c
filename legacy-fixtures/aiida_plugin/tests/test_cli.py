# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import argparse
import sys

import pytest
import six

from quarry import cli


@pytest.mark.parametrize('arguments, code, text', [
    (['sum', 'x=1', 'y=2'], 0, 'sum: 3\nexit status: 0\n'),
    (['sum', 'x=1'], 1, 'exit status: 300\n'),
    (['sums', 'numbers=1,2,3'], 0, 'rounds: 2\nsum: 6\nexit status: 0\n'),
    (['halve', 'number=-1'], 1, 'exit status: 410\n'),
])
def test_run(arguments, code, text):
    stream = six.StringIO()
    assert cli.main(['run'] + arguments, stream) == code
    assert stream.getvalue() == text


@pytest.mark.parametrize('answer, code', [('no', 2), ('yes', 0)])
def test_ask(monkeypatch, capsys, answer, code):
    monkeypatch.setattr(sys, 'stdin', six.StringIO(answer + '\n'))
    assert cli.main(['run', '--ask', 'sum', 'x=1', 'y=1']) == code
    assert capsys.readouterr()[0].startswith('run sum? ')


def test_inputs():
    assert cli.parse_input('x=1') == ('x', 1)
    assert cli.parse_input('numbers=1,2') == ('numbers', [1, 2])
    assert cli.parse_input('computer=localhost') == ('computer', 'localhost')
    with pytest.raises(argparse.ArgumentTypeError):
        cli.parse_input('x')
