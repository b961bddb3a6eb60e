"""``vitrine web``: Granian, serving the site with processes of several threads each."""

from typing import Annotated

import typer

from vitrine.ops import inside, options

app = options.command_app()


@app.command()
def web(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    processes: Annotated[int, typer.Option(help="Web processes.", min=1)] = 1,
    connections: Annotated[
        int,
        typer.Option(
            help="Connections to Postgres of each process; 0 for one of each thread.",
            min=0,
            envvar="VITRINE_DATABASE_POOL",
        ),
    ] = 0,
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Run only the web processes. SIGTERM finishes the requests in flight."""
    inside.reckon_alone()  # a page's products are small: handing a part on takes longer
    with inside.cell(data):
        inside.call(
            "vitrine.ops.serving.serve",
            host=host,
            port=port,
            processes=processes,
            most_connections=connections,
        )
