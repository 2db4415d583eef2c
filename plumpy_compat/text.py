"""Text or bytes, whichever comes: what `six.ensure_text` and its siblings did, on Python 3."""

from __future__ import annotations

from typing import Union


def ensure_str(value: Union[str, bytes], encoding: str = "utf-8", errors: str = "strict") -> str:
    """`value` as text, as `six.ensure_text` and `six.ensure_str` (six 1.12) give it.

    :param encoding: how bytes are decoded.
    :param errors: what is done about bytes that don't decode, as in `bytes.decode`.
    :raises TypeError: if it's neither text nor bytes.
    """
    if isinstance(value, bytes):
        return value.decode(encoding, errors)
    if isinstance(value, str):
        return value
    raise TypeError(f"not expecting type '{type(value)}'")


def ensure_bytes(value: Union[str, bytes], encoding: str = "utf-8", errors: str = "strict") -> bytes:
    """`value` as bytes, as `six.ensure_binary` (six 1.12) gives it.

    :param encoding: how text is encoded.
    :param errors: what is done about text that doesn't encode, as in `str.encode`.
    :raises TypeError: if it's neither text nor bytes.
    """
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode(encoding, errors)
    raise TypeError(f"not expecting type '{type(value)}'")
