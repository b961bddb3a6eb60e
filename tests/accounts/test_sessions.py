"""A session that cannot be saved says whose fault that is."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection, connections

from vitrine.accounts.sessions import SessionStore


@pytest.fixture
def session(transactional_db: None) -> Iterator[SessionStore]:
    store = SessionStore()
    store.create()
    yield store
    connections.close_all()


def test_a_deleted_session_is_not_brought_back(session: SessionStore) -> None:
    SessionStore(session.session_key).delete()

    with pytest.raises(UpdateError):
        session.save()


def test_a_broken_database_is_not_called_a_deleted_session(session: SessionStore) -> None:
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        session.save()


def test_a_save_that_waits_too_long_is_not_called_a_deleted_session(
    session: SessionStore,
) -> None:
    other = connections.create_connection("default")
    other.cursor().execute("BEGIN")
    other.cursor().execute(
        "SELECT 1 FROM django_session WHERE session_key = %s FOR UPDATE", [session.session_key]
    )
    connection.cursor().execute("SET lock_timeout = '50ms'")
    try:
        with pytest.raises(OperationalError):
            session.save()
    finally:
        other.close()
