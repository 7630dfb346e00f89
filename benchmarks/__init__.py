"""Figures the program is held to, as ratios to the least work that gives the same result."""
