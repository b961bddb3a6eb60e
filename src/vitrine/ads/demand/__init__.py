"""Bids from outside, by OpenRTB 2.6: asked ahead of any viewer, for ads that were reviewed here.

Source: docs/adr/0121-bids-from-outside.md.
"""
