"""What the screens of a town and of a county have in common when bundles are exchanged."""
