"""``vitrine forkserver``, which `up` calls: loads the application, and becomes the cell's parts."""

import os
import socket
import sys
from typing import Annotated

import typer

from vitrine.ops import cli, forkserver, inside, options

app = options.command_app()


@app.command()
def serve(
    line: Annotated[int, typer.Argument(help="File descriptor of a socket to the supervisor.")],
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Load everything once, then make parts of the cell until the supervisor hangs up."""
    environment = dict(os.environ)
    inside.reckon_alone()  # also so that there are no threads to lose in a fork
    with inside.cell(data):
        inside.call("vitrine.ops.serving.load")
        # What a worker starts is for itself: learning uses all processors.
        for name in inside.ALONE:
            os.environ.pop(name)
        os.environ.update(environment)
        sys.argv[1:] = forkserver.await_part(socket.socket(fileno=line))
        cli.main()
