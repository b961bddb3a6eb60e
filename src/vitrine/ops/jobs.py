"""How many jobs wait, read without Django."""

import psycopg

LEFT_SQL = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE queue_name = %s AND status IN ('todo', 'doing')
"""
DEPTH_SQL = """
    SELECT queue_name, status::text, count(*) FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2 ORDER BY 1, 2
"""


def left(url: str, *, queue: str) -> int | None:
    """Return how many jobs of a queue are not done; None while the database does not answer."""
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            row = connection.execute(LEFT_SQL, [queue]).fetchone()
    except psycopg.Error:
        return None
    return row[0] if row else None


def depths(url: str) -> list[tuple[str, str, int]]:
    """Return (queue, state, jobs) for what is not done or has failed."""
    with psycopg.connect(url, connect_timeout=2) as connection:
        return connection.execute(DEPTH_SQL).fetchall()
