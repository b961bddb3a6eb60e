"""A session that cannot be saved says whose fault that is."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection, connections
from django.test import Client

from tests import make
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


@pytest.mark.django_db
def test_an_answer_that_comes_late_does_not_sign_out_who_signed_in_meanwhile(
    client: Client,
) -> None:
    client.force_login(make.person())
    asked_before = Client()
    asked_before.cookies["sessionid"] = "a session that signing in has ended"

    late = asked_before.get("/account/", headers={"Accept": "application/json"})
    signed_out = client.post("/account/logout/")

    assert late.status_code == 401
    assert "sessionid" not in late.cookies
    assert "Cookie" in late.headers["Vary"]
    assert signed_out.cookies["sessionid"].value == ""
