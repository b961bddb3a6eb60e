"""Pages: surfaces."""
