"""What creators earn by clips: what shops offer them, whose sale a line is, every cent of it."""
