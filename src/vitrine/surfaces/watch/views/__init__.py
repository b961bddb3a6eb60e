"""What the pages of watching answer."""
