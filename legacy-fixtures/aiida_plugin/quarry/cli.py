# -*- coding: utf-8 -*-
"""The command line."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import argparse
import sys

import six
from six.moves import input as read_line

from . import orm
from .calculations import SumJob
from .engine import Runner
from .workflows import Halve, Sums

PROCESSES = {'sum': SumJob, 'sums': Sums, 'halve': Halve}


def parse_input(text):
    """A name and a value: an integer, a list of them with commas, or else text."""
    name, separator, value = text.partition('=')
    if not separator:
        raise argparse.ArgumentTypeError('not NAME=VALUE: {}'.format(text))
    try:
        values = [int(part) for part in value.split(',')]
    except ValueError:
        return name, value
    return name, values if ',' in value else values[0]


def make_parser():
    parser = argparse.ArgumentParser(prog='quarry')
    commands = parser.add_subparsers(dest='command')
    run = commands.add_parser('run', help='run a process')
    run.add_argument('process', choices=sorted(six.iterkeys(PROCESSES)))
    run.add_argument('inputs', nargs='*', type=parse_input, metavar='NAME=VALUE')
    run.add_argument('--ask', action='store_true', help='ask before it runs')
    return parser


def main(argv=None, stream=None):
    stream = stream or sys.stdout
    options = make_parser().parse_args(argv)
    if options.ask and not read_line('run {}? '.format(options.process)).startswith('y'):
        return 2
    if 'localhost' not in orm.DATABASE.computers:
        orm.DATABASE.add_computer(orm.Computer('localhost'))
    with Runner() as runner:
        outputs, node = runner.run_get_node(PROCESSES[options.process], **dict(options.inputs))
    for name, value in sorted(six.iteritems(outputs)):
        six.print_('{}: {}'.format(name, value), file=stream)
    print('exit status: {}'.format(node.exit_status), file=stream)
    return 0 if node.exit_status == 0 else 1
