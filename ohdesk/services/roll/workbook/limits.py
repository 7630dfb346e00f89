"""What a workbook may hold, and the child process that reads it may use."""

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
