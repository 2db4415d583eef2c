"""TOR: tornado's coroutines, futures, loops and tests become asyncio's."""
