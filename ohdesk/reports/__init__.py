"""Documents and tables: domain values in, bytes out."""
