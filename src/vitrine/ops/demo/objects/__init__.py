"""The objects of the demo, each a list of surfaces standing on y = 0."""
