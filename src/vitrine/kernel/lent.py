"""A connection of the pool, looked at before it is lent to a request."""

import select
from typing import Any

import psycopg
from psycopg.pq.abc import PGconn


def has_word(connection: PGconn) -> bool:
    """Tell whether a server that was asked nothing said something, or closed the connection."""
    waiting = select.poll()
    waiting.register(connection.socket, select.POLLIN)
    return bool(waiting.poll(0))


class Lent(psycopg.Connection[Any]):
    """One whose socket says whether its server is still there.

    The pool tries a connection with an empty statement, because it may have outlived its server:
    a round trip for every request, and two processes that wake each other. A server that ends, or
    ends a session, closes its socket or says why, and either can be read: only then is it asked.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> psycopg.Cursor[Any]:
        """Run a statement; an empty one is only run where something waits to be read."""
        if query == "" and not has_word(self.pgconn):
            return self.cursor()
        return super().execute(query, params, **options)
