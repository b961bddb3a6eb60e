"""What the package answers over HTTP."""
