"""Which code a database and its static files were last brought up to.

The note is kept as the comment of the database, so that it moves with a dump or a backup, and
`up` can skip the migration command, which is most of the time of a second start.
"""

from hashlib import blake2s
from pathlib import Path

import psycopg

SOURCE = Path(__file__).resolve().parents[1]
LOCK = SOURCE.parents[1] / "requirements.lock"

READ_SQL = """
    SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()
"""


def note() -> str:
    """Return what a database of this version says: a digest of all our files and of the lock.

    All of them, since what decides on a table or a static file may be anywhere; it takes 50 ms.
    """
    digest = blake2s(digest_size=16)
    files = (path for path in SOURCE.rglob("*") if "__pycache__" not in path.parts)
    for path in [*sorted(files), LOCK]:
        if path.is_file():
            digest.update(f"{path.relative_to(SOURCE.parents[1])}\0".encode())
            digest.update(blake2s(path.read_bytes()).digest())
    return f"vitrine {digest.hexdigest()}"


def is_current(url: str) -> bool:
    """Tell whether the database at this address was brought up to exactly this code."""
    with psycopg.connect(url) as connection:
        row = connection.execute(READ_SQL).fetchone()
    return row is not None and row[0] == note()
