"""Run all scenarios, or those that are named; those with RabbitMQ if its address is in SCENARIO_AMQP."""
import faulthandler
import logging
import os
import sys

import scenario_blocking
import scenario_plain  # pylint: disable=unused-import
import scenario_testing
from scenario_support import run_all


def main():
    logging.basicConfig(level=os.environ.get('SCENARIO_LOG', 'CRITICAL'))
    faulthandler.dump_traceback_later(300, exit=True)
    if os.environ.get('SCENARIO_AMQP'):
        import scenario_messages  # pylint: disable=unused-import
    scenario_testing.run_tests(sys.argv[1:])
    scenario_blocking.run_blocking(sys.argv[1:])
    run_all(sys.argv[1:])


if __name__ == '__main__':
    main()
