# -*- coding: utf-8 -*-
from __future__ import absolute_import

from setuptools import find_packages, setup

setup(
    name='jobrunner',
    version='1.3.0',
    description='Runs small jobs in the background of a tornado application',
    packages=find_packages(exclude=['tests']),
    python_requires='>=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*',
    install_requires=[
        'tornado>=4.5,<5',
        'six',
        'futures>=3.1; python_version<"3"',
    ],
    extras_require={
        'testing': ['pytest<5'],
    },
    entry_points={
        'console_scripts': ['jobrunner=jobrunner.cli:main'],
    },
    classifiers=[
        'Programming Language :: Python :: 2.7',
        'Programming Language :: Python :: 3.7',
    ],
)
