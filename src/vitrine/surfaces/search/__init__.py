"""Searching: the page, and suggestions as one types."""
