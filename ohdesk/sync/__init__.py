"""The bundle file that travels between town and county; nothing else."""
