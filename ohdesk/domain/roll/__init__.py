"""The roll of establishments: what its fields mean, and how a list from outside is read."""
