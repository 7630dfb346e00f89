"""Our small widgets."""
