"""What a child process may use, and how it binds itself to that before it looks at a file."""

import os
import sys

from ohdesk.security.memory import forbid_dumps

_LESS_URGENT = 5  # of 19


def bind_process(memory: int, seconds: int) -> None:
    """Limit address space (bytes) and processor time (seconds) of this process for good, and let the window go first.

    POSIX: resource limits.  Windows: a job object around this process.  The parent's own time limit comes on top.
    """
    # An image of the process would be a copy of the file on the disk, names and all; starting a program allows it anew.
    forbid_dumps()
    if sys.platform == "win32":
        from ohdesk.services.child import windows_job

        windows_job.bind_process(memory, seconds)
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        # On two processors two children that check papers for an hour would else hold up every key.
        os.nice(_LESS_URGENT)
