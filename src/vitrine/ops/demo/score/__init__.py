"""Compose and play the demo's music, with numpy alone."""
