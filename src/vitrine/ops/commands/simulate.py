"""``vitrine simulate``: what the feed is worth to viewers who are made up."""

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import django
import typer
from rich.console import Console
from rich.table import Table

from vitrine.ops import inside, options
from vitrine.ops.datadir import CELLS, DataDir

app = options.command_app()


@app.command()
def simulate(
    viewers: Annotated[int, typer.Option(min=20, help="Who watch.")] = 600,
    clips: Annotated[int, typer.Option(min=400, help="That are there at the start.")] = 4_000,
    seed: Annotated[int, typer.Option(min=0, help="Another one is another cell.")] = 1,
    picture: Annotated[Path, typer.Option(help="Where regret is drawn.")] = Path("regret.svg"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Run made-up viewers against the code that serves and learns. No cell is needed or touched."""
    errors = Console(stderr=True)
    with errors.status("Simulating"), tempfile.TemporaryDirectory() as folder:
        _set_up(DataDir(Path(folder)))
        found = inside.call(
            "vitrine.feed.simulation.simulating.simulate", viewers=viewers, clips=clips, seed=seed
        )
    picture.write_text(found.picture)
    if as_json:
        for figure in found.figures:
            typer.echo(json.dumps(figure.line()))
    else:
        Console().print(_table(found.figures))
        errors.print(f"Regret is drawn in {picture}.", highlight=False)


def _set_up(directory: DataDir) -> None:
    """Set up Django on a cell that is not there: its database is never asked."""
    directory.prepare(cell=CELLS[0])
    os.environ.update(directory.environment(origin="http://localhost:8000"))
    inside.reckon_alone()
    django.setup()


def _table(figures: Any) -> Table:
    table = Table(title="simulate", title_justify="left", box=None, padding=(0, 3, 0, 0))
    for column in ("Figure", "Value", "19 in 20", "Goal", ""):
        table.add_column(column, justify="left" if column == "Figure" else "right")
    for figure in figures:
        line = figure.line()
        ok = {True: "met", False: "missed", None: ""}[figure.ok]
        table.add_row(
            figure.metric,
            f"{line['value']:g} {figure.unit}",
            f"{line['low']:g} to {line['high']:g}",
            figure.goal,
            ok,
        )
    return table
