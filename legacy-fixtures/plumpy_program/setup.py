# -*- coding: utf-8 -*-
from __future__ import absolute_import

from setuptools import find_packages, setup

setup(
    name='gauges',
    version='0.3.1',
    description='Reads measuring stations, with processes that can be paused, killed and continued',
    license='MIT',
    classifiers=[
        'Programming Language :: Python :: 2.7',
        'Programming Language :: Python :: 3.5',
        'Programming Language :: Python :: 3.6',
        'Programming Language :: Python :: 3.7',
    ],
    python_requires='>=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*',
    packages=find_packages(exclude=['tests']),
    install_requires=[
        'plumpy>=0.14.5,<0.16',
        'tornado>=4.5.3,<5.0',
        'six>=1.12',
        'futures; python_version<"3.0"',
    ],
    extras_require={
        'dev': ['pytest>=4.6,<8.2'],
    },
    entry_points={
        'console_scripts': ['gauges = gauges.cli:main'],
    },
)
