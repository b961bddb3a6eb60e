"""Build the tables from the log, here and now. For the process that is there for it."""

from vitrine.feed.learning import building, log, snapshots


def rebuild() -> str:
    """Build tables and serve them; return their name. Queries: 3."""
    found = log.read()
    return snapshots.write_tables(building.built(found), position=found.position, late=found.late)
