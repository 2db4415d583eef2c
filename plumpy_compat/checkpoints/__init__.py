"""What checkpoints are made of, how they are written, and what may be made when one is read."""

from .allowlist import allow

__all__ = ["allow"]
