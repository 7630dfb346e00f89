"""The edition of the drawing, apart from the drawing itself, which a record being composed need not load."""

# Named in each document and raised when the same data would give another page: whoever checks a document draws it
# again, and of one of an edition that is not at hand can say nothing of its pages.
RENDERER = "1"
