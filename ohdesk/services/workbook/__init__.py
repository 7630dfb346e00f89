"""Reading a foreign workbook in a child process: whatever the file does, it does it to the child.

`reading.read_workbook` is for the program, `__main__` is the child; they share `wire` and `limits`.
"""
