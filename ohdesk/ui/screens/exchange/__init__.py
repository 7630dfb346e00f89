"""The screen sync."""
