"""``vitrine ledger``: the books, for other tools."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from vitrine.ops import inside, options

app = options.command_app()


@app.callback()
def ledger() -> None:
    """Hand the books to other tools."""


@app.command()
def export(
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Before this day; by default all of today, too."),
    ] = None,
    currency: Annotated[str, typer.Option(help="Only this one, such as USD.")] = "",
    out: Annotated[Path | None, typer.Option(help="The file; by default the terminal.")] = None,
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Write the books as beancount text, with balances that the other tool asserts."""
    with inside.cell(data, migrated=True):
        inside.call(
            "vitrine.ops.bookkeeping.export",
            until=until.date() if until else None,
            currency=currency,
            out=out,
        )
