"""Viewers who are made up, and what the feed that serves real ones is worth to them.

Source: docs/adr/0093-viewers-made-up.md.
"""
