"""Papers signed in ink that come back as photos or scans: each page found by its mark, upright, in order, in one PDF.

`reading` looks at a picture, in the child of `reader` alone; `taking` and `binding` are for the program.
"""
