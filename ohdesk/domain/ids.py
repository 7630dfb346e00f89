"""Identity of things that travel: UUIDv7 (RFC 9562), made where the thing is made."""

import secrets
from datetime import datetime
from uuid import UUID


def uuid7(at: datetime) -> str:
    """Return a fresh UUIDv7 for the aware instant `at`, in the usual 36-character spelling."""
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    # The time in front keeps rows made together together, in the tables and in every list by id.
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=value))
