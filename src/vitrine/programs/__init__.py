"""What merchants' own programs may do here, and what they are told."""
