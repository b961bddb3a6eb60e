"""One module per command, each with a typer ``app``."""
