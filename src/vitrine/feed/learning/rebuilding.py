"""Build the tables from the log, here and now. For the process that is there for it."""

from contextlib import nullcontext

from vitrine.feed.learning import building, log, on_ray, snapshots
from vitrine.recommend.engine import here


def rebuild(*, with_ray: bool = False) -> str:
    """Build tables and serve them; return their name. Queries: 3."""
    found = log.read()
    with on_ray.engine() if with_ray else nullcontext(here) as engine:
        tables = building.built(found, engine=engine)
    return snapshots.write_tables(tables, position=found.position, late=found.late)
