"""The draw: which establishments and which inspectors, so that anyone can check it."""
