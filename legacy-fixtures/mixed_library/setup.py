#!/usr/bin/env python
# -*- coding: utf-8 -*-
from __future__ import absolute_import, print_function
import io
import os, sys

from setuptools import find_packages, setup

here = os.path.dirname(os.path.abspath(__file__))
with io.open(os.path.join(here, 'README.rst'), encoding='utf-8') as stream:
    LONG = stream.read()

REQUIRES = ['six>=1.10']
if sys.version_info[0] < 3:
    REQUIRES += ['enum34>=1.1', 'futures']

setup(
    name="oddments",
    version="2.4",
    description="What was left over from other projects",
    long_description=LONG,
    packages=find_packages(exclude=["tests"]),
    install_requires=REQUIRES,
    extras_require={"async": ["tornado>=4.5,<5"]},
    python_requires=">=2.7",
    classifiers=[
        "Programming Language :: Python :: 2",
        "Programming Language :: Python :: 2.7",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.7",
    ],
)
