"""A visit: planned, approved, begun, filled, ended."""
