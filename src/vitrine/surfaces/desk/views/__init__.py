"""What moderators, reporters and authors ask of the desk."""
