"""The screen draws."""
