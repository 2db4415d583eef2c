"""SIX: every name of six, and the branches that six-era code has for Python 2."""
