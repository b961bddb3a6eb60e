"""The days of a sale, as Google's feeds write them: two instants with a stroke between.

The format has no open end: one that has none is written as long ago, or far ahead, and read back.
"""

from datetime import UTC, datetime

from vitrine.catalog.feeds.rows import FeedSale

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(9999, 12, 31, tzinfo=UTC)


def written(sale: FeedSale) -> str:
    """Return the cell of a sale."""
    return f"{(sale.from_at or LONG_AGO).isoformat()}/{(sale.until_at or FAR_AHEAD).isoformat()}"


def read(cell: str, *, price_minor: int) -> FeedSale | None:
    """Return the sale at a price on the days that a cell states; None where it states none."""
    first, _, last = cell.partition("/")
    try:
        from_at, until_at = (datetime.fromisoformat(each.strip()) for each in (first, last))
    except ValueError:
        return None
    if from_at.utcoffset() is None or until_at.utcoffset() is None or until_at <= from_at:
        return None
    return FeedSale(
        price_minor,
        from_at if from_at.year > LONG_AGO.year else None,
        until_at if until_at.year < FAR_AHEAD.year else None,
    )
