"""``vitrine learn``: what the feed learnt, built anew from the log."""

import signal
from typing import Annotated

import typer
from rich.console import Console

from vitrine.ops import inside, leash, options

app = options.command_app()


@app.command()
def learn(
    leash_held_by: Annotated[int, typer.Option("--leash", hidden=True)] = 0,
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Build anew what the feed learnt from what was watched. The same log gives the same files."""
    if leash_held_by:  # a worker, with which it ends
        leash.die_with_parent(signal.SIGKILL, parent=leash_held_by)
    with inside.cell(data, migrated=True):
        name = inside.call("vitrine.feed.learning.rebuilding.rebuild")
    Console(stderr=True).print(f"Learnt: {name}.")
