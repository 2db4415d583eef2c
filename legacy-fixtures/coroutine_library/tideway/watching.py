# -*- coding: utf-8 -*-
"""Those who listen, and calls that nobody waits for."""
from __future__ import absolute_import

import contextlib

from tornado import gen
from tornado.concurrent import Future
from tornado.ioloop import IOLoop


class Topic(object):
    """Tells its listeners, which are plain functions or coroutines."""

    def __init__(self):
        self._listeners = []

    def listen(self, listener):
        self._listeners.append(listener)

    def publish(self, value):
        """Plain: tells all, waits for none."""
        for listener in self._listeners:
            listener(value)

    @gen.coroutine
    def publish_and_wait(self, value):
        answers = yield [gen.maybe_future(listener(value)) for listener in self._listeners]
        raise gen.Return(answers)


class Recorder(object):
    """Records what it hears, a little later."""

    def __init__(self, topic, expected):
        self.heard = []
        self.complete = Future()
        self._expected = expected
        topic.listen(self._hear)

    @gen.coroutine
    def _hear(self, value):
        yield gen.moment
        self.heard.append(value)
        if len(self.heard) == self._expected:
            self.complete.set_result(self.heard)
        raise gen.Return('heard {}'.format(value))


class Notifier(object):
    """Sends notes, and does not wait for them to arrive."""

    def __init__(self, deliver):
        self._deliver = deliver
        self.errors = []
        self.under_way = []
        self.open_requests = []

    @gen.coroutine
    def _send(self, note):
        yield gen.moment
        yield self._deliver(note)

    def notify(self, note):
        """Plain code that starts a coroutine."""
        self._send(note)

    @gen.coroutine
    def notify_all(self, notes):
        """A coroutine that starts some, and waits for the last one only."""
        for note in notes[:-1]:
            self._send(note)
        yield self._send(notes[-1])
        raise gen.Return(len(notes))

    def notify_checked(self, note):
        """Errors are kept."""
        self._send(note).add_done_callback(self._check)

    def notify_tracked(self, note):
        """It can be seen what is under way."""
        future = self._send(note)
        self.under_way.append(future)
        future.add_done_callback(self.under_way.remove)
        return len(self.under_way)

    @gen.coroutine
    def flush(self):
        """Wait for all that is under way."""
        waited = 0
        while self.under_way:
            yield self.under_way[0]
            waited += 1
            yield gen.moment
        raise gen.Return(waited > 0)

    def notify_later(self, note):
        IOLoop.current().add_callback(self._send, note)

    def notify_observed(self, note, observer):
        IOLoop.current().add_future(self._send(note), lambda future: observer(note))

    def _check(self, future):
        if future.exception() is not None:
            self.errors.append(future.exception())

    @contextlib.contextmanager
    def request(self, name):
        """Gives the future of an answer."""
        self.open_requests.append(name)
        try:
            yield self._deliver(name)
        finally:
            self.open_requests.remove(name)

    @gen.coroutine
    def ask(self, name):
        with self.request(name) as future:
            answer = yield future
            raise gen.Return((answer, list(self.open_requests)))


class Switchboard(object):
    """Handlers by name, found at run time."""

    def __init__(self):
        self._handlers = {'ping': lambda text: 'pong ' + text, 'echo': self._echo, 'later': lambda text: self._echo(text)}

    @gen.coroutine
    def _echo(self, text):
        yield gen.moment
        raise gen.Return(text)

    @gen.coroutine
    def on_shout(self, text):
        raise gen.Return((yield self._echo(text.upper())))

    def on_whisper(self, text):
        return text.lower()

    @gen.coroutine
    def dispatch(self, name, text):
        handler = self._handlers.get(name) or getattr(self, 'on_' + name, None)
        if handler is None:
            raise LookupError(name)
        answer = yield gen.maybe_future(handler(text))
        raise gen.Return(answer)
