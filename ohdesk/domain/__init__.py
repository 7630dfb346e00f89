"""Pure rules: no files, no SQL, no Qt; standard library only."""
