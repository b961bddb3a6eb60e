"""``vitrine import``: videos and products from files."""

from pathlib import Path
from typing import Annotated

import typer

from vitrine.ops import inside, options

app = options.command_app()


@app.command()
def videos(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of videos.")],
    creator: Annotated[str, typer.Option(help="Handle of the person whose clips they become.")],
    drafts: Annotated[bool, typer.Option("--drafts", help="Do not publish them.")] = False,
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Bring in a folder of videos and publish each once it plays. Safe to run twice."""
    with inside.cell(data, migrated=True):
        inside.call("vitrine.ops.importing.videos", folder, handle=creator, publish=not drafts)


@app.command()
def products(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, TSV or XML.")],
    merchant: Annotated[str, typer.Option(help="Name or short name of the merchant.")],
    pictures: Annotated[
        Path | None, typer.Option(exists=True, help="Folder or zip with their pictures.")
    ] = None,
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Bring in a Shopify or Google Merchant file of products. Safe to run twice."""
    with inside.cell(data, migrated=True):
        inside.call(
            "vitrine.ops.importing.products", file, merchant_name=merchant, pictures=pictures
        )
