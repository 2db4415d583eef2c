"""Scenarios without a communicator."""
import datetime
import functools
import pickle
import shutil
import tempfile

import plumpy
from tornado import gen, ioloop

import scenario_processes as processes
from scenario_support import Watcher, ended, raised, scenario, start, until

# -- running ---------------------------------------------------------------------------------------


@scenario
def loop_of_a_process(loop):
    process = processes.Add(inputs={'a': 1})
    other = processes.Add(inputs={'a': 1}, loop=loop)
    return [process.loop() is loop, other.loop() is ioloop.IOLoop.current(), plumpy.get_event_loop() is loop]


@scenario
@gen.coroutine
def runs_to_its_end(loop):
    process = processes.Add(inputs={'a': 1, 'b': 2}, pid='sum', loop=loop)
    before = [process.state.value, process.has_terminated(), dict(process.outputs)]
    yield process.step_until_terminated()
    result = yield process.future()
    raise gen.Return([
        before, process.pid, process.state.value, process.has_terminated(), process.done(), process.is_successful,
        process.successful(), process.result(), result, process.outputs
    ])


@scenario
@gen.coroutine
def steps_one_by_one(loop):
    process = processes.Steps()
    trace = [process.state.value]
    while not process.has_terminated():
        yield process.step()
        trace.append([process.state.value, sorted(process.outputs)])
    raise gen.Return([trace, process.result(), process.outputs])


@scenario
@gen.coroutine
def waits_and_is_resumed(loop):
    process = processes.Ask()
    watcher = Watcher(process)
    waiting = watcher.when('waiting')
    start(process)
    yield waiting
    states = [process.state.value]
    process.resume('42')
    outputs = yield process.future()
    raise gen.Return([states, outputs, process.result()])


@scenario
@gen.coroutine
def is_resumed_with_nothing(loop):
    process = processes.Ask()
    waiting = Watcher(process).when('waiting')
    start(process)
    yield waiting
    loop.add_callback(process.resume)
    raise gen.Return([(yield ended(process)), process.result()])


@scenario
@gen.coroutine
def fails(loop):
    process = processes.Fail()
    start(process)
    outcome = yield ended(process)
    raise gen.Return([
        outcome, process.state.value, raised(process.result), str(process.exception()), process.is_successful
    ])


@scenario
@gen.coroutine
def fails_after_waiting(loop):
    process = processes.FailLater()
    waiting = Watcher(process).when('waiting')
    start(process)
    yield waiting
    process.resume('this')
    raise gen.Return([(yield ended(process)), process.state.value])


@scenario
@gen.coroutine
def ends_without_success(loop):
    process = start(processes.Unsuccessful())
    outcome = yield ended(process)
    raise gen.Return([outcome, process.state.value, process.successful(), process.result()])


@scenario
@gen.coroutine
def many_at_once(loop):
    several = [start(processes.Add(inputs={'a': number})) for number in range(10)]
    results = yield plumpy.gather(*[process.future() for process in several])
    same = yield [process.future() for process in several]
    by_name = yield {'first': several[0].future(), 'last': several[-1].future()}
    raise gen.Return([[result['sum'] for result in results], same == results, by_name])


@scenario
@gen.coroutine
def the_first_failure_of_many(loop):
    several = [processes.Add(inputs={'a': 1}), processes.Fail(), processes.Ask()]
    several[2].kill()
    for process in several[:2]:
        start(process)
    try:
        yield [process.future() for process in several]
    except Exception as exception:  # pylint: disable=broad-except
        raise gen.Return([type(exception).__name__, [process.state.value for process in several]])


@scenario
@gen.coroutine
def a_failure_among_many(loop):
    several = [start(processes.Add(inputs={'a': 1})), start(processes.Fail())]
    try:
        yield plumpy.gather(*[process.future() for process in several])
    except KeyError as exception:
        raise gen.Return([str(exception), (yield ended(several[0]))])


@scenario
def knows_itself_while_it_runs(loop):
    process = processes.Whoami()
    loop.add_callback(process.step_until_terminated)
    return after(process, lambda: [process.result(), plumpy.Process.current()])


@gen.coroutine
def after(process, function):
    yield process.future()
    raise gen.Return(function())


@scenario
@gen.coroutine
def resumes_itself_later(loop):
    process = start(processes.Later())
    yield process.future()
    raise gen.Return(process.result())


@scenario
@gen.coroutine
def has_a_coroutine_of_its_own(loop):
    process = start(processes.Ticking())
    yield process.future()
    raise gen.Return(process.result())


@scenario
@gen.coroutine
def its_callback_fails(loop):
    outcomes = []
    for cls in (processes.CallbackFails, processes.CoroutineFails):
        process = start(cls())
        outcome = yield ended(process)
        outcomes.append([outcome, process.state.value])
    raise gen.Return(outcomes)


@scenario
@gen.coroutine
def a_callback_is_cancelled(loop):
    called = []
    process = processes.Ask()
    kept = process.call_soon(called.append, 'kept')
    dropped = process.call_soon(called.append, 'dropped')
    dropped.cancel()
    yield until(lambda: called)
    raise gen.Return([called, kept.cancelled(), dropped.cancelled()])


@scenario
@gen.coroutine
def launches_others(loop):
    process = start(processes.Parent())
    outputs = yield process.future()
    raise gen.Return(outputs)


@scenario
@gen.coroutine
def cleans_up(loop):
    del processes.Tidy.cleaned[:]
    process = processes.Tidy()
    yield process.step_until_terminated()
    process.close()
    raise gen.Return([processes.Tidy.cleaned, raised(process.add_cleanup, None), raised(process.execute)])


@scenario
@gen.coroutine
def its_hooks_are_called(loop):
    process = processes.Hooked()
    yield process.step_until_terminated()
    raise gen.Return([process.hooks, process.result()])


# -- pausing and killing -----------------------------------------------------------------------------


@scenario
@gen.coroutine
def is_paused_before_it_runs(loop):
    process = processes.Add(inputs={'a': 1})
    process.set_status('new')
    paused = [process.pause('not yet'), process.paused, process.status, process.pause()]
    start(process)
    yield gen.sleep(0.02)
    still = process.state.value
    played = [process.play(), process.paused, process.status, process.play()]
    outputs = yield process.future()
    raise gen.Return([paused, still, played, outputs])


@scenario
@gen.coroutine
def is_paused_while_it_waits(loop):
    process = processes.Ask()
    watcher = Watcher(process)
    waiting = watcher.when('waiting')
    start(process)
    yield waiting
    yield gen.moment
    pausing = process.pause('hold on')
    paused = yield gen.with_timeout(deadline(), pausing)
    seen = [paused, process.paused, process.state.value, process.status]
    process.resume('heard while paused')
    yield gen.sleep(0.02)
    seen.append(process.state.value)
    process.play()
    outputs = yield process.future()
    raise gen.Return([seen, outputs, watcher.seen])


def deadline():
    return datetime.timedelta(seconds=20)


@scenario
@gen.coroutine
def pauses_itself(loop):
    process = processes.PauseItself()
    watcher = Watcher(process)
    paused = watcher.when('paused')
    start(process)
    yield paused
    status = [process.paused, process.status, process.state.value]
    process.play()
    yield process.future()
    raise gen.Return([status, process.result(), watcher.seen])


@scenario
@gen.coroutine
def changes_its_mind(loop):
    process = processes.ChangeItsMind()
    watcher = Watcher(process)
    yield process.step_until_terminated()
    raise gen.Return([process.result(), watcher.seen])


@scenario
def is_killed_before_it_runs(loop):
    process = processes.Add(inputs={'a': 1})
    killed = process.kill('no need')
    return [
        killed, process.killed(), str(process.killed_msg()), process.state.value, process.kill(), process.pause(),
        raised(process.result)[0], str(process.status), [type(process.future().exception()).__name__]
    ]


@scenario
@gen.coroutine
def is_killed_while_it_waits(loop):
    process = processes.Ask()
    watcher = Watcher(process)
    waiting = watcher.when('waiting')
    start(process)
    yield waiting
    yield gen.moment
    killing = process.kill('stop that')
    killed = yield killing
    raise gen.Return([killed, (yield ended(process)), process.state.value, str(process.killed_msg()), watcher.seen])


@scenario
@gen.coroutine
def kills_itself(loop):
    process = start(processes.KillItself())
    outcome = yield ended(process)
    raise gen.Return([outcome, process.state.value, str(process.killed_msg())])


@scenario
@gen.coroutine
def cannot_be_killed_any_more(loop):
    process = processes.Add(inputs={'a': 1})
    yield process.step_until_terminated()
    raise gen.Return([process.kill(), process.pause(), raised(process.killed_msg), process.killed()])


# -- ports -------------------------------------------------------------------------------------------


@scenario
def inputs_are_parsed(loop):
    process = processes.Ports(inputs={'deep': {'er': {'value': 1.5}}, 'free': {'x': 1, 'y': 2}})
    inputs = process.inputs
    return [
        inputs.count, inputs.made, inputs.deep.er.value, sorted(inputs.free.items()), 'name' in inputs,
        sorted(process.raw_inputs), raised(setattr, inputs, 'count', 2)[0] in ('nothing', 'AttributeError')
    ]


@scenario
def wrong_inputs_are_told(loop):
    bad = [
        {'count': 'three'},
        {'count': -1},
        {'name': 5},
        {'deep': {'er': {'value': 'text'}}},
        {'deep': {'er': {}}},
        {'deep': {}},
        {'pair': {'left': 1}},
        {'free': {'x': 'text'}},
        {'unknown': 1},
    ]
    return [raised(processes.Ports, inputs=dict({'deep': {'er': {'value': 1}}}, **one)) for one in bad]


@scenario
def a_missing_input_is_told(loop):
    return [raised(processes.Add), raised(processes.Add, inputs={'a': 1.5}), raised(processes.Exposing, inputs={})]


@scenario
@gen.coroutine
def outputs_are_checked(loop):
    outcomes = []
    for port, value in [('plain', 'text'), ('plain', 5), ('space.any', 5), ('space.any', 'text'), ('must', -1),
                        ('must', 1), ('unknown', 1)]:
        process = start(processes.Emit(inputs={'port': port, 'value': value}))
        outcomes.append((yield ended(process)))
    raise gen.Return(outcomes)


@scenario
@gen.coroutine
def a_missing_output_makes_it_unsuccessful(loop):
    class Nothing(processes.Add):

        def run(self):
            pass

    process = start(Nothing(inputs={'a': 1}))
    outcome = yield ended(process)
    raise gen.Return([outcome, process.state.value, process.is_successful])


@scenario
@gen.coroutine
def inputs_are_exposed(loop):
    process = start(processes.Exposing(inputs={'a': 3, 'ports': {'count': 4}}))
    outputs = yield process.future()
    spec = processes.Exposing.spec()
    raise gen.Return([outputs, sorted(spec.inputs), sorted(spec.inputs['ports']), spec.sealed])


@scenario
def a_spec_describes_itself(loop):
    description = processes.Add.get_description()
    return [description['description'], description['spec']['inputs']['a'], description['spec']['outputs']['sum']]


@scenario
def a_namespace_is_built_by_hand(loop):
    space = plumpy.PortNamespace('top', dynamic=False)
    space['one'] = plumpy.InputPort('one', valid_type=int, default=1)
    inner = space.create_port_namespace('inner.most')
    inner['two'] = plumpy.InputPort('two', validator=lambda value, port: 'never' if value != 2 else None)
    error = space.validate({'inner': {'most': {'two': 3}}})
    return [
        sorted(space), space.get_port('inner.most.two').name, raised(space.get_port, 'nowhere')[0],
        [error.message, error.port], space.validate({'inner': {'most': {'two': 2}}}) is None,
        raised(plumpy.InputPort, 'bad', valid_type=int, default='text')[0]
    ]


# -- work chains -------------------------------------------------------------------------------------


@scenario
@gen.coroutine
def an_outline_is_followed(loop):
    outcomes = []
    for inputs in [{}, {'rounds': 2}, {'way': 'right', 'rounds': 1}, {'way': 'on', 'rounds': 1}]:
        process = start(processes.Outline(inputs=inputs))
        outputs = yield process.future()
        outcomes.append([outputs, process.result(), process.is_successful])
    raise gen.Return(outcomes)


@scenario
def an_outline_describes_itself(loop):
    return processes.Outline.get_description()['spec']['outline']


@scenario
@gen.coroutine
def a_step_ends_the_chain(loop):
    process = start(processes.Stops())
    yield process.future()
    raise gen.Return([process.result(), process.is_successful])


@scenario
@gen.coroutine
def a_chain_waits_for_processes(loop):
    process = processes.Collects()
    watcher = Watcher(process)
    start(process)
    outputs = yield process.future()
    raise gen.Return([outputs, [event[0] for event in watcher.seen]])


@scenario
@gen.coroutine
def a_chain_fails_with_its_child(loop):
    first, second = start(processes.CollectsFailure()), start(processes.StepFails())
    raise gen.Return([(yield ended(first)), (yield ended(second)), first.state.value])


@scenario
@gen.coroutine
def a_chain_is_killed_while_it_waits(loop):

    class Waits(plumpy.WorkChain):

        @classmethod
        def define(cls, spec):
            super(Waits, cls).define(spec)
            spec.outline(cls.ask, cls.done_asking)

        def ask(self):
            return plumpy.ToContext(never=plumpy.Future())

        def done_asking(self):
            raise AssertionError('it went on')

    process = Waits()
    waiting = Watcher(process).when('waiting')
    start(process)
    yield waiting
    yield gen.moment
    killed = yield process.kill('too long')
    raise gen.Return([killed, (yield ended(process)), process.state.value])


# -- saving and loading ------------------------------------------------------------------------------


@scenario
@gen.coroutine
def is_saved_before_it_runs(loop):
    bundle = plumpy.Bundle(processes.Add(inputs={'a': 5}, pid='five'))
    process = bundle.unbundle(plumpy.LoadSaveContext(loop=loop))
    state = [process.pid, process.state.value, dict(process.raw_inputs), dict(process.inputs)]
    yield process.step_until_terminated()
    raise gen.Return([state, process.outputs])


@scenario
@gen.coroutine
def is_saved_while_it_waits(loop):
    process = processes.Ask(pid='asking')
    start(process)
    yield until(lambda: process.state == plumpy.ProcessState.WAITING)
    bundle = plumpy.Bundle(process)
    process.kill('not needed any more')
    loaded = bundle.unbundle(plumpy.LoadSaveContext(loop=loop))
    before = [loaded.pid, loaded.state.value]
    start(loaded)
    loaded.resume('restored')
    outputs = yield loaded.future()
    raise gen.Return([before, outputs, loaded.result(), (yield ended(process))])


@scenario
@gen.coroutine
def is_saved_after_each_step(loop):
    process = processes.Steps(pid='steps')
    persister = plumpy.InMemoryPersister()
    persister.save_checkpoint(process, tag='0')
    number = 0
    while not process.has_terminated():
        yield process.step()
        number += 1
        persister.save_checkpoint(process, tag=str(number))
    results = []
    for checkpoint in sorted(persister.get_process_checkpoints('steps')):
        loaded = persister.load_checkpoint(checkpoint.pid, checkpoint.tag).unbundle()
        state = loaded.state.value
        if not loaded.has_terminated():
            yield loaded.step_until_terminated()
        results.append([checkpoint.tag, state, loaded.outputs, loaded.result()])
    persister.delete_checkpoint('steps', '0')
    left = len(persister.get_checkpoints())
    persister.delete_process_checkpoints('steps')
    raise gen.Return([results, left, persister.get_checkpoints()])


@scenario
@gen.coroutine
def is_saved_while_it_is_paused(loop):
    process = processes.Ask(pid='paused')
    process.set_status('before')
    process.pause('for the night')
    loaded = plumpy.Bundle(process).unbundle()
    state = [loaded.paused, loaded.status]
    start(loaded)
    yield gen.sleep(0.02)
    state.append(loaded.state.value)
    loaded.play()
    state.append(loaded.status)
    yield until(lambda: loaded.state == plumpy.ProcessState.WAITING)
    loaded.resume('morning')
    outputs = yield loaded.future()
    raise gen.Return([state, outputs])


@scenario
@gen.coroutine
def a_chain_is_saved_on_the_way(loop):
    process = processes.Counts(inputs={'upto': 4}, pid='counting')
    bundles = [plumpy.Bundle(process)]
    while not process.has_terminated():
        yield process.step()
        bundles.append(pickle.dumps(plumpy.Bundle(process)))
    results = []
    for saved in bundles[1:]:
        loaded = pickle.loads(saved).unbundle()
        if not loaded.has_terminated():
            start(loaded)
            yield loaded.future()
        results.append(loaded.outputs)
    first = bundles[0].unbundle()
    yield first.step_until_terminated()
    raise gen.Return([process.outputs, len(bundles), results, first.outputs])


@scenario
@gen.coroutine
def pickles_are_kept_in_a_folder(loop):
    folder = tempfile.mkdtemp()
    try:
        persister = plumpy.PicklePersister(folder)
        process = processes.Counts(pid=7)
        persister.save_checkpoint(process)
        for _ in range(3):
            yield process.step()
        persister.save_checkpoint(process, tag='third')
        listed = sorted([checkpoint.pid, str(checkpoint.tag)] for checkpoint in persister.get_checkpoints())
        loaded = persister.load_checkpoint(7, 'third').unbundle(plumpy.LoadSaveContext(loop=loop))
        trace = list(loaded.ctx.trace)
        yield loaded.step_until_terminated()
        persister.delete_checkpoint(7, 'third')
        persister.delete_checkpoint(7, 'never was')
        left = len(persister.get_process_checkpoints(7))
        missing = raised(persister.load_checkpoint, 7, 'third')[0]
        raise gen.Return([listed, trace, loaded.outputs, left, missing])
    finally:
        shutil.rmtree(folder)


@scenario
@gen.coroutine
def the_ended_are_saved_too(loop):
    finished, killed = processes.Add(inputs={'a': 1}), processes.Ask()
    yield finished.step_until_terminated()
    killed.kill('gone')
    one, two = [plumpy.Bundle(process).unbundle() for process in (finished, killed)]
    result = yield one.future()
    raise gen.Return([one.state.value, one.outputs, result, two.state.value, str(two.killed_msg()), two.killed()])


@scenario
def ones_own_things_are_saved(loop):
    loaded = plumpy.Bundle(processes.Note('hello')).unbundle()
    return [loaded.text, loaded.method(), hasattr(loaded, 'gone'), type(loaded).__name__]


@scenario
def a_future_is_saved(loop):
    done = plumpy.SavableFuture()
    done.set_result([1, 2])
    loaded = plumpy.Savable.load(done.save())
    pending = plumpy.Savable.load(plumpy.SavableFuture().save())
    return [loaded.done(), loaded.result(), pending.done()]


# -- futures and the loop ----------------------------------------------------------------------------


@scenario
@gen.coroutine
def futures_are_chained(loop):
    first, second, third = plumpy.Future(), plumpy.Future(), plumpy.Future()
    plumpy.chain(first, second)
    loop.add_callback(first.set_result, 'passed on')
    result = yield second
    plumpy.copy_future(first, third)
    raise gen.Return([result, third.done(), third.result(), third.cancelled()])


@scenario
@gen.coroutine
def a_future_is_cancelled(loop):
    future = plumpy.Future()
    told = []
    future.add_done_callback(lambda done: told.append(done.cancelled()))
    loop.call_later(0.005, future.cancel)
    try:
        yield future
    except plumpy.CancelledError:
        told.append('cancelled')
    raise gen.Return([sorted(map(str, told)), future.done(), future.cancelled(), future.cancel()])


@scenario
@gen.coroutine
def tasks_are_created(loop):

    @gen.coroutine
    def double(value):
        yield gen.sleep(0.005)
        if value is None:
            raise ValueError('nothing to double')
        raise gen.Return(2 * value)

    one = plumpy.create_task(functools.partial(double, 21), loop)
    two = plumpy.create_task(functools.partial(double, None), loop)
    result = yield one
    try:
        yield two
    except ValueError as exception:
        raise gen.Return([result, str(exception)])


@scenario
@gen.coroutine
def a_wait_times_out(loop):
    never = plumpy.Future()
    try:
        yield gen.with_timeout(datetime.timedelta(milliseconds=10), never)
    except gen.TimeoutError:
        raise gen.Return(['timed out', never.done()])


@scenario
@gen.coroutine
def a_loop_calls_back(loop):
    called = []
    ended_calling = plumpy.Future()
    loop.call_later(0.01, ended_calling.set_result, None)
    handle = loop.call_later(0.005, called.append, 'never')
    loop.remove_timeout(handle)
    loop.add_callback(called.append, 'soon')
    loop.spawn_callback(called.append, 'spawned')

    @gen.coroutine
    def twice():
        called.append('coroutine')
        yield gen.moment
        called.append('coroutine again')

    loop.add_callback(twice)
    yield ended_calling
    raise gen.Return(called)


# -- listeners ---------------------------------------------------------------------------------------


@scenario
@gen.coroutine
def a_life_is_watched(loop):
    process = processes.Steps()
    watcher = Watcher(process)
    yield process.step_until_terminated()
    raise gen.Return(watcher.seen)


@scenario
@gen.coroutine
def ends_are_watched(loop):
    seen = []
    for cls, end in [(processes.Fail, None), (processes.Ask, 'kill')]:
        process = cls()
        watcher = Watcher(process)
        waiting = watcher.when('waiting')
        start(process)
        if end:
            yield waiting
            process.kill()
        yield ended(process)
        seen.append([event[0] for event in watcher.seen])
    raise gen.Return(seen)


@scenario
@gen.coroutine
def a_listener_fails_or_leaves(loop):

    class Broken(plumpy.ProcessListener):

        def on_process_running(self, process):
            raise RuntimeError('in a listener')

    process = processes.Add(inputs={'a': 1})
    process.add_process_listener(Broken())
    staying, leaving = Watcher(process), Watcher(process)
    process.remove_process_listener(leaving)
    yield process.step_until_terminated()
    raise gen.Return([[event[0] for event in staying.seen], leaving.seen, process.outputs])
