"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from vitrine.ops import datadir

Data = Annotated[
    Path,
    typer.Option("--data", help="Data directory of the cell.", show_default=True),
]
DEFAULT_DATA = datadir.DEFAULT


def command_app() -> typer.Typer:
    """Return the typer application of one command."""
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False)
