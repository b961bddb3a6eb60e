"""Outside systems, faked."""
