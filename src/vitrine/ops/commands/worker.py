"""``vitrine worker``: carries out jobs."""

from typing import Annotated

import typer

from vitrine.ops import inside, options

app = options.command_app()


@app.command()
def worker(
    queues: Annotated[str, typer.Option(help="Only these, with commas; all by default.")] = "",
    besides: Annotated[str, typer.Option("--except", help="All but these, with commas.")] = "",
    jobs: Annotated[int, typer.Option(help="Jobs at a time.", min=1)] = 1,
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Run only a worker. SIGTERM finishes the jobs in hand, or gives them back after 20 s."""
    with inside.cell(data):
        inside.call(
            "vitrine.ops.working.work",
            queues=_names(queues),
            besides=_names(besides),
            jobs=jobs,
        )


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())
