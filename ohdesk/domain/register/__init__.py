"""Books an office keeps, as data: what is asked for an entry, and what a list of entries shows."""
