"""What a workbook may hold, and the child process that reads it may use."""

MIB = 1024 * 1024
FILE_BYTES = 1024 * MIB
EXPANDED_BYTES = 600 * MIB  # all parts of a workbook together, unpacked; of a large file more
EXPANDED_TIMES = 30  # the file's own size: real workbooks unpack to ten times that, a bomb to a thousand
PARTS = 10_000
SHEETS = 200
# What is larger is read row by row and never stands in memory as a whole.
WHOLE_FILE = 48 * MIB
WHOLE_TEXT = 8 * MIB  # of a CSV file, whose cells take ten times as much when each is a text of its own
WHOLE_SHEET = 48 * MIB  # unpacked: 50,000 rows of 25 columns
DENSE_CELLS = 6_000_000  # calamine lays out the whole rectangle: 32 bytes a cell
FILLED_CELLS = 4_000_000  # of what stands in memory
STREAMED_CELLS = 60_000_000  # of what does not
ROWS = 1_048_576  # as many as spreadsheet programs have
ROW_BYTES = 16 * MIB  # of one row, as it stands in the file
MERGED_CELLS = 1_000_000  # covered by all merged ranges of a sheet; who reads the list looks at each of them
FORMULAS = 1000  # of a sheet that are told: who asks for none names the first ones
CELL_CHARACTERS = 32_767  # Excel's own limit
MEMORY_BYTES = 2 * 1024**3
SECONDS = 60
SECONDS_PER_MIB = 4  # more, for each MiB of the file: 1,000,000 rows of 25 columns are 150 of them
SUSPICIOUS_ROWS = 100_000


def expanded_bytes(size: int) -> int:
    """Return how much the parts of a workbook of `size` bytes may be together, unpacked."""
    return max(EXPANDED_BYTES, size * EXPANDED_TIMES)


def seconds_for(size: int) -> int:
    """Return how long a file of `size` bytes may be read, in seconds of the processor."""
    return SECONDS + size // MIB * SECONDS_PER_MIB
