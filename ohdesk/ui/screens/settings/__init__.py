"""The screen settings."""
