# -*- coding: utf-8 -*-
"""The command line."""
from __future__ import absolute_import
from __future__ import print_function
from __future__ import unicode_literals

import argparse
import sys

import six

from .processes import Campaign, Measure
from .runner import Runner
from .settings import make_settings
from .stations import StationError, open_station


def make_parser():
    parser = argparse.ArgumentParser(prog='gauges', description='Read measuring stations.')
    parser.add_argument('stations', nargs='+', metavar='ADDRESS')
    parser.add_argument('-n', '--count', type=int, default=3)
    parser.add_argument('--deadline', type=float, default=None)
    return parser


def main(argv=None, stream=None):
    """Measure, and print the means."""
    stream = stream or sys.stdout
    options = make_parser().parse_args(argv)
    changes = {} if options.deadline is None else {'deadline': options.deadline}
    settings = make_settings(**changes)
    stations = [str(address) for address in options.stations]
    with Runner() as runner:
        try:
            if len(stations) == 1:
                outputs = runner.run(Measure, station=stations[0], count=options.count)
                means = {open_station(stations[0]).name: outputs['mean']}
            else:
                means = measure_all(runner, stations, options.count, settings.deadline)
        except StationError as error:
            print('gauges: {}'.format(error), file=stream)
            return 1
    for name, mean in sorted(six.iteritems(means)):
        print('{}: {:.2f} {}'.format(name, mean, settings.unit), file=stream)
    return 0


def measure_all(runner, stations, count, deadline):
    campaign = runner.submit(Campaign, stations=stations, count=count, deadline=deadline)
    outputs = runner.wait(campaign, timeout=2 * deadline)
    return outputs['means']


if __name__ == '__main__':
    sys.exit(main())
