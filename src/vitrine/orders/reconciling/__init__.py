"""Providers' reports of our balance with them, line by line beside what was posted."""
