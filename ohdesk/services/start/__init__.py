"""What stands at the beginning: first run, practice, today."""
