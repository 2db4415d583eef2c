"""PY2: what else Python 2 left behind."""
