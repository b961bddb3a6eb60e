"""``vitrine pushkey``: a new key for Web Push."""

import typer

from vitrine.accounts import encrypting
from vitrine.ops import options

app = options.command_app()


@app.command()
def pushkey() -> None:
    """Print a new value for VITRINE_PUSH_KEY. Browsers that subscribed with another one end."""
    typer.echo(encrypting.new_key())
