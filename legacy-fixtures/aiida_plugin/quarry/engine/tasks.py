# -*- coding: utf-8 -*-
"""The tasks of a calculation job that need a transport, and the state in which it waits for them."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import functools
import logging
import sys

import plumpy
import six
from plumpy import ProcessState
from tornado.gen import Return, coroutine

from ..common import CalcState, JobState, TransportTaskError
from .utils import interruptable_task, retry_with_backoff

UPLOAD_COMMAND = 'upload'
SUBMIT_COMMAND = 'submit'
UPDATE_COMMAND = 'update'
RETRIEVE_COMMAND = 'retrieve'

RETRY_INTERVAL = 0.001
MAX_ATTEMPTS = 3

LOGGER = logging.getLogger(__name__)


@coroutine
def task_upload(process, transport_queue, cancellable):
    """Write the input files."""
    node = process.node
    if node.state == CalcState.SUBMITTING:
        LOGGER.warning('%r is uploaded', node)
        raise Return(True)

    @coroutine
    def do_upload():
        with transport_queue.request_transport(process.computer) as request:
            transport = yield cancellable.with_interrupt(request)
            files = process.prepare()
            for name, content in six.iteritems(files):
                transport.put('{}/{}'.format(node.folder, name), content)
            raise Return(len(files))

    try:
        result = yield retry_with_backoff(
            do_upload, RETRY_INTERVAL, MAX_ATTEMPTS, ignore_exceptions=(plumpy.CancelledError, plumpy.Interruption))
    except (plumpy.CancelledError, plumpy.Interruption):
        raise
    except Exception:
        raise TransportTaskError('upload has failed {} times'.format(MAX_ATTEMPTS))
    else:
        node.set_state(CalcState.SUBMITTING)
        raise Return(result)


@coroutine
def task_submit(process, transport_queue, cancellable):
    """Submit the job, and tell its id."""
    node = process.node
    if node.job_id is not None:
        LOGGER.warning('%r is submitted', node)
        raise Return(node.job_id)

    @coroutine
    def do_submit():
        with transport_queue.request_transport(process.computer) as request:
            transport = yield cancellable.with_interrupt(request)
            raise Return(process.computer.scheduler.submit(transport, node.folder))

    try:
        job_id = yield retry_with_backoff(
            do_submit, RETRY_INTERVAL, MAX_ATTEMPTS, ignore_exceptions=plumpy.Interruption)
    except plumpy.Interruption:
        raise
    except Exception:
        raise TransportTaskError('submit has failed {} times'.format(MAX_ATTEMPTS))
    else:
        node.job_id = job_id
        node.set_state(CalcState.WITHSCHEDULER)
        raise Return(job_id)


@coroutine
def task_update(process, job_manager, cancellable):
    """Ask how the job is, and tell whether it's done."""
    node = process.node

    @coroutine
    def do_update():
        with job_manager.request_job_update(process.computer, node.job_id) as request:
            state = yield cancellable.with_interrupt(request)
        # A scheduler forgets jobs that are done.
        node.scheduler_state = JobState.DONE if state is None else state
        raise Return(node.scheduler_state == JobState.DONE)

    try:
        done = yield retry_with_backoff(
            do_update, RETRY_INTERVAL, MAX_ATTEMPTS, logger=node.logger, ignore_exceptions=plumpy.Interruption)
    except plumpy.Interruption:
        raise
    except Exception:
        raise TransportTaskError('update has failed {} times'.format(MAX_ATTEMPTS))
    else:
        if done:
            node.set_state(CalcState.RETRIEVING)
        raise Return(done)


@coroutine
def task_retrieve(process, transport_queue, cancellable):
    """Read the output files."""
    node = process.node

    @coroutine
    def do_retrieve():
        with transport_queue.request_transport(process.computer) as request:
            transport = yield cancellable.with_interrupt(request)
            files = {}
            for name in process.retrieve_list:
                path = '{}/{}'.format(node.folder, name)
                if path in process.computer.files:
                    files[name] = transport.get(path)
            raise Return(files)

    try:
        files = yield retry_with_backoff(
            do_retrieve, RETRY_INTERVAL, MAX_ATTEMPTS, ignore_exceptions=plumpy.Interruption)
    except plumpy.Interruption:
        raise
    except Exception:
        raise TransportTaskError('retrieve has failed {} times'.format(MAX_ATTEMPTS))
    else:
        node.set_state(CalcState.PARSING)
        raise Return(files)


@coroutine
def task_kill(process, transport_queue, cancellable):
    """Kill the job, if there is one."""
    node = process.node
    if node.job_id is None:
        raise Return(True)

    with transport_queue.request_transport(process.computer) as request:
        yield cancellable.with_interrupt(request)
        raise Return(process.computer.scheduler.kill(node.job_id))


class Waiting(plumpy.Waiting):
    """The state in which a calculation job waits for a task."""

    def __init__(self, process, done_callback, msg=None, data=None):
        super(Waiting, self).__init__(process, done_callback, msg, data)
        self._task = None
        self._killing = None
        self._reason = None

    def load_instance_state(self, saved_state, load_context):
        super(Waiting, self).load_instance_state(saved_state, load_context)
        self._task = None
        self._killing = None
        self._reason = None

    @coroutine
    def execute(self):
        node = self.process.node
        runner = self.process.runner
        command = self.data
        node.set_process_status('{} is under way'.format(command))

        try:
            if command == UPLOAD_COMMAND:
                yield self._launch_task(task_upload, runner.transport)
                raise Return(self.wait_for(SUBMIT_COMMAND))

            elif command == SUBMIT_COMMAND:
                yield self._launch_task(task_submit, runner.transport)
                raise Return(self.wait_for(UPDATE_COMMAND))

            elif command == UPDATE_COMMAND:
                done = False
                while not done:
                    done = yield self._launch_task(task_update, runner.job_manager)
                    node.set_process_status('the job is {}'.format(node.scheduler_state.value))
                raise Return(self.wait_for(RETRIEVE_COMMAND))

            elif command == RETRIEVE_COMMAND:
                files = yield self._launch_task(task_retrieve, runner.transport)
                raise Return(self.create_state(ProcessState.RUNNING, self.process.parse, files))

            else:
                raise RuntimeError('unknown command {}'.format(command))

        except TransportTaskError as exception:
            raise plumpy.PauseInterruption('Paused: {}'.format(exception))
        except plumpy.KillInterruption:
            exc_info = sys.exc_info()
            yield self._launch_task(task_kill, runner.transport)
            self._killing.set_result(True)
            six.reraise(*exc_info)
        except Return:
            node.set_process_status(None)
            raise
        except (plumpy.Interruption, plumpy.CancelledError):
            node.set_process_status('{} was interrupted'.format(command))
            raise
        finally:
            # Nobody else answers who asked for a kill that didn't happen.
            if self._killing and not self._killing.done():
                self._killing.set_result(False)

    @coroutine
    def _launch_task(self, coro, queue):
        reason, self._reason = self._reason, None
        if reason is not None:
            raise reason
        task = functools.partial(coro, self.process, queue)
        try:
            self._task = interruptable_task(task, self.process.loop())
            result = yield self._task
            raise Return(result)
        finally:
            self._task = None

    def wait_for(self, command):
        return self.create_state(ProcessState.WAITING, None, msg='Waiting for {}'.format(command), data=command)

    def interrupt(self, reason):
        """Interrupt the task, or the next one if there is none at the moment."""
        if self._task is not None and not self._task.done():
            self._task.interrupt(reason)
        else:
            self._reason = reason

        if isinstance(reason, plumpy.KillInterruption):
            if self._killing is None:
                self._killing = plumpy.Future()
            return self._killing
