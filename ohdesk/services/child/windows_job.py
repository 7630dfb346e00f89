"""Memory and time limits on Windows: a job object that the child process puts around itself."""

import ctypes
import sys
from ctypes import wintypes
from typing import Any

LIMIT_PROCESS_TIME = 0x2
LIMIT_ACTIVE_PROCESS = 0x8
LIMIT_PRIORITY_CLASS = 0x20
LIMIT_PROCESS_MEMORY = 0x100
LIMIT_DIE_ON_UNHANDLED_EXCEPTION = 0x400
EXTENDED_LIMIT_INFORMATION = 9
BELOW_NORMAL_PRIORITY_CLASS = 0x4000
TICKS_PER_SECOND = 10_000_000  # of 100 ns
NO_FAULT_DIALOG = 0x0001 | 0x0002  # SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", wintypes.DWORD),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", wintypes.DWORD),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", wintypes.DWORD),
        ("SchedulingClass", wintypes.DWORD),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


def limits(memory: int, seconds: int) -> _ExtendedLimits:
    """Return the job limits: `memory` bytes of committed memory, `seconds` of processor time, no further process.

    Less urgent than the window.
    """
    asked = _ExtendedLimits()
    basic = asked.BasicLimitInformation
    basic.LimitFlags = (
        LIMIT_PROCESS_TIME
        | LIMIT_ACTIVE_PROCESS
        | LIMIT_PRIORITY_CLASS
        | LIMIT_PROCESS_MEMORY
        | LIMIT_DIE_ON_UNHANDLED_EXCEPTION
    )
    basic.PerProcessUserTimeLimit = seconds * TICKS_PER_SECOND
    basic.ActiveProcessLimit = 1
    basic.PriorityClass = BELOW_NORMAL_PRIORITY_CLASS
    asked.ProcessMemoryLimit = memory
    return asked


def bind_process(memory: int, seconds: int) -> None:
    """Put this process into a job with the limits; raises OSError where Windows refuses."""
    if sys.platform != "win32":
        raise OSError("job objects exist on Windows only")
    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    # A child that crashes would else wait behind a dialog for somebody to press a button.
    kernel.SetErrorMode(NO_FAULT_DIALOG)
    job = kernel.CreateJobObjectW(None, None)
    asked = limits(memory, seconds)
    done = kernel.SetInformationJobObject(
        job, EXTENDED_LIMIT_INFORMATION, ctypes.byref(asked), ctypes.sizeof(asked)
    ) and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
    if not done:
        raise ctypes.WinError(ctypes.get_last_error())
