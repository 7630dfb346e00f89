"""Run a program to its end and say, as the last line, its peak of memory (KiB), its seconds and its status.

A program of its own that imports next to nothing: what a system counts as a process's peak begins with what the
process had from which it was made, so that from a large one every child looks large.  Without `wait4` the peak is 0.
"""

import os
import sys
import time

if __name__ == "__main__":
    began = time.perf_counter()
    if hasattr(os, "wait4"):
        child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
        _, code, usage = os.wait4(child, 0)
        status, peak = os.waitstatus_to_exitcode(code), usage.ru_maxrss
    else:
        status, peak = os.spawnv(os.P_WAIT, sys.argv[1], sys.argv[1:]), 0  # noqa: S606 - our own programs
    print()
    print(peak, time.perf_counter() - began, status)
