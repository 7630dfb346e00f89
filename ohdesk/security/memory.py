"""What a process holds in memory (keys, names, health data): no crash writes it down, and what is free goes back."""

import ctypes
import sys
from typing import Any

_SET_DUMPABLE = 4  # PR_SET_DUMPABLE, linux/prctl.h
_NO_FAULT_DIALOG = 0x0001 | 0x0002  # SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX, errhandlingapi.h


def forbid_dumps() -> None:
    """Leave no image of this process behind: no core file, no crash report, and no other process reads its memory.

    Asked of the system; where it refuses, the program goes on, as nothing it does depends on it.
    """
    if sys.platform == "win32":
        _forbid_reports()
        return
    import resource  # there is none on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A handler of core files that is a program (systemd's, say) is called whatever the limit is; for a process that
        # is not dumpable it is not, and `ptrace` and /proc are closed to the user's other processes as well.
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def give_back() -> None:
    """Hand back to the system what is free but was kept for the next need; takes about a millisecond."""
    # glibc gives back only what lies at the end of its heap; the other C libraries have no such call.
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)


def _forbid_reports() -> None:
    windows: Any = ctypes  # WinDLL is unknown to type checkers elsewhere
    windows.WinDLL("kernel32").SetErrorMode(_NO_FAULT_DIALOG)
    # By the name of the program, for this user: not where that is Python's own, which others run as well.
    if getattr(sys, "frozen", False):
        windows.WinDLL("wer").WerAddExcludedApplication(ctypes.c_wchar_p(sys.executable), 0)
