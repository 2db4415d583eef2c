"""The processes and work chains of the scenarios."""
import plumpy
from tornado import gen


class Add(plumpy.Process):
    """Adds two numbers."""

    @classmethod
    def define(cls, spec):
        super(Add, cls).define(spec)
        spec.input('a', valid_type=int, help='  the first one ')
        spec.input('b', valid_type=int, default=10)
        spec.output('sum', valid_type=int)

    def run(self):
        self.out('sum', self.inputs.a + self.inputs.b)


class Steps(plumpy.Process):
    """Goes through steps, which write down what they were given."""

    @classmethod
    def define(cls, spec):
        super(Steps, cls).define(spec)
        spec.outputs.dynamic = True

    def run(self):
        self.out('first', 1)
        return plumpy.Continue(self.second, 2, 'two')

    def second(self, number, name):
        self.out('second', [number, name])
        return plumpy.Continue(self.third)

    def third(self):
        self.out('third', 3)
        return plumpy.Stop('the end', True)


class Ask(plumpy.Process):
    """Waits for an answer."""

    @classmethod
    def define(cls, spec):
        super(Ask, cls).define(spec)
        spec.output('answer', required=False)

    def run(self):
        return plumpy.Wait(self.answered, 'what is it?', {'question': 'six times nine'})

    def answered(self, value='nothing'):
        self.out('answer', value)
        return ['it is', value]


class Fail(plumpy.Process):
    """Fails."""

    def run(self):
        raise KeyError('lost')


class FailLater(Ask):
    """Fails once it was answered."""

    def answered(self, value='nothing'):
        raise ValueError('not {}'.format(value))


class Unsuccessful(plumpy.Process):
    """Ends, but with nothing to be proud of."""

    def run(self):
        return plumpy.UnsuccessfulResult(17)


class KillItself(plumpy.Process):
    """Asks for its own end within a step."""

    def run(self):
        self.kill('enough')
        return plumpy.Continue(self.never)

    def never(self):
        raise AssertionError('it went on')


class PauseItself(plumpy.Process):
    """Pauses between two steps."""

    def run(self):
        self.set_status('on my way')
        self.pause('a little rest')
        return plumpy.Continue(self.rested)

    def rested(self):
        return [self.status, self.paused]


class ChangeItsMind(plumpy.Process):
    """Asks to be paused and takes it back."""

    def run(self):
        self.pause()
        self.play()
        return self.paused


class Later(plumpy.Process):
    """Resumes itself, through the loop."""

    def run(self):
        self.loop().call_later(0.01, self.resume, 'later')
        return plumpy.Wait(self.resumed)

    def resumed(self, value):
        return value


class Ticking(plumpy.Process):
    """Waits for a coroutine of its own."""

    def run(self):
        self.ticks = []
        self.call_soon(self.tick, 'tick', times=3)
        return plumpy.Wait(self.done_ticking)

    @gen.coroutine
    def tick(self, text, times):
        for number in range(times):
            yield gen.sleep(0.005)
            self.ticks.append('{}{}'.format(text, number))
        value = yield self.last_tick()
        self.resume(value)

    @gen.coroutine
    def last_tick(self):
        self.ticks.append(plumpy.Process.current() is self)
        yield gen.moment
        raise gen.Return('tock')

    def done_ticking(self, value):
        return self.ticks + [value]


class CallbackFails(plumpy.Process):
    """Has a callback that fails while it waits."""

    def run(self):
        self.call_soon(self.break_it)
        return plumpy.Wait(self.run)

    def break_it(self):
        raise RuntimeError('the callback failed')


class CoroutineFails(CallbackFails):
    """Has a coroutine that fails while it waits."""

    @gen.coroutine
    def break_it(self):
        yield gen.sleep(0.005)
        raise RuntimeError('the coroutine failed')


class Parent(plumpy.Process):
    """Launches others, and ends with what they give."""

    @classmethod
    def define(cls, spec):
        super(Parent, cls).define(spec)
        spec.output('total', valid_type=int)

    def run(self):
        children = [self.launch(Add, inputs={'a': number}) for number in range(3)]
        self.call_soon(self.collect, children)
        return plumpy.Wait(self.collected)

    @gen.coroutine
    def collect(self, children):
        results = yield plumpy.gather(*[child.future() for child in children])
        self.resume(sum(result['sum'] for result in results))

    def collected(self, total):
        self.out('total', total)


class Whoami(plumpy.Process):
    """Tells whether it is the current process."""

    def run(self):
        return plumpy.Process.current() is self


class Tidy(plumpy.Process):
    """Cleans up after itself."""

    cleaned = []

    def run(self):
        self.add_cleanup(lambda: self.cleaned.append('first'))
        self.add_cleanup(self.sweep)

    def sweep(self):
        self.cleaned.append('second')


class Hooked(plumpy.Process):
    """Writes down its hooks."""

    def __init__(self, *args, **kwargs):
        self.hooks = []
        super(Hooked, self).__init__(*args, **kwargs)

    def on_create(self):
        super(Hooked, self).on_create()
        self.hooks.append('create')

    def on_run(self):
        super(Hooked, self).on_run()
        self.hooks.append('run')

    def on_exit_running(self):
        super(Hooked, self).on_exit_running()
        self.hooks.append('exit running')

    def on_wait(self, awaitables):
        super(Hooked, self).on_wait(awaitables)
        self.hooks.append(['wait', awaitables])

    def on_exit_waiting(self):
        super(Hooked, self).on_exit_waiting()
        self.hooks.append('exit waiting')

    def on_finish(self, result, successful):
        super(Hooked, self).on_finish(result, successful)
        self.hooks.append(['finish', result, successful])

    def on_terminated(self):
        super(Hooked, self).on_terminated()
        self.hooks.append('terminated')

    def run(self):
        self.call_soon(self.resume, 'go')
        return plumpy.Wait(self.after, 'hold', 'data')

    def after(self, value):
        return value


def positive(value, _port):
    """A validator with two parameters."""
    if value is not plumpy.ports.UNSPECIFIED and value <= 0:
        return '{} is not positive'.format(value)
    return None


def together(values, _port):
    """A validator of a namespace."""
    if 'left' in values and 'right' not in values:
        return 'left alone'
    return None


class Ports(plumpy.Process):
    """Has ports of all kinds."""

    @classmethod
    def define(cls, spec):
        super(Ports, cls).define(spec)
        spec.input('count', valid_type=int, validator=positive, default=1)
        spec.input('name', valid_type=str, required=False)
        spec.input('made', default=lambda: ['fresh'])
        spec.input('deep.er.value', valid_type=(int, float))
        spec.input_namespace('pair', required=False, validator=together)
        spec.input('pair.left', required=False)
        spec.input('pair.right', required=False)
        spec.input_namespace('free', dynamic=True, valid_type=int, required=False)
        spec.output('plain', valid_type=str, required=False)
        spec.output_namespace('space', valid_type=int, dynamic=True)

    def run(self):
        return sorted(self.inputs)


class Emit(plumpy.Process):
    """Emits what it is told to."""

    @classmethod
    def define(cls, spec):
        super(Emit, cls).define(spec)
        spec.input('port')
        spec.input('value')
        spec.expose_outputs(Ports)
        spec.output('must', required=False, validator=positive)

    def run(self):
        self.out(self.inputs.port, self.inputs.value)


class Exposing(plumpy.Process):
    """Has the inputs of others."""

    @classmethod
    def define(cls, spec):
        super(Exposing, cls).define(spec)
        spec.expose_inputs(Add, exclude=('b',))
        spec.expose_inputs(Ports, namespace='ports', include=('count', 'name'))
        spec.outputs.dynamic = True

    def run(self):
        self.out('a', self.inputs.a)
        self.out('count', self.inputs.ports.count)


class Outline(plumpy.WorkChain):
    """Decides, loops and returns."""

    @classmethod
    def define(cls, spec):
        super(Outline, cls).define(spec)
        spec.input('rounds', default=0)
        spec.input('way', default='left')
        spec.output('log')
        spec.outline(
            cls.begin,
            plumpy.if_(cls.goes_left)(cls.left).elif_(cls.goes_right)(cls.right, plumpy.return_(4)).else_(cls.straight),
            plumpy.while_(cls.more)(cls.turn, plumpy.if_(cls.goes_left)(cls.left)),
            cls.end
        )

    def begin(self):
        """Set up the context."""
        self.ctx.log = []
        self.ctx.left = self.inputs.rounds

    def goes_left(self):
        return self.inputs.way == 'left'

    def goes_right(self):
        return self.inputs.way == 'right'

    def more(self):
        return self.ctx.left > 0

    def left(self):
        self.ctx.log.append('left')

    def right(self):
        self.ctx.log.append('right')
        self.out('log', self.ctx.log)

    def straight(self):
        self.ctx.log.append('straight')

    def turn(self):
        self.ctx.left -= 1
        self.ctx.log.append('turn')

    def end(self):
        self.out('log', self.ctx.log)


class Stops(plumpy.WorkChain):
    """Ends in the middle, with the value of a step."""

    @classmethod
    def define(cls, spec):
        super(Stops, cls).define(spec)
        spec.outline(cls.first, cls.second)

    def first(self):
        return 11

    def second(self):
        raise AssertionError('it went on')


class Collects(plumpy.WorkChain):
    """Waits for processes and futures."""

    @classmethod
    def define(cls, spec):
        super(Collects, cls).define(spec)
        spec.output('all')
        spec.outline(cls.launch_some, cls.launch_more, cls.finish)

    def launch_some(self):
        future = plumpy.Future()
        self.loop().call_later(0.01, future.set_result, 'from a future')
        return plumpy.ToContext(child=self.launch(Add, inputs={'a': 1}), text=future)

    def launch_more(self):
        self.to_context(steps=self.launch(Steps))

    def finish(self):
        self.out('all', [self.ctx.child['sum'], self.ctx.text, self.ctx.steps['second']])


class CollectsFailure(plumpy.WorkChain):
    """Waits for a process that fails."""

    @classmethod
    def define(cls, spec):
        super(CollectsFailure, cls).define(spec)
        spec.outline(cls.first, cls.second)

    def first(self):
        self.to_context(child=self.launch(Fail))

    def second(self):
        raise AssertionError('it went on')


class StepFails(plumpy.WorkChain):
    """Has a step that fails."""

    @classmethod
    def define(cls, spec):
        super(StepFails, cls).define(spec)
        spec.outline(cls.first)

    def first(self):
        raise RuntimeError('step failed')


class Counts(plumpy.WorkChain):
    """Counts in its context, to be saved on the way."""

    @classmethod
    def define(cls, spec):
        super(Counts, cls).define(spec)
        spec.input('upto', valid_type=int, default=3)
        spec.output('counted')
        spec.outline(cls.zero, plumpy.while_(cls.below)(cls.one_more), cls.finish)

    def zero(self):
        self.ctx.number = 0
        self.ctx.trace = ['zero']

    def below(self):
        return self.ctx.number < self.inputs.upto

    def one_more(self):
        self.ctx.number += 1
        self.ctx.trace.append(self.ctx.number)

    def finish(self):
        self.out('counted', self.ctx.trace)


@plumpy.auto_persist('text', 'method')
class Note(plumpy.Savable):
    """Something of one's own that can be saved."""

    def __init__(self, text):
        super(Note, self).__init__()
        self.text = text
        self.method = self.shout
        self.gone = 'not saved'

    def shout(self):
        return self.text.upper()
