"""The county's receipt of a frozen draw: eight characters that follow from the operation, read out by telephone."""

import base64
from hashlib import sha256

RECEIPT = "([A-Z2-7]{8})?"  # empty: there was none
# 40 bits: short enough to read out, long enough that a misheard character is noticed.
_BYTES = 5


def draw_receipt(digest: str) -> str:
    """Return the receipt of the operation that announced a commit; only who holds that operation can say it.

    digest: its SHA-256, hexadecimal; of one issued again the one it had first, so that the receipt stays the same
    """
    hashed = sha256(f"ohb/1 draw receipt {digest}".encode()).digest()
    return base64.b32encode(hashed[:_BYTES]).decode("ascii")


def typed_receipt(text: str) -> str:
    """Return a receipt as somebody wrote it down: upper case, no spaces or hyphens."""
    return "".join(text.split()).replace("-", "").upper()
