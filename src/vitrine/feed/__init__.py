"""Watches, and what to show next."""
