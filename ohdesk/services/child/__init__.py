"""A child process of our own for files that came from elsewhere: what it may use, and how it is started."""
