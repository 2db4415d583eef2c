"""Settings for all tests."""

from hypothesis import settings

# No test fails for a slow machine.
settings.register_profile("without a deadline", deadline=None)
settings.load_profile("without a deadline")
