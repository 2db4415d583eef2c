"""A work chain in one process: paused, played, checkpointed, killed, and continued from the checkpoint.

Run it with `python docs/example-runtime/tea.py`; it needs no broker.
"""

import asyncio
import tempfile

import kiwipy

import plumpy_compat as plumpy


class MakeTea(plumpy.WorkChain):
    """Brew some cups, one after the other."""

    @classmethod
    def define(cls, spec):
        super().define(spec)
        spec.input("cups", valid_type=int, default=3)
        spec.output("brewed", valid_type=int)
        spec.outline(
            cls.boil,
            plumpy.while_(cls.cups_left)(cls.brew),
            cls.serve,
        )

    def boil(self):
        self.ctx.brewed = 0
        print("  the water boils")

    def cups_left(self):
        return self.ctx.brewed < self.inputs.cups

    async def brew(self):
        await asyncio.sleep(0.1)
        self.ctx.brewed += 1
        print(f"  cup {self.ctx.brewed} is ready")

    def serve(self):
        self.out("brewed", self.ctx.brewed)


async def main():
    communicator = kiwipy.LocalCommunicator()
    controller = plumpy.RemoteProcessController(communicator)
    checkpoints = plumpy.PicklePersister(tempfile.mkdtemp())

    tea = MakeTea(pid="tea", communicator=communicator)
    running = asyncio.ensure_future(tea.step_until_terminated())
    await asyncio.sleep(0.15)

    # From here on it's steered by messages, as it would be from another machine.
    await controller.pause_process("tea", "waiting for milk")
    print("paused: ", (await controller.get_status("tea"))["status"])
    checkpoints.save_checkpoint(tea)
    print("saved:  ", checkpoints.get_checkpoints())

    await controller.play_process("tea")
    await asyncio.sleep(0.05)
    await controller.kill_process("tea", "the kettle is needed")
    await running
    print("killed: ", tea.killed_msg())

    again = checkpoints.load_checkpoint("tea").unbundle()
    print("loaded: ", again, "with", again.ctx)
    again.play()
    await again.step_until_terminated()
    print("outputs:", again.outputs)


asyncio.run(main())
