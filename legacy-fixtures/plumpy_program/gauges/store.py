# -*- coding: utf-8 -*-
"""Checkpoints."""
from __future__ import absolute_import

import plumpy


class Store(object):
    """Saves and loads processes.

    :param directory: where to write them; they are kept in memory if it's not given.
    """

    def __init__(self, directory=None):
        if directory is None:
            self._persister = plumpy.InMemoryPersister()
        else:
            self._persister = plumpy.PicklePersister(directory)

    @property
    def persister(self):
        return self._persister

    def save(self, process, tag=None):
        self._persister.save_checkpoint(process, tag)

    def load(self, pid, tag=None, loop=None):
        """Load a process, to go on on this loop."""
        bundle = self._persister.load_checkpoint(pid, tag)
        return bundle.unbundle(plumpy.LoadSaveContext(loop=loop))

    def tags(self, pid):
        return sorted(str(checkpoint.tag) for checkpoint in self._persister.get_process_checkpoints(pid))

    def __len__(self):
        return len(self._persister.get_checkpoints())

    def __nonzero__(self):
        return True

    __bool__ = __nonzero__

    def forget(self, pid):
        self._persister.delete_process_checkpoints(pid)
