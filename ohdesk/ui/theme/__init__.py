"""Colours, sizes and icons by name."""
