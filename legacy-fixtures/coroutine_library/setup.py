# -*- coding: utf-8 -*-
from setuptools import find_packages, setup

REQUIREMENTS = ['tornado>=4.5,<5']

setup(
    name='tideway',
    version='0.9.2',
    description='Building blocks for programs made of coroutines',
    packages=find_packages(exclude=('tests',)),
    python_requires='>=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*',
    install_requires=REQUIREMENTS,
    extras_require={
        ':python_version < "3"': ['futures'],
        'dev': ['pytest', 'mock; python_version < "3"'],
    },
)
