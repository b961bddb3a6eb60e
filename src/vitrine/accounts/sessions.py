"""Sessions in the database, whose failures are called by their names."""

import marshal
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from vitrine.kernel import prepared

FIND = (
    f"SELECT {prepared.columns((Session, 's'))} FROM django_session s "  # noqa: S608 (our own names)
    "WHERE session_key = ANY (%s) AND expire_date > %s"
)


class SessionStore(db.SessionStore):
    """Django's store, except that a broken database is our fault and not the browser's.

    Django calls every error of a save "the session was deleted", which becomes a 400: a browser
    whose purchase met a restarting Postgres would be told not to try again.
    """

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return what a row says; the same row says the same again."""
        said: dict[str, Any] = marshal.loads(_decoded(session_data, settings.SECRET_KEY))  # noqa: S302
        return said

    _ahead: Sequence[Sequence[Any]] | None = None

    def _get_session_from_db(self) -> Session | None:
        """Return the row of this session; every request of somebody known asks. Queries: 0 or 1."""
        found, self._ahead = self._ahead, None
        if found is None:
            found = _rows([self.session_key])
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


class StayingMiddleware(SessionMiddleware):
    """Django's, except that a browser's cookie is taken away by signing out alone.

    Django also takes it where it finds no such session. But a page that asks every few seconds
    may ask just before a sign-in in another tab, which ends the visitor's session for a new one,
    and be answered just after it: the answer would take the new cookie, and sign them out.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the answer with the session's cookie where something changed in it."""
        answer: HttpResponse = super().process_response(request, response)
        if not request.session.modified:
            answer.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        return answer


def read_ahead(stores: Sequence[SessionStore]) -> None:
    """Read the rows of several sessions, each for when it is asked for. Queries: 0 or 1."""
    waiting = [one for one in stores if one.session_key and not hasattr(one, "_session_cache")]
    if waiting:
        found = {row[0]: row for row in _rows([one.session_key for one in waiting])}
        for one in waiting:
            one._ahead = [row for row in [found.get(one.session_key)] if row]


@lru_cache(maxsize=4096)
def _decoded(session_data: bytes | str, _secret: str) -> bytes:
    """Check and read a row once; every request gets a copy of its own."""
    return marshal.dumps(db.SessionStore().decode(session_data))


def _rows(keys: Sequence[str | None]) -> list[tuple[Any, ...]]:
    return prepared.rows(FIND, [keys, timezone.now()])  # noqa: TID251 (Django's own clock)
