"""Watching: the feed, the clip page, the profile."""
