"""Documents: signing them, looking at them, adding to them."""
