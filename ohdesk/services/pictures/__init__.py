"""Pictures as they are kept: upright, scaled, without the place and the telephone in their metadata.

`shrinking` makes the copy, in the child of `decoder` alone; `taking` is for the program.
"""
