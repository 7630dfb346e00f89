"""The inspection record: composed, signed, made final, verified."""
