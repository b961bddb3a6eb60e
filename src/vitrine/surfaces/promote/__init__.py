"""Pages: promote."""
