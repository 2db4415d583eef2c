"""plumpy-migrate: moves repositories that straddle Python 2 and 3 to Python 3."""

# A constant, so that ``plumpy-migrate --version`` needn't read package metadata; the build reads it from here too.
__version__ = "0.1.0.dev0"
