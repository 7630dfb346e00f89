"""What was freed goes back to the system, where the system has a way for it."""

import ctypes
import sys
from pathlib import Path

import pytest

from ohdesk.security.memory import give_back

BLOCK, BLOCKS = 4096, 10_000  # bytes; small enough to come from the heap, 40 MB in all
PAGE = 4096


def resident():
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps what was freed")
def test_what_lies_free_below_something_in_use_is_given_back():
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = (
        ctypes.c_void_p,
        [ctypes.c_size_t],
        [ctypes.c_void_p],
    )
    blocks = [libc.malloc(BLOCK) for _ in range(BLOCKS)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    *most, last = blocks
    for block in most:
        libc.free(block)
    held = resident()
    give_back()
    assert held - resident() > BLOCK * BLOCKS // 2
    libc.free(last)
