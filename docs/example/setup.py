from setuptools import setup

setup(
    name='runner',
    py_modules=['runner'],
    install_requires=['plumpy~=0.14.5', 'tornado<5.0', 'six>=1.12', 'enum34; python_version<"3.4"'],
)
