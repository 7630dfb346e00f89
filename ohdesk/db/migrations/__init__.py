"""Alembic revisions, packaged with the program."""
