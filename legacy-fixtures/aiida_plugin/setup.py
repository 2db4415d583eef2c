# -*- coding: utf-8 -*-
from __future__ import absolute_import

import io
import json
import os

from setuptools import find_packages, setup

if __name__ == '__main__':
    HERE = os.path.dirname(os.path.abspath(__file__))
    with io.open(os.path.join(HERE, 'setup.json'), encoding='utf-8') as handle:
        setup(packages=find_packages(exclude=['tests', 'tests.*']), **json.load(handle))
