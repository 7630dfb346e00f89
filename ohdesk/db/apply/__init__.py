"""How each operation changes the tables: the only writer of shared tables."""
