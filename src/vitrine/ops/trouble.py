"""What the operator can put right."""


class Trouble(Exception):
    """Stop the command with one sentence that says what is wrong and what to do."""
