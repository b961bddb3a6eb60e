"""Files that banks of each country take payments from, and send back: pure text, a module each.

Nothing here knows rows or the time of day.
"""
