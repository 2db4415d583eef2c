"""The API of plumpy 0.14 and 0.15 on the engine of `plumpy_compat`."""
