"""Show some viewers pages by other weights, and tell what that changes."""
