"""Pages: transparency."""
