"""What the auction of a page costs on one core, and a page with ads beside one without."""

from collections.abc import Iterator

from bench import ads_page, cells
from bench.figures import Figure
from vitrine.ops import inside


def run() -> Iterator[Figure]:
    """Yield how long an auction takes, how many there are in a second, and what a page takes."""
    with (
        cells.scratch() as folder,
        cells.up(folder / "data", "--no-demo") as cell,
        inside.cell(folder / "data"),
    ):
        yield from inside.call("bench.ads_auctions.run")
        yield from ads_page.run(folder, cell)
