"""Pages: market."""
