"""Inspection forms (checklists) as data."""
