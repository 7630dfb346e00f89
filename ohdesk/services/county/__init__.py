"""What the county does with the bundles of its towns."""
