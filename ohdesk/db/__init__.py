"""The workspace's database, and nothing else."""
