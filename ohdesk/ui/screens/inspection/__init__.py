"""Filling a checklist."""
