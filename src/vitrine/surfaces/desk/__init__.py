"""The moderators' desk, and the pages of those who report and those who are judged."""
