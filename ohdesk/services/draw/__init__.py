"""Draws: planned, frozen, seeded, held, published and checked."""
