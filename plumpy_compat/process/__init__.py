"""The layers of a process, from the inside out: what it knows, its hooks, how it's steered; :mod:`..processes` is all."""
