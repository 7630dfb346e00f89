"""The demonstration world, made through the services."""
