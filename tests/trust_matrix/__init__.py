"""The rows of the table of trust, by what is handed in."""
