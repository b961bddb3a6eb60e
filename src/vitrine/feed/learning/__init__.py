"""What is learnt from watching: tables of clips, built from the log, and the news since then.

Source: docs/adr/0091-the-feed-that-learns.md.
"""
