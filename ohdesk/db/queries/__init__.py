"""Long reads, one module per screen or report that needs them."""
