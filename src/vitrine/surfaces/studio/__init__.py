"""Pages: studio."""
