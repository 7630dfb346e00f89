"""Papers of the office: made from what is known, approved, numbered, sealed, served, signed, filed together."""
