"""``vitrine migrate``: the database and the static files of this version."""

from vitrine.ops import inside, options

app = options.command_app()


@app.command()
def migrate(data: options.Data = options.DEFAULT_DATA) -> None:
    """Bring the database and the static files up to this version. Safe to run twice."""
    with inside.cell(data):
        inside.call("vitrine.ops.migrating.migrate")
