"""A list brought into a book: which column is which field, and what a cell means in it."""
