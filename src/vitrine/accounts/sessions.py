"""Sessions in the database, whose failures are called by their names."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.utils import timezone

from vitrine.kernel import prepared

FIND = (
    f"SELECT {prepared.columns((Session, 's'))} FROM django_session s "  # noqa: S608 (our own names)
    "WHERE session_key = %s AND expire_date > %s"
)


class SessionStore(db.SessionStore):
    """Django's store, except that a broken database is our fault and not the browser's.

    Django calls every error of a save "the session was deleted", which becomes a 400: a browser
    whose purchase met a restarting Postgres would be told not to try again.
    """

    def _get_session_from_db(self) -> Session | None:
        """Return the row of this session; every request of somebody known asks. Queries: 1."""
        found = prepared.rows(FIND, [self.session_key, timezone.now()])  # noqa: TID251 (Django's own clock)
        if not found:
            self._session_key = None
            return None
        session: Session = prepared.instances(found[0], Session)[0]
        return session

    def save(self, must_create: bool = False) -> None:
        """Save the session. Raises: UpdateError where it was deleted, OperationalError."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise
