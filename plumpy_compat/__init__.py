"""The runtime of plumpy-compat: an asyncio process engine with plumpy's API.

Today it holds the helpers that migrated code imports; the engine itself follows.
"""
