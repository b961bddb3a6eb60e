"""Sessions in the database, whose failures are called by their names."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError


class SessionStore(db.SessionStore):
    """Django's store, except that a broken database is our fault and not the browser's.

    Django calls every error of a save "the session was deleted", which becomes a 400: a browser
    whose purchase met a restarting Postgres would be told not to try again.
    """

    def save(self, must_create: bool = False) -> None:
        """Save the session. Raises: UpdateError where it was deleted, OperationalError."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise
