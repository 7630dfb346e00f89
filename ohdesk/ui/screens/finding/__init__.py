"""The screen findings."""
