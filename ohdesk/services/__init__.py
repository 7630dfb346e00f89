"""What a user can do: one function per action, one transaction per function."""
