"""Receipts read out by telephone: eight characters that follow from an operation, which only its holder can say."""

import base64
from hashlib import sha256
from unicodedata import normalize

RECEIPT = "([A-Z2-7]{8})?"  # empty: there was none
# 40 bits: short enough to read out, long enough that a misheard character is noticed.
_BYTES = 5  # eight characters of base 32


def draw_receipt(digest: str) -> str:
    """Return the receipt of the operation that announced a commit.

    digest: its SHA-256, hexadecimal; of one issued again the one it had first, so that the receipt stays the same
    """
    return check_characters(f"draw receipt {digest}")


def check_characters(said: str) -> str:
    """Return eight characters of `said`, in which stands an operation's hash: what is short could be guessed."""
    return base64.b32encode(sha256(f"ohb/1 {said}".encode()).digest()[:_BYTES]).decode("ascii")


def typed_receipt(text: str) -> str:
    """Return a receipt as somebody wrote it down: upper case, no spaces or hyphens, however wide it was typed."""
    return "".join(filter(str.isalnum, normalize("NFKC", text))).upper()
