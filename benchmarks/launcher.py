"""Run a program to its end; say last its peak of memory (KiB), its seconds, those of the processor and its status.

A program of its own that imports next to nothing: what a system counts as a process's peak begins with what the
process had from which it was made, so that from a large one every child looks large.  Without `wait4`
the peak and the seconds of the processor are 0.
"""

import os
import sys
import time

if __name__ == "__main__":
    began = time.perf_counter()
    if hasattr(os, "wait4"):
        child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
        _, code, usage = os.wait4(child, 0)
        status, peak, processor = os.waitstatus_to_exitcode(code), usage.ru_maxrss, usage.ru_utime + usage.ru_stime
    else:
        status, peak, processor = os.spawnv(os.P_WAIT, sys.argv[1], sys.argv[1:]), 0, 0.0  # noqa: S606 - our own programs
    print()
    print(peak, time.perf_counter() - began, processor, status)
