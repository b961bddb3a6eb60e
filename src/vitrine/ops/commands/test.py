"""``vitrine test``: all checks and tests."""

import typer

from vitrine.ops import options, testing

app = options.command_app()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run all checks and tests; further arguments go to pytest."""
    testing.run(context.args)
