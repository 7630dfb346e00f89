"""The screen records."""
