"""``vitrine up``: the whole cell on this machine."""

from typing import Annotated

import typer

from vitrine.ops import options, running
from vitrine.ops.datadir import DataDir

app = options.command_app()


@app.command()
def up(
    data: options.Data = options.DEFAULT_DATA,
    port: Annotated[
        int, typer.Option(help="Port of the site; 0 for any.", min=0, max=65535)
    ] = 8000,
    cell: Annotated[
        str, typer.Option(help="Which cell: us, ca, nz or au. The data's own, or us if new.")
    ] = "",
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Demo content.")] = True,
    web_processes: Annotated[int, typer.Option(help="Web processes.", min=1)] = 1,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    origin: Annotated[
        str, typer.Option(help="Address people use, if a proxy stands in front.")
    ] = "",
) -> None:
    """Run the whole cell on this machine until Ctrl-C: database, site and workers."""
    running.run(
        DataDir(data),
        running.Wishes(
            cell=cell,
            host=host,
            port=port,
            origin=origin,
            web_processes=web_processes,
            demo=demo,
        ),
    )
