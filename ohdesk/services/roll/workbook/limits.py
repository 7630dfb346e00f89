"""What the child process may use, and how it binds itself to that before it looks at the file."""

import sys

FILE_BYTES = 100 * 1024 * 1024
EXPANDED_BYTES = 600 * 1024 * 1024  # all parts of a workbook together, unpacked
PARTS = 10_000
SHEETS = 200
DENSE_CELLS = 6_000_000  # calamine lays out the whole rectangle: 32 bytes a cell
FILLED_CELLS = 4_000_000
ROWS = 1_048_576  # as many as spreadsheet programs have
MERGED_CELLS = 1_000_000  # covered by all merged ranges of a sheet; who reads the list looks at each of them
CELL_CHARACTERS = 32_767  # Excel's own limit
MEMORY_BYTES = 2 * 1024**3
SECONDS = 60
SUSPICIOUS_ROWS = 100_000


def bind_process(memory: int = MEMORY_BYTES, seconds: int = SECONDS) -> None:
    """Limit address space (bytes) and processor time (seconds) of this process for good.

    POSIX: resource limits.  Windows: a job object around this process.  The parent's own time limit comes on top.
    """
    if sys.platform == "win32":
        from ohdesk.services.roll.workbook import windows_job

        windows_job.bind_process(memory, seconds)
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        # A core file would be a copy of the list on the disk, names and all.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
