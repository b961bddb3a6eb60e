"""What is a person's own: what they saved, what they watched, what they were told."""
