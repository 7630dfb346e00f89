"""What travels between town and county: written, received, acknowledged."""
