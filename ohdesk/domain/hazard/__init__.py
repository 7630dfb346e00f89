"""What harms at work, what it may reach at most, and whether a measurement kept to that."""
