"""The layers of a process, from the inside out: what it knows, its hooks, how it's run and steered.

:mod:`..processes` has the whole.
"""
