"""Child processes of our own, for files from elsewhere and for many papers: what they may use, how they are started."""
