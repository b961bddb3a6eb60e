"""Uploads, renditions, clips, captions, comments, likes."""
