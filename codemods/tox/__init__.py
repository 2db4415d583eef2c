"""``--init-tox``: environments for the old stack, the legacy flavour and asyncio in a project's tox configuration."""
