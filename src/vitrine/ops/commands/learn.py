"""``vitrine learn``: what the feed learnt, built anew from the log."""

import signal
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from vitrine.feed.learning import on_ray
from vitrine.ops import inside, leash, options
from vitrine.ops.trouble import Trouble

app = options.command_app()


class Engine(StrEnum):
    """What the tables are built on; they are the same to the bit."""

    HERE = "here"
    RAY = "ray"


@app.command()
def learn(
    engine: Annotated[
        Engine, typer.Option(help="Build in this process, or on a cluster of Ray's.")
    ] = Engine.HERE,
    leash_held_by: Annotated[int, typer.Option("--leash", hidden=True)] = 0,
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Build anew what the feed learnt from what was watched. The same log gives the same files."""
    if leash_held_by:  # a worker, with which it ends
        leash.die_with_parent(signal.SIGKILL, parent=leash_held_by)
    if engine is Engine.RAY and not on_ray.is_there():
        raise Trouble("Ray is not installed. Install Vitrine with the extra “ray”.")
    with inside.cell(data, migrated=True):
        name = inside.call(
            "vitrine.feed.learning.rebuilding.rebuild", with_ray=engine is Engine.RAY
        )
    Console(stderr=True).print(f"Learnt: {name}.")
