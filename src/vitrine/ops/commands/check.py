"""``vitrine check``: every invariant, against the live database."""

import typer

from vitrine.ops import inside, options

app = options.command_app()


@app.command()
def check(data: options.Data = options.DEFAULT_DATA) -> None:
    """Verify every invariant against the database. Exit 1 if any is broken."""
    with inside.cell(data, migrated=True):
        broken = inside.call("vitrine.ops.checking.check")
    raise typer.Exit(1 if broken else 0)
