# -*- coding: utf-8 -*-
"""Indented by tabs, as its author liked it."""
from __future__ import absolute_import
import six
from six import iteritems
from tornado import gen
from tornado.gen import Return


class Tally(object):
	"""Counts things."""

	def __init__(self, counts=None):
		super(Tally, self).__init__()
		self.counts = dict(counts or {})

	def add(self, *names):
		for name in names:
			if not isinstance(name, six.string_types):
				raise TypeError(	'no name: %r' % (name,)	)
			self.counts[name] = self.counts.get(name, 0) + 1
		return self

	@gen.coroutine
	def add_later(self, future):
		try:
			names = yield future
			if isinstance(names, six.string_types):
				self.add(names)
				raise Return(1)
		finally:
			yield gen.moment	# a tab before this comment
		for name in names:
			self.add(name)
		raise Return(	len(names)	)

	def most(self):
		if self.counts:
			return max(	iteritems(self.counts), key=lambda item: (item[1], item[0])	)

	def __nonzero__(self):
		return bool(self.counts)

	__bool__ = __nonzero__
