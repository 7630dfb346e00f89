"""The screen county."""
