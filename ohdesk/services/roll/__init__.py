"""The roll of establishments: written by hand, imported, undone, exported."""
