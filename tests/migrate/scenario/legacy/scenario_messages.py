"""Scenarios in which processes are launched, asked and told by messages over RabbitMQ."""
import contextlib
import os
import shutil
import tempfile
import uuid

import kiwipy
import plumpy
from kiwipy import rmq
from tornado import concurrent, gen, ioloop

import scenario_processes as processes
from scenario_support import Watcher, ended, raised, scenario, start, until


@contextlib.contextmanager
def connected():
    """A communicator on exchanges and a queue of its own."""
    name = 'scenario-{}'.format(uuid.uuid4())
    communicator = rmq.RmqThreadCommunicator.connect(
        connection_params={'url': os.environ['SCENARIO_AMQP']},
        message_exchange=name + '.messages',
        task_exchange=name + '.tasks',
        task_queue=name + '.queue',
        testing_mode=True
    )
    try:
        yield communicator
    finally:
        communicator.stop()


@contextlib.contextmanager
def worker(loop, persist=True):
    """A communicator with a launcher, and the persister of that."""
    folder = tempfile.mkdtemp()
    persister = plumpy.PicklePersister(folder) if persist else None
    try:
        with connected() as communicator:
            wrapped = plumpy.wrap_communicator(communicator, loop)
            context = plumpy.LoadSaveContext(loop=loop, communicator=wrapped)
            wrapped.add_task_subscriber(plumpy.ProcessLauncher(loop=loop, persister=persister, load_context=context))
            yield communicator, persister
    finally:
        shutil.rmtree(folder)


@gen.coroutine
def waiting_process(loop, communicator, cls=processes.Ask):
    """A process that listens to the communicator, and waits."""
    process = cls(loop=loop, communicator=plumpy.wrap_communicator(communicator, loop))
    start(process)
    yield until(lambda: process.state == plumpy.ProcessState.WAITING)
    raise gen.Return(process)


@gen.coroutine
def settled(future):
    """Wait for a reply, and for that if it is a future again."""
    result = yield future
    while concurrent.is_future(result):
        result = yield result
    raise gen.Return(result)


# -- the thread controller -----------------------------------------------------------------------------


@scenario
@gen.coroutine
def a_process_is_asked_for_its_status(loop):
    with connected() as communicator:
        controller = plumpy.RemoteProcessThreadController(communicator)
        process = start(processes.Ask(loop=loop, communicator=communicator))
        yield until(lambda: process.state == plumpy.ProcessState.WAITING)
        status = yield settled(controller.get_status(process.pid))
        process.kill()
        yield ended(process)
        raise gen.Return([status['paused'], status['ctime'] == process.creation_time, 'process_string' in status])


@scenario
@gen.coroutine
def a_process_is_paused_and_played_by_messages(loop):
    with connected() as communicator:
        controller = plumpy.RemoteProcessThreadController(communicator)
        process = yield waiting_process(loop, communicator)
        pausing = yield controller.pause_process(process.pid, msg='told to')
        paused = yield pausing
        seen = [paused, process.paused, process.status]
        playing = yield controller.play_process(process.pid)
        played = yield playing
        seen += [played, process.paused, process.status]
        process.resume('thanks')
        raise gen.Return([seen, (yield ended(process))])


@scenario
@gen.coroutine
def a_process_is_killed_by_a_message(loop):
    with connected() as communicator:
        controller = plumpy.RemoteProcessThreadController(communicator)
        process = yield waiting_process(loop, communicator)
        killing = yield controller.kill_process(process.pid, msg='bang')
        killed = yield killing
        raise gen.Return([killed, (yield ended(process)), str(process.killed_msg())])


@scenario
@gen.coroutine
def nobody_answers(loop):
    with connected() as communicator:
        controller = plumpy.RemoteProcessThreadController(communicator)
        outcomes = []
        for ask in (controller.get_status, controller.kill_process):
            try:
                yield ask('nobody')
            except kiwipy.UnroutableError as exception:
                outcomes.append(type(exception).__name__)
        raise gen.Return(outcomes)


@scenario
@gen.coroutine
def all_are_told(loop):
    with connected() as communicator:
        controller = plumpy.RemoteProcessThreadController(communicator)
        several = yield [waiting_process(loop, communicator) for _ in range(4)]
        controller.pause_all('a break')
        yield until(lambda: all(process.paused for process in several))
        seen = [sorted(process.status for process in several)]
        controller.play_all()
        yield until(lambda: not any(process.paused for process in several))
        seen.append([process.status for process in several])
        controller.kill_all('time to go')
        outcomes = yield [ended(process) for process in several]
        seen.append([str(process.killed_msg()) for process in several])
        raise gen.Return([seen, outcomes])


@scenario
@gen.coroutine
def processes_are_launched(loop):
    with worker(loop) as (communicator, _persister):
        controller = plumpy.RemoteProcessThreadController(communicator)
        launching = yield controller.launch_process(processes.Add, init_kwargs={'inputs': {'a': 1, 'b': 2}})
        outputs = yield launching
        launching = yield controller.launch_process(
            processes.Steps, init_kwargs={'pid': 'steps'}, nowait=True, persist=True
        )
        pid = yield launching
        nothing = controller.launch_process(processes.Steps, no_reply=True)
        raise gen.Return([outputs, pid, nothing])


@scenario
@gen.coroutine
def a_launch_fails(loop):
    with worker(loop) as (communicator, _persister):
        controller = plumpy.RemoteProcessThreadController(communicator)
        outcomes = []
        for cls, arguments, text in [(processes.Fail, {}, 'lost'), (processes.Add, {'inputs': {'a': 'one'}}, 'right type')]:
            launching = yield controller.launch_process(cls, init_kwargs=arguments)
            try:
                yield launching
            except kiwipy.RemoteException as exception:
                outcomes.append([type(exception).__name__, text in str(exception)])
        raise gen.Return(outcomes)


@scenario
@gen.coroutine
def a_checkpoint_is_continued(loop):
    with worker(loop) as (communicator, persister):
        process = processes.Counts(pid='counting', inputs={'upto': 2})
        for _ in range(3):
            yield process.step()
        persister.save_checkpoint(process)
        persister.save_checkpoint(processes.Steps(pid='counting'), tag='other')
        controller = plumpy.RemoteProcessThreadController(communicator)
        continuing = yield controller.continue_process('counting')
        first = yield continuing
        continuing = yield controller.continue_process('counting', tag='other', nowait=True)
        second = yield continuing
        continuing = yield controller.continue_process('nowhere')
        try:
            yield continuing
        except kiwipy.RemoteException as exception:
            raise gen.Return([first, second, type(exception).__name__])


@scenario
@gen.coroutine
def nobody_takes_the_task(loop):
    with worker(loop, persist=False) as (communicator, _persister):
        controller = plumpy.RemoteProcessThreadController(communicator)
        taken = []
        wrapped = plumpy.wrap_communicator(communicator, loop)

        @gen.coroutine
        def take(_communicator, task):
            yield gen.moment
            taken.append(task['task'])
            raise gen.Return('taken by another one')

        wrapped.add_task_subscriber(take)
        launching = yield controller.launch_process(processes.Add, persist=True)
        answer = yield settled(launching)
        raise gen.Return([taken, answer])


# -- the coroutine controller --------------------------------------------------------------------------


@scenario
@gen.coroutine
def coroutines_control_processes(loop):
    with connected() as communicator:
        controller = plumpy.RemoteProcessController(communicator)
        process = start(processes.Ask(loop=loop, communicator=communicator))
        yield until(lambda: process.state == plumpy.ProcessState.WAITING)
        status = yield settled(controller.get_status(process.pid))
        seen = [status['paused']]
        paused = yield controller.pause_process(process.pid, msg='wait')
        seen += [paused, process.status]
        played = yield controller.play_process(process.pid)
        seen += [played, process.status]
        killed = yield controller.kill_process(process.pid, msg='over')
        raise gen.Return([seen, killed, (yield ended(process)), str(process.killed_msg())])


@scenario
@gen.coroutine
def coroutines_launch_processes(loop):
    with worker(loop) as (communicator, persister):
        controller = plumpy.RemoteProcessController(communicator)
        outputs = yield controller.launch_process(processes.Add, init_kwargs={'inputs': {'a': 7}})
        pid = yield controller.launch_process(processes.Ask, init_kwargs={'pid': 'ask'}, persist=True, nowait=True)
        saved = len(persister.get_process_checkpoints('ask'))
        executed = yield controller.execute_process(processes.Outline, init_kwargs={'inputs': {'rounds': 1}})
        process = processes.Counts(pid='counting')
        persister.save_checkpoint(process)
        continued = yield controller.continue_process('counting')
        try:
            yield controller.launch_process(processes.Fail)
        except kiwipy.RemoteException as exception:
            raise gen.Return([outputs, pid, saved, executed, continued, 'lost' in str(exception)])


# -- messages of one's own -----------------------------------------------------------------------------


@scenario
@gen.coroutine
def changes_of_state_are_broadcast(loop):
    with connected() as communicator:
        heard = []

        def hear(_communicator, body, sender, subject, correlation_id):
            heard.append([sender, subject])

        communicator.add_broadcast_subscriber(kiwipy.BroadcastFilter(hear, subject='state_changed.*'))
        process = processes.Ask(pid='told', loop=loop, communicator=communicator)
        start(process)
        yield until(lambda: process.state == plumpy.ProcessState.WAITING)
        process.resume('this')
        outcome = yield ended(process)
        yield until(lambda: len(heard) >= 5)
        raise gen.Return([outcome, heard])


@scenario
@gen.coroutine
def subscribers_run_on_the_loop(loop):
    with connected() as communicator:
        wrapped = plumpy.wrap_communicator(communicator, loop)
        again = plumpy.wrap_communicator(wrapped, loop) is wrapped

        @gen.coroutine
        def slow(_communicator, message):
            here = ioloop.IOLoop.current() is loop
            yield gen.sleep(0.005)
            if message == 'fail':
                raise ValueError('as you wish')
            raise gen.Return([message, here])

        name = wrapped.add_rpc_subscriber(slow, identifier='slow')
        answers = [(yield settled(communicator.rpc_send('slow', 'hello')))]
        try:
            yield settled(communicator.rpc_send('slow', 'fail'))
        except kiwipy.RemoteException as exception:
            answers.append('as you wish' in str(exception))
        wrapped.remove_rpc_subscriber(name)
        try:
            yield settled(communicator.rpc_send('slow', 'gone'))
        except kiwipy.UnroutableError:
            answers.append('unroutable')
        raise gen.Return([again, name, answers, wrapped.loop() is loop])


@scenario
@gen.coroutine
def broadcasts_run_on_the_loop(loop):
    with connected() as communicator:
        wrapped = plumpy.wrap_communicator(communicator, loop)
        heard = []
        enough = plumpy.Future()

        @gen.coroutine
        def hear(_communicator, body, sender, subject, correlation_id):
            yield gen.moment
            heard.append([body, sender, subject, correlation_id, ioloop.IOLoop.current() is loop])
            if len(heard) == 2:
                enough.set_result(True)

        wrapped.add_broadcast_subscriber(hear, identifier='hearer')
        wrapped.broadcast_send('first', sender='me', subject='news', correlation_id='1')
        wrapped.broadcast_send('second')
        yield enough
        wrapped.remove_broadcast_subscriber('hearer')
        raise gen.Return(heard)


@scenario
@gen.coroutine
def a_subscriber_leaves(loop):
    with connected() as communicator:
        taken = []

        def take(_communicator, task):
            taken.append(task)
            return 'taken'

        communicator.add_task_subscriber(take)
        answers = [(yield settled(communicator.task_send('one')))]
        communicator.remove_task_subscriber(take)
        communicator.add_task_subscriber(lambda _communicator, task: task + ' by another')
        answers.append((yield settled(communicator.task_send('two'))))
        raise gen.Return([answers, taken])


@scenario
@gen.coroutine
def futures_are_passed_to_threads(loop):
    passed, failed = plumpy.Future(), plumpy.Future()
    nested = plumpy.Future()
    outer, inner = plumpy.plum_to_kiwi_future(passed), plumpy.plum_to_kiwi_future(failed)
    loop.add_callback(passed.set_result, nested)
    loop.add_callback(nested.set_result, 'from within')
    loop.add_callback(failed.set_exception, ValueError('passed on'))
    result = yield settled(outer)
    try:
        yield inner
    except ValueError as exception:
        raise gen.Return([isinstance(outer, kiwipy.Future), result, str(exception)])


@scenario
@gen.coroutine
def a_process_is_told_over_and_over(loop):
    with connected() as communicator:
        controller = plumpy.RemoteProcessController(communicator)
        process = yield waiting_process(loop, communicator)
        watcher = Watcher(process)
        for _ in range(5):
            yield controller.pause_process(process.pid)
            yield controller.play_process(process.pid)
        process.resume()
        outcome = yield ended(process)
        raise gen.Return([outcome, [event[0] for event in watcher.seen], raised(process.kill)])
